import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRefusal, textOf } from '../end-to-end/support/ask.ts';
import { limitOrder } from '../end-to-end/support/trader.ts';
import {
  venueMarket,
  venueTrader,
  type VenueMarket,
  type VenueTrader,
} from '../end-to-end/support/v1-polymarket-stage.ts';
import { credentialsHeader } from '../end-to-end/support/venue-accounts.ts';
import { controlVenue } from '../support/control.ts';
import { killAndWait, startInstrumented } from '../support/instruments.ts';
import type { OwnProgram } from '../support/program.ts';

let program: OwnProgram;
let market: VenueMarket;
let trader: VenueTrader;
beforeAll(async () => {
  program = await startInstrumented();
  market = await venueMarket(program.file);
  trader = await venueTrader(program.file, { keyed: true });
});
afterAll(() => program.stop());

const place = async (price: string): Promise<string> =>
  textOf(await trader.call('POST', '/v1/orders', limitOrder(market.condition, { price })), 'order_id');
const beat = (interval_ms: number, headers = {}) =>
  trader.call('POST', '/v1/heartbeats', { interval_ms }, headers);
const resting = async (): Promise<readonly string[]> =>
  (await market.orders(trader.account)).filter(({ status }) => status === 'LIVE').map(({ hash }) => hash);

test('what rests on Polymarket is cancelled, though workerd dies and the venue fails before', async () => {
  const placed = [await place('0.10'), await place('0.11')];
  expect((await resting()).toSorted()).toEqual(placed.toSorted());
  await controlVenue(program.file, 'faults', {
    method: 'DELETE',
    path: '/cancel-all',
    kind: 'status',
    status: 503,
    times: 1,
  });
  expect((await beat(1_000)).status).toBe(200);
  await killAndWait(program);
  await expect.poll(resting).toEqual([]);
  // It has fallen: what comes later rests, until it is set and lapses again.
  const later = await place('0.12');
  expect(await resting()).toEqual([later]);
});

test('it is refused to credentials that nobody has when it falls', async () => {
  const { privateKey, wire } = trader.account;
  const given = credentialsHeader({ private_key: privateKey, ...wire });
  expectRefusal(await beat(1_000, given), 403, 'CREDENTIALS_REQUIRED');
});
