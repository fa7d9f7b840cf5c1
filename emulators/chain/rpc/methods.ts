import * as z from 'zod';
import { head } from '../blocks.ts';
import { execute } from '../evm/machine.ts';
import { BASE_FEE, gasOf, TIP } from '../fees.ts';
import { accept, pendingNonce } from '../pool.ts';
import { CHAIN_ID, nativeOf, nonceOf, nowSeconds, type Chain } from '../state.ts';
import { invalidParams, reverted, RpcError } from './rpc-error.ts';
import { blockView, headNumber, matchingLogs, quantity, receiptView, transactionView } from './views.ts';

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .toLowerCase();
const hash = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .toLowerCase();
const data = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/)
  .toLowerCase();
const hexNumber = z.string().regex(/^0x[0-9a-fA-F]{1,16}$/);
const tag = z.union([z.enum(['latest', 'pending', 'earliest', 'safe', 'finalized']), hexNumber]);

const call = z.object({
  from: address.default(`0x${'00'.repeat(20)}`),
  to: address.nullish(),
  data: data.optional(),
  input: data.optional(),
});
const filter = z.object({
  fromBlock: tag.optional(),
  toBlock: tag.optional(),
  address: z.union([address, z.array(address).max(100)]).optional(),
  topics: z
    .array(z.union([z.null(), hash, z.array(hash).max(100)]))
    .max(4)
    .default([]),
});

type Method = (chain: Chain, params: readonly unknown[]) => unknown;

/** A method whose parameters are read first; further ones are ignored, as nodes do. */
function method<T extends readonly unknown[]>(
  schema: z.ZodType<T>,
  run: (chain: Chain, params: T) => unknown,
): Method {
  return (chain, params) => {
    const parsed = schema.safeParse(params);
    if (!parsed.success) throw invalidParams(`invalid params: ${z.prettifyError(parsed.error)}`);
    return run(chain, parsed.data);
  };
}

/** The whole of what this node answers. Anything else is -32601. */
export const methods: Readonly<Record<string, Method>> = {
  web3_clientVersion: () => 'postern-chain-emulator/1',
  net_version: () => String(CHAIN_ID),
  eth_chainId: () => quantity(CHAIN_ID),
  eth_blockNumber: (chain) => quantity(headNumber(chain)),
  eth_gasPrice: () => quantity(BASE_FEE + TIP),
  eth_maxPriorityFeePerGas: () => quantity(TIP),
  eth_feeHistory: method(
    z.tuple([z.union([hexNumber, z.number().int()]), tag, z.array(z.number()).max(10).optional()]),
    (chain, [count, , percentiles = []]) => {
      const blocks = Math.min(Number(count), headNumber(chain), 1_024);
      return {
        oldestBlock: quantity(headNumber(chain) - blocks + 1),
        baseFeePerGas: Array.from({ length: blocks + 1 }, () => quantity(BASE_FEE)),
        gasUsedRatio: Array.from({ length: blocks }, () => 0),
        reward: Array.from({ length: blocks }, () => percentiles.map(() => quantity(TIP))),
      };
    },
  ),
  eth_getBalance: method(z.tuple([address]).rest(z.unknown()), (chain, [owner]) =>
    quantity(nativeOf(chain, owner)),
  ),
  eth_getCode: method(z.tuple([address]).rest(z.unknown()), (chain, [at]) =>
    chain.machine.contracts.has(at) ? '0xfe' : '0x',
  ),
  eth_getTransactionCount: method(z.tuple([address, tag.default('latest')]), (chain, [owner, at]) =>
    quantity(at === 'pending' ? pendingNonce(chain, owner) : nonceOf(chain, owner)),
  ),
  eth_call: method(z.tuple([call, tag.default('latest')]).rest(z.unknown()), (chain, [message, at]) => {
    requireHead(chain, at);
    return simulate(chain, message);
  }),
  eth_estimateGas: method(z.tuple([call]).rest(z.unknown()), (chain, [message]) => {
    simulate(chain, message);
    return quantity(gasOf(message.data ?? message.input ?? '0x'));
  }),
  eth_sendRawTransaction: method(z.tuple([data]), (chain, [raw]) => accept(chain, raw)),
  eth_getTransactionByHash: method(z.tuple([hash]), (chain, [wanted]) => {
    const mined = chain.mined.get(wanted);
    if (mined !== undefined) return transactionView(mined.transaction, mined);
    const waiting = [...chain.pool.values()].flatMap((pooled) => [...pooled.values()]);
    const found = waiting.find((transaction) => transaction.hash === wanted);
    return found === undefined ? null : transactionView(found);
  }),
  eth_getTransactionReceipt: method(z.tuple([hash]), (chain, [wanted]) => {
    const mined = chain.mined.get(wanted);
    return mined === undefined ? null : receiptView(mined);
  }),
  eth_getBlockByNumber: method(z.tuple([tag, z.boolean().default(false)]), (chain, [at, full]) => {
    const number = blockNumber(chain, at);
    const block = chain.blocks.find((one) => one.number === number);
    return block === undefined ? null : blockView(block, full);
  }),
  eth_getBlockByHash: method(z.tuple([hash, z.boolean().default(false)]), (chain, [wanted, full]) => {
    const block = chain.blocks.find((one) => one.hash === wanted);
    return block === undefined ? null : blockView(block, full);
  }),
  eth_getLogs: method(z.tuple([filter]), (chain, [wanted]) => {
    const { address: at, topics } = wanted;
    return matchingLogs(chain, {
      from: blockNumber(chain, wanted.fromBlock ?? 'latest'),
      to: blockNumber(chain, wanted.toBlock ?? 'latest'),
      addresses: at === undefined ? [] : [at].flat(),
      topics: topics.map((topic) => (topic === null ? [] : [topic].flat())),
    });
  }),
};

/** The result of a call on the newest state, which it does not change. @throws RpcError with the revert's data. */
function simulate(chain: Chain, message: z.infer<typeof call>): string {
  const { from, to } = message;
  const input = message.data ?? message.input ?? '0x';
  const timestamp = Math.max(nowSeconds(chain), head(chain).timestamp);
  const outcome = execute(chain.machine, { from, to: to ?? undefined, data: input }, timestamp, false);
  if (!outcome.ok) throw reverted(outcome.message, outcome.data);
  return outcome.data;
}

function blockNumber(chain: Chain, at: z.infer<typeof tag>): number {
  if (at.startsWith('0x')) return Number(at);
  return at === 'earliest' ? (chain.blocks[0]?.number ?? 1) : headNumber(chain);
}

/** No old state is kept. */
function requireHead(chain: Chain, at: z.infer<typeof tag>): void {
  if (blockNumber(chain, at) < headNumber(chain))
    throw new RpcError(-32_000, 'missing trie node: only the newest state is kept');
}
