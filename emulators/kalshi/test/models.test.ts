import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ALICE, knownBook, MARKET, placed, send, startForTest, type TestEmulator } from './support.ts';

/** The official client's own models, as its type declarations print them. */
const MODELS = join(dirname(createRequire(import.meta.url).resolve('kalshi-typescript')), 'models');

interface Model {
  readonly required: readonly string[];
  readonly known: readonly string[];
}

function modelOf(file: string): Model {
  const text = readFileSync(join(MODELS, `${file}.d.ts`), 'utf8');
  const body = text.slice(text.indexOf('export interface'), text.indexOf('\n}'));
  const members = [...body.matchAll(/^ {4}'(\w+)'(\??): /gm)];
  return {
    required: members.filter(([, , optional]) => optional === '').map(([, name = '']) => name),
    known: members.map(([, name = '']) => name),
  };
}

let emulator: TestEmulator;

beforeEach(async () => {
  emulator = await startForTest();
  await knownBook(emulator);
  await placed(emulator, ALICE, { price: '0.51', count: '20' });
});

afterEach(() => emulator.close());

const get = async (path: string): Promise<unknown> => (await send(emulator, ALICE, 'GET', path)).body;

/** The first object under a key, which is an object or a list of them. */
function firstOf(body: unknown, key: string): object {
  const value = z.record(z.string(), z.unknown()).parse(body)[key];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return z.looseObject({}).parse(first);
}

test.each([
  ['market', '/markets', 'markets'],
  ['market', '/markets/KXRAINSEA-26JAN-5', 'market'],
  ['event-data', '/events', 'events'],
  ['event-data', '/events/KXCPIYOY-27MAY?with_nested_markets=true', 'event'],
  ['series', '/series', 'series'],
  ['trade', '/markets/trades', 'trades'],
  ['orderbook-count-fp', `/markets/${MARKET}/orderbook`, 'orderbook_fp'],
  ['market-orderbook-fp', `/markets/orderbooks?tickers=${MARKET}`, 'orderbooks'],
  [
    'market-candlestick',
    `/series/KXCPIYOY/markets/${MARKET}/candlesticks?start_ts=1780000000&end_ts=1780090000&period_interval=1440`,
    'candlesticks',
  ],
  ['order', '/portfolio/orders', 'orders'],
  ['fill', '/portfolio/fills', 'fills'],
  ['market-position', '/portfolio/positions', 'market_positions'],
  ['event-position', '/portfolio/positions', 'event_positions'],
  ['indexed-balance', '/portfolio/balance', 'balance_breakdown'],
  ['api-key', '/api_keys', 'api_keys'],
  ['exchange-index-status', '/exchange/status', 'exchange_index_statuses'],
])(
  '%s on %s has every required member of the client’s model and none that it does not know',
  async (file, path, key) => {
    const { required, known } = modelOf(file);
    expect(required.length).toBeGreaterThan(0);
    const members = Object.keys(firstOf(await get(path), key));
    expect(required.filter((name) => !members.includes(name))).toEqual([]);
    expect(members.filter((name) => !known.includes(name))).toEqual([]);
  },
);

test.each([
  ['get-balance-response', '/portfolio/balance'],
  ['exchange-status', '/exchange/status'],
  ['get-orders-response', '/portfolio/orders'],
  ['get-fills-response', '/portfolio/fills'],
  ['get-positions-response', '/portfolio/positions'],
  ['get-markets-response', '/markets'],
  ['get-trades-response', '/markets/trades'],
])('%s is the whole of %s', async (file, path) => {
  const { required, known } = modelOf(file);
  const members = Object.keys(z.record(z.string(), z.unknown()).parse(await get(path)));
  expect(required.filter((name) => !members.includes(name))).toEqual([]);
  expect(members.filter((name) => !known.includes(name))).toEqual([]);
});

test('the answer to a created and a cancelled order is the client’s model of it', async () => {
  const created = await send(emulator, ALICE, 'POST', '/portfolio/events/orders', {
    ticker: MARKET,
    side: 'bid',
    count: '600',
    price: '0.51',
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: 'maker',
  });
  const answer = z.looseObject({ order_id: z.string() }).parse(created.body);
  expect(Object.keys(answer).toSorted()).toEqual([...modelOf('create-order-v2-response').known].toSorted());
  const path = `/portfolio/events/orders/${answer.order_id}`;
  const canceled = z.looseObject({}).parse((await send(emulator, ALICE, 'DELETE', path)).body);
  expect(Object.keys(canceled).toSorted()).toEqual([...modelOf('cancel-order-v2-response').known].toSorted());
});
