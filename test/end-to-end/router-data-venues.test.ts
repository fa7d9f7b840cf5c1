import { beforeAll, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import { member } from './support/ask.ts';
import { newTrader, type Trader } from './support/trader.ts';

const file = inject('postern');
let trader: Trader;
beforeAll(async () => {
  trader = await newTrader(file, { keys: KEYS });
});

/** Keys that take turns: together they may ask more in a second than a test does. */
const KEYS = 5;
let turn = 0;
const call = (method: string, path: string, body?: unknown) => {
  const key = trader.keys[(turn += 1) % KEYS] ?? '';
  return trader.call(method, `/api/v1/${path}`, body, { 'x-api-key': key });
};
const get = (path: string) => call('GET', path);

const listed = z.object({
  markets: z.array(z.object({ parsec_id: z.string(), exchange_market_id: z.string() })),
});
const pair = z.tuple([z.number(), z.number()]);
const book = z.object({ outcome: z.string(), bids: z.array(pair), asks: z.array(pair) });
const exchangeRows = z.array(
  z.object({ id: z.string(), has: z.record(z.string(), z.boolean()), order_types: z.array(z.string()) }),
);

describe.each(['limitless', 'opinion', 'predictfun'] as const)('%s through the router', (exchange) => {
  test('a market is found, its book is read in both views, and nothing about it trades', async () => {
    const found = await get(`markets?exchanges=${exchange}&status=active&search=above&limit=1`);
    expect(found.status, found.text).toBe(200);
    const [market] = listed.parse(found.json).markets;
    const id = market?.parsec_id ?? '';
    const control = `${file.emulators[exchange]}/__control/book`;
    const levels = {
      market: market?.exchange_market_id,
      bids: [{ price: '0.40', size: '50.5' }],
      asks: [{ price: '0.45', size: '10' }],
    };
    await fetch(control, { method: 'POST', body: JSON.stringify(levels) });
    const yes = book.parse((await get(`orderbook?parsec_id=${id}`)).json);
    expect(yes).toEqual({ outcome: 'Yes', bids: [[0.4, 50.5]], asks: [[0.45, 10]] });
    const no = book.parse((await get(`orderbook?parsec_id=${id}&outcome=no`)).json);
    expect(no).toEqual({ outcome: 'No', bids: [[0.55, 10]], asks: [[0.6, 50.5]] });
    const prices = await get(`price?parsec_id=${id}&interval=1w`);
    expect(prices.status, prices.text).toBe(200);
    const cost = await get(`execution-price?parsec_id=${id}&side=buy&amount=10`);
    expect(member(cost, 'total_cost')).toBe(4.5);
    const told = { rate: 0.02, exponent: 1, basis: 'cheaper-side' };
    expect(member(cost, 'fee_info')).toEqual(exchange === 'predictfun' ? told : null);
    // 10 × 2 % × 0.45.
    expect(member(cost, 'fee_estimate')).toBe(exchange === 'predictfun' ? 0.09 : null);
    const trades = await get(`trades?parsec_id=${id}`);
    expect(trades.status, trades.text).toBe(exchange === 'opinion' ? 501 : 200);
    const order = { market_id: market?.exchange_market_id, outcome: 'yes', side: 'buy', price: 0.4, size: 1 };
    const placed = await call('POST', `orders?exchange=${exchange}`, order);
    expect(placed.status, placed.text).toBe(501);
  });

  test('what it can do is told as it is', async () => {
    const rows = exchangeRows.parse((await get('exchanges')).json);
    const row = rows.find(({ id }) => id === exchange);
    expect(row?.order_types).toEqual([]);
    expect(row?.has).toMatchObject({
      fetch_markets: true,
      fetch_orderbook: true,
      fetch_trades: exchange !== 'opinion',
      create_order: false,
      websocket: true,
    });
  });
});
