import { DurableObject } from 'cloudflare:workers';
import { polygon } from '../../shared/chain/polygon-contracts.ts';
import { createEscrowChain } from '../../shared/chain/escrow-chain.ts';
import { createJsonRpc } from '../../shared/chain/json-rpc.ts';
import type { ChainSigner, EscrowChain, TransactionJournal, SendOutcome } from '../../shared/chain/port.ts';
import type { Hex } from '../../shared/signing/checks.ts';
import { vaultAnswer } from '../../shared/vault/vault-answer.ts';
import type { ObjectEnv } from '../bindings.ts';
import { vaultOf } from '../rpc/vault-stubs.ts';
import { chainSettings } from '../../shared/chain/chain-settings.ts';
import type { RelayerApi, RelayerRequest } from './api.ts';
/** A node that is slower than this holds up every account's fees: reads are asked three times. */
const NODE_TIMEOUT_MS = 3_000;
/** An account answers its journal in a write; one that does not has lost its turn. */
const JOURNAL_TIMEOUT_MS = 5_000;
/** Each waits a few round trips for its turn; with more before it, a request would not get there in its 30 s. */
const MAX_WAITING = 64;

/**
 * Sends for the relayer's key. Nonces of one key are a sequence, so one object signs and sends at a time
 * (docs/decisions/0014). It remembers nothing: the account's journal, which it calls back before the first byte
 * leaves, has all that outlives it. Whoever's call breaks off asks the chain.
 */
export class Relayer extends DurableObject<ObjectEnv> implements RelayerApi {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #address: Hex | undefined;

  /** Outcomes as `EscrowChain` tells them. Rejects with what the journal rejected with: then nothing was sent. */
  async send(relaying: RelayerRequest, journal: TransactionJournal): Promise<SendOutcome> {
    if (this.#waiting >= MAX_WAITING) return notSent('too many wait for the relayer');
    this.#waiting += 1;
    const turn = this.#tail.then(() => this.#send(relaying, journal));
    this.#tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #send({ caller, command }: RelayerRequest, journal: TransactionJournal): Promise<SendOutcome> {
    const settings = chainSettings(this.env);
    const address = await this.#relayer();
    if (!settings.escrow || address === undefined) return notSent('no relayer is set up');
    const chain = createEscrowChain({
      rpc: createJsonRpc(settings.url, NODE_TIMEOUT_MS),
      signer: this.#signer(address, caller),
      contracts: polygon,
      escrow: settings.escrow,
    });
    return perform(chain, command, (transaction) => withinTimeout(journal(transaction)));
  }

  #signer(address: Hex, caller: RelayerRequest['caller']): ChainSigner {
    return {
      address,
      signTransaction: async (transaction) => {
        const signed = await vaultAnswer(vaultOf(this.env).signEscrow({ ...caller, transaction }));
        return signed.ok ? { ok: true, raw: signed.raw } : { ok: false, reason: 'FORBIDDEN' };
      },
    };
  }

  async #relayer(): Promise<Hex | undefined> {
    if (this.#address !== undefined) return this.#address;
    const answer = await vaultAnswer(vaultOf(this.env).relayer());
    if (answer.ok) this.#address = answer.address;
    return this.#address;
  }
}

function perform(
  chain: EscrowChain,
  command: RelayerRequest['command'],
  journal: TransactionJournal,
): Promise<SendOutcome> {
  return command.kind === 'pull'
    ? chain.pullFee(command.pull, journal)
    : chain[command.kind](command.move, journal);
}

const notSent = (why: string): SendOutcome => ({ ok: false, reason: 'NOT_SENT', why });

async function withinTimeout(written: void | Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('the account did not answer')), JOURNAL_TIMEOUT_MS);
  try {
    await Promise.race([written, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
