import { boundedPush, boundedSet } from '../lib/bounded-collections.ts';
import { hashId } from '../lib/random.ts';
import { revertWith } from './evm/contract.ts';
import { execute, fragmentOf, type Outcome } from './evm/machine.ts';
import { BASE_FEE, gasOf } from './fees.ts';
import type { Pooled, Block, Mined } from './block.ts';
import { nativeOf, nonceOf, nowSeconds, type Chain } from './state.ts';

/** Blocks and receipts that are remembered: some hours of a busy test. */
const MAX_BLOCKS = 5_000;
const MAX_MINED = 20_000;

export const head = (chain: Chain): Block => {
  const block = chain.blocks.at(-1);
  if (block === undefined) throw new Error('a chain begins with a block');
  return block;
};

/** One block of everything that can be executed by now; without any, an empty block. */
export function mine(chain: Chain): Block {
  const parent = chain.blocks.at(-1);
  const number = parent === undefined ? 1 : parent.number + 1;
  const timestamp = Math.max(nowSeconds(chain), parent?.timestamp ?? 0);
  const block = { number, hash: hashId('block', number) };
  const transactions: Mined[] = [];
  for (let next = executable(chain); next !== undefined; next = executable(chain)) {
    chain.pool.get(next.from)?.delete(next.nonce);
    const mined = apply(chain, next, { block, timestamp, index: transactions.length });
    transactions.push(mined);
    boundedSet(chain.mined, next.hash, mined, MAX_MINED);
  }
  const parentHash = parent?.hash ?? hashId('block', 0);
  const sealed: Block = { ...block, parentHash, timestamp, transactions };
  boundedPush(chain.blocks, sealed, MAX_BLOCKS);
  return sealed;
}

/** A transaction whose nonce is its sender's next. */
function executable(chain: Chain): Pooled | undefined {
  for (const [from, waiting] of chain.pool) {
    const next = waiting.get(nonceOf(chain, from));
    if (next !== undefined) return next;
    if (waiting.size === 0) chain.pool.delete(from);
  }
  return undefined;
}

interface Place {
  readonly block: { readonly number: number; readonly hash: string };
  readonly timestamp: number;
  readonly index: number;
}

/** Gas is paid and the nonce used whether or not the call reverts. */
function apply(chain: Chain, transaction: Pooled, { block, timestamp, index }: Place): Mined {
  const { from, data, gasLimit, maxFee, maxTip } = transaction;
  const needed = gasOf(data);
  const enough = gasLimit >= needed;
  const outcome = enough ? run(chain, transaction, timestamp) : undefined;
  const gasUsed = enough ? needed : gasLimit;
  const gasPrice = maxFee < BASE_FEE + maxTip ? maxFee : BASE_FEE + maxTip;
  chain.nonces.set(from, transaction.nonce + 1);
  chain.native.set(from, nativeOf(chain, from) - gasUsed * gasPrice);
  const success = outcome?.ok === true;
  return { transaction, block, index, success, gasUsed, gasPrice, logs: outcome?.logs ?? [] };
}

function run(chain: Chain, { from, to, data }: Pooled, timestamp: number): Outcome {
  if (takeArmedRevert(chain, to, data))
    return { ok: false, data: revertWith('armed').data, message: 'armed', logs: [] };
  return execute(chain.machine, { from, to, data }, timestamp, true);
}

/** Reverts that the control API armed strike when a transaction is mined, after every simulation passed. */
function takeArmedRevert({ machine }: Chain, to: string | undefined, data: string): boolean {
  const contract = to === undefined ? undefined : machine.contracts.get(to);
  const name = contract === undefined ? undefined : fragmentOf(contract, data)?.name;
  const left = name === undefined ? 0 : (machine.reverts.get(name) ?? 0);
  if (name === undefined || left === 0) return false;
  if (left === 1) machine.reverts.delete(name);
  else machine.reverts.set(name, left - 1);
  return true;
}
