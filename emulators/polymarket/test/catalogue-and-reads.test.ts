import * as z from 'zod';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { credentialsFor, post } from './signed-requests.ts';
import { ALICE, allMarkets, marketOf, startForTest, type TestEmulator } from './support.ts';

let emulator: TestEmulator;

beforeEach(async () => {
  emulator = await startForTest();
});

afterEach(() => emulator.close());

const gammaSchema = z.array(
  z.object({
    id: z.string(),
    conditionId: z.string(),
    clobTokenIds: z.string(),
    outcomePrices: z.string(),
    closed: z.boolean(),
    category: z.string(),
    umaResolutionStatus: z.string().optional(),
  }),
);

async function gamma(query: string): Promise<z.infer<typeof gammaSchema>> {
  return gammaSchema.parse((await emulator.get(`/gamma/markets?${query}`)).body);
}

describe('the catalogue', () => {
  test('has every tick, category, fee and state that an adapter must handle', async () => {
    const markets = await allMarkets(emulator);
    expect(markets).toHaveLength(40);
    expect(new Set(markets.map((market) => market.tick))).toEqual(
      new Set([0.1, 0.01, 0.005, 0.0025, 0.001, 0.0001]),
    );
    expect(new Set((await gamma('limit=500')).map((market) => market.category)).size).toBe(8);
    expect(markets.filter((market) => !market.open)).toHaveLength(2);
    expect(markets.some((market) => market.negRisk && market.fee > 0)).toBe(true);
    const finished = await gamma('closed=true&limit=500');
    expect(new Set(finished.map((market) => market.umaResolutionStatus))).toEqual(
      new Set(['resolved', undefined]),
    );
  });

  test('keeps its tokens over a restart', async () => {
    const again = await startForTest();
    try {
      expect((await allMarkets(again)).map((m) => m.yes)).toEqual(
        (await allMarkets(emulator)).map((m) => m.yes),
      );
    } finally {
      await again.close();
    }
  });
});

describe('gamma', () => {
  test('filters by condition, token and slug, and pages', async () => {
    const [first, second] = await gamma('limit=2');
    expect(await gamma('limit=1&offset=1')).toEqual([second]);
    expect(await gamma(`condition_ids=${first?.conditionId ?? ''}`)).toEqual([first]);
    const tokens = z.array(z.string()).parse(JSON.parse(first?.clobTokenIds ?? '[]'));
    expect(await gamma(`clob_token_ids=${tokens[1] ?? ''}`)).toEqual([first]);
    const byId = await emulator.get(`/gamma/markets/${first?.id ?? ''}`);
    expect(byId.body).toMatchObject({ conditionId: first?.conditionId });
    expect((await emulator.get('/gamma/markets/1')).status).toBe(404);
  });

  test('groups negative-risk markets in one event', async () => {
    const events = z.array(z.object({ negRisk: z.boolean(), markets: z.array(z.unknown()) }));
    const parsed = events.parse((await emulator.get('/gamma/events?limit=100')).body);
    expect(parsed.filter((event) => event.negRisk).map((event) => event.markets.length)).toEqual([
      3, 3, 2, 3, 2,
    ]);
  });
});

describe('data API', () => {
  test('shows positions, value, trades and activity, and what a resolved market is worth', async () => {
    const creds = await credentialsFor(emulator, ALICE);
    const market = await marketOf(emulator, 'plain');
    await post(emulator, ALICE, creds, { token: market.yes, price: 0.51, size: 100, side: 'BUY' });
    const read = async (path: string): Promise<unknown> =>
      (await emulator.get(`/data-api/${path}?user=${ALICE.address}`)).body;
    expect(await read('positions')).toMatchObject([
      { asset: market.yes, size: 100, avgPrice: 0.51, initialValue: 51, curPrice: 0.5, redeemable: false },
    ]);
    expect(await read('trades')).toMatchObject([{ side: 'BUY', size: 100, price: 0.51, outcome: 'Yes' }]);
    expect(await read('activity')).toMatchObject([{ type: 'TRADE', usdcSize: 51 }]);
    await emulator.control('resolve', { condition_id: market.conditionId, winner: market.yes });
    expect(await read('positions')).toMatchObject([{ curPrice: 1, redeemable: true, cashPnl: 49 }]);
    expect(await read('value')).toEqual([{ user: ALICE.address, value: 100 }]);
    expect((await emulator.get('/data-api/positions')).status).toBe(400);
  });
});

describe('price history', () => {
  test('is on tick, mirrored between outcomes, and ends at the current price', async () => {
    const market = await marketOf(emulator, 'plain');
    const schema = z.object({ history: z.array(z.object({ t: z.number(), p: z.number() })) });
    const read = async (token: string): Promise<readonly { t: number; p: number }[]> =>
      schema.parse((await emulator.get(`/prices-history?market=${token}&interval=1d&fidelity=60`)).body)
        .history;
    const [yes, no] = await Promise.all([read(market.yes), read(market.no)]);
    expect(yes.length).toBeGreaterThan(20);
    expect(yes.at(-1)?.p).toBe(0.5);
    expect(yes.map(({ p }, at) => p + (no[at]?.p ?? 0))).toSatisfy((sums: readonly number[]) =>
      sums.every((sum) => Math.abs(sum - 1) < 1e-9),
    );
  });
});

describe('cursors', () => {
  test('start at MA==, end at LTE=, and refuse nonsense', async () => {
    const page = await emulator.get('/simplified-markets?next_cursor=MjU=');
    expect(page.body).toMatchObject({ next_cursor: 'LTE=', count: 15, limit: 25 });
    expect((await emulator.get('/simplified-markets?next_cursor=eA==')).status).toBe(400);
  });
});
