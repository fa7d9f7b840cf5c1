import { head } from '../blocks.ts';
import type { Block, Mined, Pooled } from '../block.ts';
import type { Log } from '../evm/contract.ts';
import { BASE_FEE, BLOCK_GAS_LIMIT } from '../fees.ts';
import { CHAIN_ID, type Chain } from '../state.ts';

/** A quantity as JSON-RPC writes it: hex without leading zeros. */
export const quantity = (value: bigint | number): string => `0x${BigInt(value).toString(16)}`;

const NO_BLOOM = `0x${'00'.repeat(256)}`;
const NO_HASH = `0x${'00'.repeat(32)}`;
const ZERO_ADDRESS = `0x${'00'.repeat(20)}`;

export function blockView(block: Block, full: boolean): object {
  const gasUsed = block.transactions.reduce((sum, mined) => sum + mined.gasUsed, 0n);
  return {
    number: quantity(block.number),
    hash: block.hash,
    parentHash: block.parentHash,
    timestamp: quantity(block.timestamp),
    baseFeePerGas: quantity(BASE_FEE),
    gasLimit: quantity(BLOCK_GAS_LIMIT),
    gasUsed: quantity(gasUsed),
    miner: ZERO_ADDRESS,
    difficulty: '0x0',
    totalDifficulty: '0x0',
    nonce: '0x0000000000000000',
    extraData: '0x',
    size: '0x0',
    logsBloom: NO_BLOOM,
    mixHash: NO_HASH,
    receiptsRoot: NO_HASH,
    sha3Uncles: NO_HASH,
    stateRoot: NO_HASH,
    transactionsRoot: NO_HASH,
    uncles: [],
    transactions: block.transactions.map((mined) =>
      full ? transactionView(mined.transaction, mined) : mined.transaction.hash,
    ),
  };
}

export function transactionView(transaction: Pooled, mined?: Mined): object {
  const price = mined?.gasPrice ?? transaction.maxFee;
  return {
    hash: transaction.hash,
    from: transaction.from,
    to: transaction.to ?? null,
    nonce: quantity(transaction.nonce),
    input: transaction.data,
    value: quantity(transaction.value),
    gas: quantity(transaction.gasLimit),
    gasPrice: quantity(price),
    maxFeePerGas: quantity(transaction.maxFee),
    maxPriorityFeePerGas: quantity(transaction.maxTip),
    type: quantity(transaction.type),
    chainId: quantity(CHAIN_ID),
    accessList: [],
    blockHash: mined?.block.hash ?? null,
    blockNumber: mined === undefined ? null : quantity(mined.block.number),
    transactionIndex: mined === undefined ? null : quantity(mined.index),
    v: '0x0',
    r: NO_HASH,
    s: NO_HASH,
  };
}

export function receiptView(mined: Mined): object {
  const { transaction, block, index, gasUsed, gasPrice, success } = mined;
  return {
    transactionHash: transaction.hash,
    transactionIndex: quantity(index),
    blockHash: block.hash,
    blockNumber: quantity(block.number),
    from: transaction.from,
    to: transaction.to ?? null,
    contractAddress: null,
    gasUsed: quantity(gasUsed),
    cumulativeGasUsed: quantity(gasUsed),
    effectiveGasPrice: quantity(gasPrice),
    type: quantity(transaction.type),
    status: success ? '0x1' : '0x0',
    logsBloom: NO_BLOOM,
    logs: logViews(mined),
  };
}

function logViews({ logs, block, transaction, index }: Mined): readonly object[] {
  return logs.map((log, at) => ({
    ...log,
    blockHash: block.hash,
    blockNumber: quantity(block.number),
    transactionHash: transaction.hash,
    transactionIndex: quantity(index),
    logIndex: quantity(at),
    removed: false,
  }));
}

export interface LogFilter {
  readonly from: number;
  readonly to: number;
  /** Lower case; none for any. */
  readonly addresses: readonly string[];
  /** By position; none for any. */
  readonly topics: readonly (readonly string[])[];
}

export function matchingLogs(chain: Chain, filter: LogFilter): readonly object[] {
  const blocks = chain.blocks.filter(({ number }) => number >= filter.from && number <= filter.to);
  return blocks.flatMap(({ transactions }) =>
    transactions.flatMap((mined) =>
      logViews(mined).filter((_view, at) => {
        const log = mined.logs[at];
        return log !== undefined && matches(log, filter);
      }),
    ),
  );
}

function matches(log: Log, { addresses, topics }: LogFilter): boolean {
  if (addresses.length > 0 && !addresses.includes(log.address)) return false;
  return topics.every((wanted, at) => wanted.length === 0 || wanted.includes(log.topics[at] ?? ''));
}

export const headNumber = (chain: Chain): number => head(chain).number;
