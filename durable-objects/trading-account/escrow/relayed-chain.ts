import { polygon } from '../../../shared/chain/polygon-contracts.ts';
import { createEscrowChain } from '../../../shared/chain/escrow-chain.ts';
import { createJsonRpc } from '../../../shared/chain/json-rpc.ts';
import { noSigner } from '../../../shared/chain/no-signer.ts';
import type {
  EscrowChain,
  TransactionJournal,
  SendOutcome,
  SignedTransaction,
} from '../../../shared/chain/port.ts';
import type { ObjectEnv } from '../../bindings.ts';
import { relayerObject } from '../../rpc/stubs.ts';
import { chainSettings } from '../../../shared/chain/chain-settings.ts';
import type { RelayerRequest } from '../../relayer/api.ts';

/** Reads are asked three times within a request's 30 s. */
const NODE_TIMEOUT_MS = 3_000;

/**
 * The escrow's contract for one account: it reads and settles by itself and sends through the relayer. Undefined
 * where the deployment has no fee escrow.
 */
export function relayedChain(env: ObjectEnv, caller: RelayerRequest['caller']): EscrowChain | undefined {
  const { url, confirmations, escrow } = chainSettings(env);
  if (escrow === undefined) return undefined;
  const rpc = createJsonRpc(url, NODE_TIMEOUT_MS);
  const chain = createEscrowChain({ rpc, signer: noSigner, contracts: polygon, escrow, confirmations });
  const relay = (command: RelayerRequest['command'], journal: TransactionJournal): Promise<SendOutcome> =>
    sendThroughRelayer((told) => relayerObject(env).send({ caller, command }, told), journal);
  return {
    ...chain,
    pullFee: (pull, journal) => relay({ kind: 'pull', pull }, journal),
    distribute: (move, journal) => relay({ kind: 'distribute', move }, journal),
    refund: (move, journal) => relay({ kind: 'refund', move }, journal),
  };
}

/**
 * A call of the relayer that breaks off is what the journal says: written down, it may take effect; otherwise nothing
 * was sent, and from then on nothing will be. What the journal itself threw comes out as it was: error classes do not
 * survive the two crossings.
 */
export async function sendThroughRelayer(
  send: (told: TransactionJournal) => Promise<SendOutcome>,
  journal: TransactionJournal,
): Promise<SendOutcome> {
  let written: SignedTransaction | undefined;
  let refused: { readonly error: unknown } | undefined;
  let over = false;
  const told: TransactionJournal = async (transaction) => {
    if (over) throw new Error('the account no longer waits');
    try {
      await journal(transaction);
      written = transaction;
    } catch (error) {
      refused = { error };
      throw error;
    }
  };
  try {
    const outcome = await send(told);
    // RPC gives its results this method; the port's types do not speak of it. What it carries is plain data and stays.
    const answer: SendOutcome & Partial<Disposable> = outcome;
    answer[Symbol.dispose]?.();
    return outcome;
  } catch {
    over = true;
    if (refused !== undefined) throw refused.error;
    return written === undefined
      ? { ok: false, reason: 'NOT_SENT', why: 'the relayer cannot be reached' }
      : { ok: false, reason: 'UNKNOWN', transaction: written };
  }
}
