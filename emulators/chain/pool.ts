import { utils } from 'ethers';
import { mine } from './blocks.ts';
import { BASE_FEE, BLOCK_GAS_LIMIT, gasOf } from './fees.ts';
import { refusedTransaction } from './rpc/rpc-error.ts';
import { CHAIN_ID, nativeOf, nonceOf, type Chain } from './state.ts';
import type { Pooled } from './block.ts';

/** A node keeps no more of one sender. */
const MAX_POOLED = 1_000;
/** A replacement must pay a tenth more. */
const REPLACEMENT_PERCENT = 110n;

/**
 * Takes a signed transaction as a node does: the sender is whoever ethers recovers from the signature.
 * @returns its hash. @throws RpcError in a node's words.
 */
export function accept(chain: Chain, raw: string): string {
  const transaction = read(raw);
  const { from, nonce, hash } = transaction;
  const next = nonceOf(chain, from);
  const waiting = chain.pool.get(from) ?? new Map<number, Pooled>();
  if (waiting.get(nonce)?.hash === hash) throw refusedTransaction('already known');
  if (nonce < next) throw refusedTransaction(`nonce too low: next nonce ${next}, tx nonce ${nonce}`);
  check(chain, transaction);
  const rival = waiting.get(nonce);
  if (rival !== undefined && transaction.maxFee * 100n < rival.maxFee * REPLACEMENT_PERCENT)
    throw refusedTransaction('replacement transaction underpriced');
  if (waiting.size >= MAX_POOLED) throw refusedTransaction('txpool is full');
  if (chain.dropNext > 0) {
    // Accepted in words, and never seen again.
    chain.dropNext -= 1;
    chain.dropped += 1;
    return hash;
  }
  waiting.set(nonce, transaction);
  chain.pool.set(from, waiting);
  if (chain.mining === 'auto') mine(chain);
  return hash;
}

/** The next nonce if everything that waits without a gap were mined. */
export function pendingNonce(chain: Chain, address: string): number {
  let nonce = nonceOf(chain, address);
  const waiting = chain.pool.get(address);
  while (waiting?.has(nonce) === true) nonce += 1;
  return nonce;
}

/** Forgets what waits. @returns how many. */
export function evict(chain: Chain): number {
  const count = pooledCount(chain);
  chain.pool.clear();
  chain.dropped += count;
  return count;
}

export const pooledCount = (chain: Chain): number =>
  [...chain.pool.values()].reduce((sum, waiting) => sum + waiting.size, 0);

function check(chain: Chain, { from, gasLimit, maxFee, maxTip, value, data }: Pooled): void {
  if (gasLimit > BLOCK_GAS_LIMIT) throw refusedTransaction('exceeds block gas limit');
  if (gasLimit < gasOf('0x')) throw refusedTransaction('intrinsic gas too low');
  if (maxTip > maxFee) throw refusedTransaction('max priority fee per gas higher than max fee per gas');
  if (maxFee < BASE_FEE) throw refusedTransaction('max fee per gas less than block base fee');
  if (nativeOf(chain, from) < gasLimit * maxFee + value)
    throw refusedTransaction('insufficient funds for gas * price + value');
  if (data.length > 100_000) throw refusedTransaction('oversized data');
}

function read(raw: string): Pooled {
  const parsed = parse(raw);
  if (parsed.from === undefined || parsed.hash === undefined) throw refusedTransaction('invalid sender');
  if (parsed.chainId !== CHAIN_ID)
    throw refusedTransaction(`invalid chain id for signer: have ${parsed.chainId} want ${CHAIN_ID}`);
  const price = parsed.maxFeePerGas ?? parsed.gasPrice;
  return {
    hash: parsed.hash.toLowerCase(),
    from: parsed.from.toLowerCase(),
    to: parsed.to?.toLowerCase(),
    nonce: parsed.nonce,
    data: parsed.data.toLowerCase(),
    value: parsed.value.toBigInt(),
    gasLimit: parsed.gasLimit.toBigInt(),
    maxFee: price?.toBigInt() ?? 0n,
    maxTip: (parsed.maxPriorityFeePerGas ?? price)?.toBigInt() ?? 0n,
    type: parsed.type ?? 0,
  };
}

function parse(raw: string): ReturnType<typeof utils.parseTransaction> {
  try {
    return utils.parseTransaction(raw);
  } catch {
    throw refusedTransaction('rlp: the transaction cannot be decoded');
  }
}
