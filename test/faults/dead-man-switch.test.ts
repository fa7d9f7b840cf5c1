import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { member, textOf } from '../end-to-end/support/ask.ts';
import { limitOrder, newTrader, type Trader } from '../end-to-end/support/trader.ts';
import { controlVenue } from '../support/control.ts';
import { moveClock, resetClock, startInstrumented } from '../support/instruments.ts';
import { openMarket, setBook } from '../support/markets.ts';
import type { OwnProgram } from '../support/program.ts';

/** A minute, and a quarter of it as grace (contract: clob, "Cancels"). */
const INTERVAL_MS = 60_000;
const LAPSES_MS = 75_000;
/** Longer than a call of the venue with all its retries may take (venue-fetch.ts, read.ts): 30 s and some. */
const HANG_MS = 60_000;
/** Shorter than the shortest that a look at a hanging venue takes. */
const BEFORE_VENUE_MS = 25_000;

let program: OwnProgram;
let condition: string;
beforeAll(async () => {
  program = await startInstrumented();
  const market = await openMarket(program.file);
  ({ condition } = market);
  await setBook(program.file, market.yes, { bids: [], asks: [{ price: '0.90', size: '100' }] });
});
afterAll(() => program.stop());

let trader: Trader;
let before: unknown;
beforeEach(async () => {
  await resetClock(program);
  trader = await newTrader(program.file);
  before = (await trader.call('GET', '/v1/account/balance')).json;
  for (let placed = 0; placed < 3; placed += 1) {
    const answer = await trader.call('POST', '/v1/orders', limitOrder(condition));
    expect(answer.status, answer.text).toBe(200);
  }
});

const advance = (ms: number): Promise<number> => moveClock(program, { kind: 'advance', ms });
const countOf = async (status: string): Promise<unknown> =>
  member(await trader.call('GET', `/v1/orders?status=${status}`), 'total_hint');
const resting = (): Promise<unknown> => countOf('PENDING');
const beat = async (): Promise<number> =>
  Date.parse(textOf(await trader.call('POST', '/v1/heartbeats', { interval_ms: INTERVAL_MS }), 'expires_at'));

describe("the dead man's switch", () => {
  test('cancels all that rests once its heartbeat has lapsed, not while it beats, and once', async () => {
    const start = await moveClock(program, { kind: 'stand' });
    expect(await beat()).toBe(start + LAPSES_MS);
    await advance(LAPSES_MS - 1);
    expect(await beat()).toBe(start + LAPSES_MS - 1 + LAPSES_MS);
    await advance(LAPSES_MS - 1);
    expect(await resting()).toBe(3);
    await advance(1);
    await expect.poll(resting).toBe(0);
    expect((await trader.call('GET', '/v1/account/balance')).json).toEqual(before);
    // It has fallen and is off: what comes later rests, whatever the alarm does. An order that expires tells that it rang.
    const expiration = Math.ceil(start / 1_000) + 600;
    await trader.call('POST', '/v1/orders', limitOrder(condition));
    await trader.call('POST', '/v1/orders', limitOrder(condition, { time_in_force: 'GTD', expiration }));
    await advance(900_000);
    await expect.poll(() => countOf('EXPIRED')).toBe(1);
    expect(await resting()).toBe(1);
    await trader.call('DELETE', '/v1/cancel-all');
  });

  test('falls in time while the venue hangs', async () => {
    await beat();
    const hang = { path: '/books', kind: 'delay', delay_ms: HANG_MS, times: 1_000 };
    await controlVenue(program.file, 'faults', hang);
    // The alarm that matches comes each second: now one of them waits for books that do not come.
    await expect.poll(() => venueIsAsked(), { interval: 50 }).toBe(true);
    expect(await resting()).toBe(3);
    await advance(LAPSES_MS);
    // Time bound: it falls while the venue hangs, not when the call has ended.
    await expect.poll(resting, { timeout: BEFORE_VENUE_MS, interval: 50 }).toBe(0);
    expect((await trader.call('GET', '/v1/account/balance')).json).toEqual(before);
  });
});

/** Whether the venue holds a call: one of the faults has been taken. */
async function venueIsAsked(): Promise<boolean> {
  const response = await fetch(`${program.file.emulators.polymarket}/__control/stats`);
  const stats = (await response.json()) as { readonly counts: { readonly faults_fired?: number } };
  return (stats.counts.faults_fired ?? 0) > 0;
}
