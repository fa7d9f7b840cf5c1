import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultPoint } from '../../shared/testing/fault-points.ts';
import { member, rowsOf, type Answer } from '../end-to-end/support/ask.ts';
import { limitOrder, marketBuy, newTrader, type Trader } from '../end-to-end/support/trader.ts';
import { controlVenue } from '../support/control.ts';
import { armFault, killAndWait, killAt, moveClock, startInstrumented } from '../support/instruments.ts';
import { openMarket, setBook } from '../support/markets.ts';
import type { OwnProgram } from '../support/program.ts';
import { PATIENCE } from '../support/patience.ts';

// As crash-points.test.ts, for what an account does by itself: nobody asks again, the alarm has to.

/** After this nothing that the gateway keeps of a market or its book is trusted any more (market-data.ts). */
const STALE_MS = 6_000;
const DAY_MS = 86_400_000;

let program: OwnProgram;
let market: { readonly condition: string; readonly yes: string };
beforeAll(async () => {
  program = await startInstrumented();
});
afterAll(() => program.stop());
beforeEach(async () => {
  // Each test ends its market or moves its book: the next takes the next open one.
  market = await openMarket(
    program.file,
    ({ minimum_tick_size, tokens }) => minimum_tick_size <= 0.01 && tokens[0]?.outcome === 'Yes',
  );
  await offer('0.50');
  await moveClock(program, { kind: 'advance', ms: STALE_MS });
});

const offer = (ask: string): Promise<void> =>
  setBook(program.file, market.yes, {
    bids: [{ price: '0.30', size: '100000' }],
    asks: [{ price: ask, size: '100000' }],
  });
const portfolio = async (trader: Trader): Promise<Answer> => trader.call('GET', '/v1/account/portfolio');
const countOf = async (trader: Trader, status: string): Promise<unknown> =>
  member(await trader.call('GET', `/v1/orders?status=${status}`), 'total_hint');

async function place(trader: Trader, order: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await trader.call('POST', '/v1/orders', order, headers);
  expect(answer.status, answer.text).toBe(200);
  return answer;
}

/** Kills workerd when an alarm comes to the point. */
async function killAlarmAt(point: FaultPoint, provoke: () => Promise<unknown>): Promise<void> {
  const fault = await armFault(program, point, 'hang');
  await provoke();
  await fault.reached();
  await killAndWait(program);
}

/** The market resolves for `yes`, and the gateway no longer trusts what it knew of it. */
async function resolveMarket(): Promise<void> {
  await controlVenue(program.file, 'resolve', { condition_id: market.condition, winner: market.yes });
  await moveClock(program, { kind: 'advance', ms: STALE_MS });
}

describe('kill -9 while a resting order is matched', () => {
  test.each<FaultPoint>(['account/match/quoted', 'account/match/order-filled', 'account/match/committed'])(
    '%s: it fills once, at its limit',
    async (point) => {
      const trader = await newTrader(program.file);
      await place(trader, limitOrder(market.condition, { price: '0.45' }));
      await killAlarmAt(point, () => offer('0.40'));
      await expect.poll(() => countOf(trader, 'FILLED'), PATIENCE).toBe(1);
      expect(member(await trader.call('GET', '/v1/account/history'), 'count')).toBe(1);
      expect((await portfolio(trader)).json).toMatchObject({
        balance: '9995.50',
        reserved: '0.00',
        fees_paid: '0.00',
        positions: [{ quantity: '10.0000', cost: '4.50' }],
      });
    },
  );
});

describe('kill -9 while a market settles', () => {
  test.each<FaultPoint>(['account/settle/market-noted', 'account/settle/committed'])(
    '%s: what rests ends, and the position settles once',
    async (point) => {
      const trader = await newTrader(program.file);
      await place(trader, marketBuy(market.condition, { quantity: '100' }));
      await place(trader, limitOrder(market.condition));
      await killAlarmAt(point, resolveMarket);
      await expect.poll(() => countOf(trader, 'CANCELLED'), PATIENCE).toBe(1);
      const [position] = rowsOf(await trader.call('GET', '/v1/account/positions'));
      expect(position).toMatchObject({ settled: true, quantity: '100.0000', current_price: '1.00' });
      expect(member(await portfolio(trader), 'reserved')).toBe('0.00');
    },
  );
});

describe('kill -9 while a position is redeemed', () => {
  test.each<[FaultPoint, string]>([
    ['account/redeem/money-credited', '100.00'],
    ['account/redeem/position-paid', '100.00'],
    ['account/redeem/committed', '100.00'],
    ['gateway/request/handled', '0.00'],
  ])('%s: it is paid once', async (point, left) => {
    const trader = await newTrader(program.file);
    await place(trader, marketBuy(market.condition, { quantity: '100' }));
    const before = Number(member(await portfolio(trader), 'balance'));
    await resolveMarket();
    const redeem = (): Promise<Answer> => trader.call('POST', '/v1/account/redeem', {});
    await killAt(program, point, redeem);
    expect(member(await redeem(), 'total_payout')).toBe(left);
    expect(member(await redeem(), 'total_payout')).toBe('0.00');
    expect(member(await portfolio(trader), 'balance')).toBe((before + 100).toFixed(2));
  });
});

describe("kill -9 while the dead man's switch falls", () => {
  test.each<FaultPoint>(['account/switch/disarmed', 'account/switch/committed'])(
    '%s: it falls all the same',
    async (point) => {
      const trader = await newTrader(program.file);
      const before = (await portfolio(trader)).json;
      await place(trader, limitOrder(market.condition));
      await place(trader, limitOrder(market.condition));
      await killAlarmAt(point, () => trader.call('POST', '/v1/heartbeats', { interval_ms: 1_000 }));
      await expect.poll(() => countOf(trader, 'CANCELLED'), PATIENCE).toBe(2);
      expect((await portfolio(trader)).json).toEqual(before);
    },
  );
});

describe('kill -9 while old keys are swept', () => {
  test.each<FaultPoint>(['account/sweep/due', 'account/sweep/swept'])(
    '%s: a key is forgotten with the sweep or not at all',
    async (point) => {
      const trader = await newTrader(program.file);
      const headers = { 'idempotency-key': randomUUID() };
      const first = await place(trader, limitOrder(market.condition), headers);
      // The resting order's alarm comes within a second, and finds the key a day old.
      await killAlarmAt(point, () => moveClock(program, { kind: 'advance', ms: DAY_MS }));
      // After the restart it is today again, and the key is as young as before.
      const again = await place(trader, limitOrder(market.condition), headers);
      expect([member(again, 'order_id'), member(again, 'is_replay')]).toEqual([
        member(first, 'order_id'),
        true,
      ]);
      await trader.call('DELETE', '/v1/cancel-all');
    },
  );
});
