import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FEE_ESCROW } from '../../emulators/chain/index.ts';
import {
  DEADLINE,
  PAYER,
  pullOf,
  RELAYER,
  signPull,
  startForTest,
  type TestChain,
} from '../../emulators/chain/test/support.ts';
import { polygon } from '../chain/polygon-contracts.ts';
import { createEscrowChain } from '../chain/escrow-chain.ts';
import { createJsonRpc } from '../chain/json-rpc.ts';
import { escrowPolicy, keySigner } from '../chain/key-signer.ts';
import { asMicro } from '../money/fixed.ts';
import type { Hex } from '../signing/checks.ts';
import { applyEscrowEvent, type EscrowEvent } from './apply-event.ts';
import type { FeeAuthorization } from './authorization.ts';
import { openEscrow, type EscrowRecord } from './record.ts';
import { pullFee, runNextAction, type EscrowContext, type EscrowProgress } from './run-next-action.ts';

const START = 1_790_000_000_000;
const SEND = '/eth_sendRawTransaction';

let chain: TestChain;
/** All that outlives a process: the last record saved, by order id. */
let disk: Map<string, EscrowRecord>;
let now: number;
let keeper: EscrowContext;
beforeEach(async () => {
  chain = await startForTest();
  disk = new Map();
  now = START;
  const signer = keySigner(RELAYER.privateKey, escrowPolicy(polygon.chainId, FEE_ESCROW));
  const rpc = createJsonRpc(chain.url);
  keeper = {
    chain: createEscrowChain({ rpc, signer, contracts: polygon, escrow: FEE_ESCROW }),
    now: () => now,
    store: {
      get: (orderId) => disk.get(orderId),
      put: (record) => void disk.set(record.orderId, record),
    },
    flush: () => Promise.resolve(),
  };
});
afterEach(() => chain.close());

const idOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
const SIZE = 100_000_000n;
async function order(n: number, fee = 125_000): Promise<readonly [EscrowRecord, FeeAuthorization]> {
  const orderId = idOf(n);
  const signature = (await signPull(pullOf({ orderId, feeAmount: fee }))) as Hex;
  const payer = PAYER.address.toLowerCase() as Hex;
  const common = { orderId, payer, fee: asMicro(BigInt(fee)) };
  return [openEscrow({ ...common, size: asMicro(SIZE) }), { ...common, deadline: DEADLINE, signature }];
}
const onDisk = (n = 1): EscrowRecord => {
  const record = disk.get(idOf(n));
  if (record === undefined) throw new Error('nothing was saved');
  return record;
};
function tell(event: EscrowEvent, n = 1): void {
  const next = applyEscrowEvent(onDisk(n), event);
  if (next.ok) disk.set(idOf(n), next.record);
}
async function visit(n = 1): Promise<EscrowProgress> {
  const tended = await runNextAction(idOf(n), keeper);
  if (tended === undefined) throw new Error('nothing was saved');
  return tended;
}
const sums = async (): Promise<readonly number[]> => {
  const { pulled, distributed, refunded, held, balance } = (await chain.stats()).escrow;
  return [pulled, distributed, refunded, held, balance].map(Number);
};

describe('a fee on the chain', () => {
  test('60 of 100 filled and cancelled: 60 % and 40 % of the money, then nothing is left to do', async () => {
    expect(await pullFee(...(await order(1)), keeper, 1)).toEqual({ ok: true });
    tell({ kind: 'submitted' });
    tell({ kind: 'filled', total: asMicro(60_000_000n) });
    await visit();
    expect(await sums()).toEqual([125_000, 75_000, 0, 50_000, 50_000]);
    tell({ kind: 'ended' });
    expect(await visit()).toMatchObject({ state: 'divided', wakeAt: undefined });
    expect(await sums()).toEqual([125_000, 75_000, 50_000, 0, 0]);
  });

  test('a pull that the contract refuses leaves no record, and takes nothing', async () => {
    expect(await pullFee(...(await order(1, 6_000_000)), keeper, 1)).toMatchObject({
      reason: 'REFUSED',
      why: 'ERC20: transfer amount exceeds allowance',
    });
    expect(disk.size).toBe(0);
  });

  test('an authorization is good for one order, here and by the contract, also when said twice at once', async () => {
    const one = await order(1);
    const outcomes = await Promise.all([pullFee(...one, keeper, 1), pullFee(...one, keeper, 1)]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    const used = { ok: false, reason: 'REFUSED', why: 'OrderExists' };
    expect(outcomes).toContainEqual(used);
    expect(await pullFee(...one, keeper, 1)).toEqual(used);
    disk.clear();
    expect(await pullFee(...one, keeper, 1)).toEqual(used);
    expect(await sums()).toEqual([125_000, 0, 0, 125_000, 125_000]);
  });

  test('a pull that nobody answered for is found, and given back when its order never went out', async () => {
    await chain.control('mining', { mode: 'manual' });
    const [record, authorization] = await order(1);
    expect(await pullFee(record, authorization, keeper, 1)).toMatchObject({ reason: 'UNKNOWN' });
    tell({ kind: 'ended' });
    expect(await visit()).toMatchObject({ state: 'authorized', wakeAt: now + 5_000 });
    await chain.control('mining', { mode: 'auto' });
    expect(await visit()).toMatchObject({ state: 'refunded', wakeAt: undefined });
    expect(await sums()).toEqual([125_000, 0, 125_000, 0, 0]);
  });

  test('fills and ends that are told while a transfer is on its way are not forgotten, nor is it sent twice', async () => {
    await pullFee(...(await order(1)), keeper, 1);
    tell({ kind: 'submitted' });
    tell({ kind: 'filled', total: asMicro(60_000_000n) });
    const both = Promise.all([visit(), visit()]);
    tell({ kind: 'filled', total: asMicro(80_000_000n) });
    tell({ kind: 'ended' });
    await both;
    for (let next = await visit(); next.wakeAt !== undefined; next = await visit())
      now = Math.max(now, next.wakeAt);
    expect(await sums()).toEqual([125_000, 100_000, 25_000, 0, 0]);
  });

  test('a run that was refused leaves the transfer of another run in flight', async () => {
    await pullFee(...(await order(1)), keeper, 1);
    tell({ kind: 'ended' });
    await chain.control('mining', { mode: 'manual' });
    const overtaken: EscrowContext = {
      ...keeper,
      chain: {
        ...keeper.chain,
        refund: async () => {
          await visit();
          return { ok: false, reason: 'NOT_SENT', why: 'the chain did not answer' };
        },
      },
    };
    await runNextAction(idOf(1), overtaken);
    expect(onDisk().transfer).toMatchObject({ kind: 'refund', amount: 125_000n });
    await chain.control('mine');
    expect(await visit()).toMatchObject({ state: 'refunded', wakeAt: undefined });
  });

  test('an order that never got an id is given back by the clock alone', async () => {
    await pullFee(...(await order(1)), keeper, 1);
    const { wakeAt } = await visit();
    expect(wakeAt).toBe(START + 600_000);
    now = wakeAt ?? 0;
    expect(await visit()).toMatchObject({ state: 'refunded', wakeAt: undefined });
  });
});

/** What may happen to the next send. */
const mishap = fc.constantFrom(
  undefined,
  { kind: 'drop_before' },
  { kind: 'drop_after' },
  { kind: 'status', status: 503, after_processing: true },
  'drop' as const,
  'revert' as const,
);
const life = fc.record({
  fee: fc.integer({ min: 1, max: 40_000 }),
  fills: fc.array(fc.bigInt(0n, SIZE), { maxLength: 3 }),
  mishaps: fc.array(mishap, { maxLength: 4 }),
});

test('whatever fills and whatever fails, every fee ends where it belongs and none moves twice', async () => {
  const lives = fc.sample(life, { seed: 20_261, numRuns: 12 });
  const expected = { pulled: 0n, distributed: 0n };
  for (const [n, { fee, fills, mishaps }] of lives.entries()) {
    const left = [...mishaps];
    const trouble = async (): Promise<void> => {
      const next = left.shift();
      await chain.control('drop', { times: next === 'drop' ? 1 : 0 });
      for (const name of ['distribute', 'refund'])
        await chain.control('revert', { function: name, times: next === 'revert' ? 1 : 0 });
      if (typeof next === 'object') await chain.control('faults', { path: SEND, ...next });
    };
    expect(await pullFee(...(await order(n, fee)), keeper, 1)).toEqual({ ok: true });
    tell({ kind: 'submitted' }, n);
    for (const total of fills) {
      tell({ kind: 'filled', total: asMicro(total) }, n);
      await trouble();
      await visit(n);
    }
    tell({ kind: 'ended' }, n);
    for (let next = await visit(n); next.wakeAt !== undefined; next = await visit(n)) {
      now = Math.max(now, next.wakeAt);
      if (left.length > 0) await trouble();
    }
    await fetch(`${chain.url}/__control/faults`, { method: 'DELETE' });
    const filled = fills.reduce((most, one) => (one > most ? one : most), 0n);
    expected.pulled += BigInt(fee);
    expected.distributed += (BigInt(fee) * filled) / SIZE;
    const record = onDisk(n);
    expect(record.pulled).toBe(record.distributed + record.refunded);
  }
  const { pulled, distributed } = expected;
  const numbers = [pulled, distributed, pulled - distributed, 0n, 0n].map(Number);
  expect(await sums()).toEqual(numbers);
});
