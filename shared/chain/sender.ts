import type { Abi } from 'viem';
import { keccak256 } from 'viem/utils';
import type { Hex } from '../signing/checks.ts';
import { gasFees } from './gas-fees.ts';
import type { JsonRpc, RpcReply } from './json-rpc.ts';
import type { ChainSigner, TransactionJournal, SendOutcome, Settlement, SignedTransaction } from './port.ts';
import { quantity, reasonOf } from './node-replies.ts';

export interface ContractCall {
  readonly to: Hex;
  readonly data: Hex;
  /** To name the errors that it reverts with. */
  readonly abi: Abi;
}

export interface SenderOptions {
  readonly rpc: JsonRpc;
  readonly signer: ChainSigner;
  readonly chainId: number;
  /** Blocks, its own among them, after which a transaction counts as mined. */
  readonly confirmations: number;
}

export interface Sender {
  send(call: ContractCall, journal: TransactionJournal): Promise<SendOutcome>;
  settle(transaction: SignedTransaction): Promise<Settlement>;
}

/** Others may send with the same key; each round, one of them gets the nonce. */
const NONCE_ATTEMPTS = 8;
const NONCE_DELAY_MS = 25;
/** State may change between estimate and block. */
const GAS_MARGIN_PERCENT = 125n;

/** Signs and sends calls of contracts, one after another, and finds out what became of them. */
export function createSender(options: SenderOptions): Sender {
  let tail: Promise<unknown> = Promise.resolve();
  const send = (call: ContractCall, journal: TransactionJournal): Promise<SendOutcome> => {
    const turn = tail.then(() => sendWithFreshNonce(options, call, journal));
    tail = turn.catch(() => undefined);
    return turn;
  };
  return { send, settle: (transaction) => settle(options, transaction) };
}

async function sendWithFreshNonce(
  options: SenderOptions,
  call: ContractCall,
  journal: TransactionJournal,
): Promise<SendOutcome> {
  for (let attempt = 1; attempt <= NONCE_ATTEMPTS; attempt += 1) {
    const outcome = await sendOnce(options, call, journal);
    if (outcome !== 'nonce_taken') return outcome;
    const wait = NONCE_DELAY_MS * attempt * Math.random();
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return { ok: false, reason: 'NOT_SENT', why: 'others kept taking the nonce' };
}

async function sendOnce(
  options: SenderOptions,
  { to, data, abi }: ContractCall,
  journal: TransactionJournal,
): Promise<SendOutcome | 'nonce_taken'> {
  const { rpc, signer, chainId } = options;
  const from = signer.address;
  const [estimate, pending, fees] = await Promise.all([
    // Runs the call, so whatever would revert now is refused before anything is signed.
    rpc.read('eth_estimateGas', [{ from, to, data }]),
    rpc.read('eth_getTransactionCount', [from, 'pending']),
    gasFees(rpc),
  ]);
  if (!estimate.ok && estimate.kind === 'error')
    return { ok: false, reason: 'REFUSED', why: reasonOf(estimate, abi) };
  const gas = estimate.ok ? quantity(estimate.result) : undefined;
  const nonce = pending.ok ? quantity(pending.result) : undefined;
  if (gas === undefined || nonce === undefined || fees === undefined)
    return { ok: false, reason: 'NOT_SENT', why: 'the chain did not answer' };
  const signed = await signer.signTransaction({
    chainId,
    nonce: Number(nonce),
    to,
    data,
    gas: (gas * GAS_MARGIN_PERCENT) / 100n,
    ...fees,
  });
  if (!signed.ok) return { ok: false, reason: 'REFUSED', why: 'the signer does not allow it' };
  const { raw } = signed;
  const transaction: SignedTransaction = { hash: keccak256(raw), raw, from, nonce: Number(nonce) };
  await journal(transaction);
  return broadcast(options, transaction);
}

/** From here on the transaction may take effect unless a node says why it cannot. */
async function broadcast(
  { rpc }: SenderOptions,
  transaction: SignedTransaction,
): Promise<SendOutcome | 'nonce_taken'> {
  const reply = await rpc.call('eth_sendRawTransaction', [transaction.raw]);
  const accepted: SendOutcome = { ok: true, state: 'accepted', transaction };
  switch (classifyReply(reply)) {
    case 'accepted':
      return accepted;
    case 'nonce_taken': {
      // Also what a node says to the very bytes that it mined already.
      const receipt = await receiptOf(rpc, transaction.hash);
      if (receipt === undefined) return { ok: false, reason: 'UNKNOWN', transaction };
      return receipt === 'none' ? 'nonce_taken' : accepted;
    }
    case 'refused':
      return { ok: false, reason: 'REFUSED', why: reply.ok || reply.kind !== 'error' ? '' : reply.message };
    case 'unsent':
      return { ok: false, reason: 'NOT_SENT', why: 'the chain cannot be reached' };
    case 'unknown':
      return { ok: false, reason: 'UNKNOWN', transaction };
  }
}

/**
 * Sentences of the nodes that Polygon runs (geth's transaction pool, which bor and erigon share). Any other sentence is
 * doubt: it is safe to ask again, never to sign again.
 */
const KNOWN = /already known|known transaction|already imported/i;
const NONCE_TAKEN = /nonce too low|replacement transaction underpriced|could not replace/i;
const REFUSED =
  /insufficient funds|intrinsic gas|exceeds block gas limit|max fee per gas|max priority fee per gas|transaction underpriced|gas price below|tx fee .* exceeds|invalid sender|invalid chain id|oversized data/i;

function classifyReply(reply: RpcReply): 'accepted' | 'nonce_taken' | 'refused' | 'unsent' | 'unknown' {
  if (reply.ok) return 'accepted';
  if (reply.kind !== 'error') return reply.kind === 'unsent' ? 'unsent' : 'unknown';
  if (KNOWN.test(reply.message)) return 'accepted';
  if (NONCE_TAKEN.test(reply.message)) return 'nonce_taken';
  return REFUSED.test(reply.message) ? 'refused' : 'unknown';
}

interface Receipt {
  readonly success: boolean;
  readonly block: bigint;
}

async function settle(options: SenderOptions, transaction: SignedTransaction): Promise<Settlement> {
  const { rpc } = options;
  const first = await receiptOf(rpc, transaction.hash);
  if (first === undefined) return unavailable;
  if (first !== 'none') return mined(options, first);
  const count = await rpc.read('eth_getTransactionCount', [transaction.from, 'latest']);
  const next = count.ok ? quantity(count.result) : undefined;
  if (next === undefined) return unavailable;
  if (next > transaction.nonce) {
    // The nonce is used: by this one, mined since the first look, or by another for good.
    const second = await receiptOf(rpc, transaction.hash);
    if (second === undefined) return unavailable;
    return second === 'none' ? { ok: true, state: 'lost' } : mined(options, second);
  }
  // Nodes forget; the same bytes can only have the same one effect. Whatever the answer, the next look tells.
  await rpc.call('eth_sendRawTransaction', [transaction.raw]);
  return { ok: true, state: 'pending' };
}

const unavailable: Settlement = { ok: false, reason: 'UNAVAILABLE' };

async function mined({ rpc, confirmations }: SenderOptions, receipt: Receipt): Promise<Settlement> {
  const { success, block } = receipt;
  if (confirmations > 1) {
    const reply = await rpc.read('eth_blockNumber', []);
    const head = reply.ok ? quantity(reply.result) : undefined;
    if (head === undefined) return unavailable;
    if (head - block + 1n < confirmations) return { ok: true, state: 'pending' };
  }
  return { ok: true, state: 'mined', success, block: Number(block) };
}

/** Undefined: nobody could say. */
async function receiptOf(rpc: JsonRpc, hash: Hex): Promise<Receipt | 'none' | undefined> {
  const reply = await rpc.read('eth_getTransactionReceipt', [hash]);
  if (!reply.ok) return undefined;
  if (reply.result === null) return 'none';
  if (typeof reply.result !== 'object') return undefined;
  const fields: { readonly status?: unknown; readonly blockNumber?: unknown } = reply.result;
  const status = quantity(fields.status);
  const block = quantity(fields.blockNumber);
  if (status === undefined || block === undefined) return undefined;
  return { success: status === 1n, block };
}
