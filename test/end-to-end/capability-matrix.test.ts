import { beforeAll, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import type { Has } from '../../shared/venues/port/capabilities.ts';
import { dataVenue } from '../../shared/venues/data-venues.ts';
import { venueNames, isLiveVenue, type VenueName } from '../../shared/venues/venue-names.ts';
import { member, textOf, type Answer } from './support/ask.ts';
import { liveStage, onboarded } from './support/live-stage.ts';
import { newTrader, type Trader } from './support/trader.ts';

const file = inject('postern');

/** What each adapter says of itself; where it asks plays no part in that. */
const declared = (exchange: VenueName) =>
  dataVenue(exchange, {
    POLYMARKET_CLOB_URL: '',
    POLYMARKET_GAMMA_URL: '',
    POLYMARKET_DATA_URL: '',
    KALSHI_URL: '',
    LIMITLESS_URL: '',
    OPINION_URL: '',
    PREDICTFUN_URL: '',
    // Without one it says that it has nothing.
    PREDICTFUN_API_KEY: 'local',
    L1_CHAIN_ID: '137',
  }).capabilities;

/** Somebody with an account wherever there are accounts, and an open market of an exchange that has any. */
interface Place {
  readonly trader: Trader;
  readonly market: string;
  /** Orders at the venue, whoever placed them. */
  readonly orders: () => Promise<number>;
}
const NO_MARKET = 'NONE';
const hasAccounts = (exchange: VenueName): boolean => isLiveVenue(exchange) || exchange === 'paper';

async function placeOn(exchange: VenueName): Promise<Place> {
  // Paper trades on Polymarket's markets.
  const stage = hasAccounts(exchange)
    ? await liveStage(file, exchange === 'kalshi' ? exchange : 'polymarket', 2)
    : undefined;
  await stage?.book([['0.30', '5000']], [['0.50', '5000']]);
  const trader = stage && isLiveVenue(exchange) ? await onboarded(file, stage) : await newTrader(file);
  if (stage) return { trader, market: stage.market, orders: () => stage.orders() };
  const listed = await trader.call('GET', `/api/v1/markets?exchanges=${exchange}&status=active&limit=1`);
  const { data } = z
    .object({ markets: z.array(z.object({ exchange_market_id: z.string() })) })
    .safeParse(listed.json);
  return {
    trader,
    market: data?.markets[0]?.exchange_market_id ?? NO_MARKET,
    orders: () => Promise.resolve(0),
  };
}

/** A request that shows whether a flag is true. The websocket and orders have tests of their own. */
const shows: Readonly<Partial<Record<keyof Has, (exchange: VenueName, market: string) => string>>> = {
  fetch_markets: (exchange) => `markets?exchanges=${exchange}&limit=1`,
  fetch_events: (exchange) => `events?exchanges=${exchange}&limit=1`,
  fetch_orderbook: (exchange, market) => `orderbook?exchange=${exchange}&market_id=${market}`,
  fetch_orderbook_history: (exchange, market) =>
    `orderbook?exchange=${exchange}&market_id=${market}&start_ts=1`,
  fetch_price_history: (exchange, market) => `price?exchange=${exchange}&market_id=${market}`,
  fetch_trades: (exchange, market) => `trades?exchange=${exchange}&market_id=${market}`,
  fetch_positions: (exchange) => `positions?exchange=${exchange}`,
  fetch_balance: (exchange) => `balance?exchange=${exchange}`,
  fetch_fills: (exchange) => `fills?exchange=${exchange}`,
};

function expectShown(answer: Answer, can: boolean): void {
  const refusal = [501, 'NOT_SUPPORTED', 'not_supported'];
  const shown = [answer.status, answer.code, member(answer, 'code')];
  expect(shown, answer.text).toEqual(can ? [200, null, undefined] : refusal);
}

test('GET /exchanges says what the adapters say of themselves, of every exchange', async () => {
  const trader = await newTrader(file);
  const { json } = await trader.call('GET', '/api/v1/exchanges');
  const rows = venueNames.map((id) => {
    const { name, has, orderTypes } = declared(id);
    return { id, name, has, order_types: orderTypes };
  });
  expect(json).toEqual(rows);
});

describe.each(venueNames)('%s does what it declares, and answers 501 to the rest', (exchange) => {
  const { has, orderTypes } = declared(exchange);
  let place: Place;
  beforeAll(async () => {
    place = await placeOn(exchange);
  });

  test('reads', async () => {
    for (const [flag, path] of Object.entries(shows)) {
      const answer = await place.trader.call('GET', `/api/v1/${path(exchange, place.market)}`);
      expectShown(answer, has[flag as keyof Has]);
    }
  });

  test('the activity of an address', async () => {
    const path = `user-activity?address=0x${'1'.repeat(40)}&exchanges=${exchange}`;
    const { json } = await place.trader.call('GET', `/api/v1/${path}`);
    expect(json).toMatchObject({ status: { [exchange]: { success: has.fetch_user_activity } } });
  });

  test.each(['gtc', 'ioc', 'fok', 'gtd'] as const)('an order of type %s', async (type) => {
    const before = await place.orders();
    const params = {
      order_type: type,
      ...(type === 'gtd' && { expiration: Math.floor(Date.now() / 1000) + 3_600 }),
    };
    // What may not rest finds somebody to trade with.
    const price = type === 'ioc' || type === 'fok' ? 0.5 : 0.1;
    const order = { market_id: place.market, outcome: 'Yes', side: 'buy', price, size: 10, params };
    const answer = await place.trader.call('POST', `/api/v1/orders?exchange=${exchange}`, order);
    const can = has.create_order && orderTypes.includes(type);
    expectShown(answer, can);
    const state = price === 0.5 ? 'filled' : 'open';
    expect(member(answer, 'status')).toBe(can ? state : undefined);
    expect(await place.orders()).toBe(before + (can && isLiveVenue(exchange) ? 1 : 0));
    if (!can || state === 'filled') return;
    const one = `/api/v1/orders/${textOf(answer, 'id')}?exchange=${exchange}`;
    expectShown(await place.trader.call('DELETE', one), has.cancel_order);
  });
});
