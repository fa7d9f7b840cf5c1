import { beforeAll, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import type { Answer } from './support/ask.ts';
import { expectRouterRefusal } from './support/builder.ts';
import type { LiveStage } from './support/live-stage.ts';
import { marketDataStage, type MarketDataStage } from './support/market-data-stage.ts';

const file = inject('postern');
let asking: MarketDataStage;
let poly: LiveStage;
let kalshi: LiveStage;
beforeAll(async () => {
  asking = await marketDataStage(file);
  ({ poly, kalshi } = asking);
});
const get = (path: string): Promise<Answer> => asking.get(path);
const ok = (path: string): Promise<Answer> => asking.ok(path);
const page = z.object({
  markets: z.array(z.looseObject({ parsec_id: z.string(), exchange: z.string(), status: z.string() })),
  pagination: z.object({ total: z.number(), has_more: z.boolean(), next_cursor: z.string().optional() }),
});

async function allPages(query: string): Promise<z.infer<typeof page>['markets']> {
  const seen: z.infer<typeof page>['markets'] = [];
  for (let cursor = ''; ;) {
    const { markets, pagination } = page.parse((await ok(`markets?${query}${cursor}`)).json);
    seen.push(...markets);
    expect(pagination.total).toBe(seen.length);
    expect(pagination.has_more).toBe(pagination.next_cursor !== undefined);
    if (pagination.next_cursor === undefined) return seen;
    cursor = `&cursor=${pagination.next_cursor}`;
  }
}

const ids = (rows: z.infer<typeof page>['markets']): readonly string[] =>
  rows.map(({ parsec_id: id }) => id).toSorted();

describe('/markets and /events', () => {
  test('pages over several exchanges list every market once', async () => {
    const seen = await allPages('exchanges=polymarket,kalshi&limit=7');
    const alone = [...(await allPages('exchanges=polymarket')), ...(await allPages('exchanges=kalshi'))];
    expect(ids(seen)).toEqual(ids(alone));
    expect(new Set(ids(seen)).size).toBe(seen.length);
    const live = new Set(['polymarket', 'kalshi']);
    const all = await allPages('limit=100');
    expect(ids(all.filter(({ exchange }) => live.has(exchange)))).toEqual(ids(seen));
    expect(new Set(all.map(({ exchange }) => exchange))).toEqual(
      new Set([...live, 'limitless', 'opinion', 'predictfun']),
    );
  });

  test('filters hold on every exchange', async () => {
    for (const status of ['active', 'closed', 'resolved']) {
      const rows = await allPages(`exchanges=polymarket,kalshi&status=${status}`);
      expect(new Set(rows.map((row) => `${row.exchange} ${row.status}`))).toEqual(
        new Set([`polymarket ${status}`, `kalshi ${status}`]),
      );
    }
    const live = 'exchanges=polymarket,kalshi';
    // Prices move in between.
    expect(ids(await allPages(`${live}&status=open`))).toEqual(ids(await allPages(`${live}&status=active`)));
    expect(await allPages('min_volume=999999999')).toEqual([]);
    expect(await allPages('min_liquidity=999999999')).toEqual([]);
    expect(await allPages('search=no-such-words-anywhere')).toEqual([]);
  });

  test('by parsec_ids: in the order asked for, and those that nobody knows are told', async () => {
    const [a, b] = [`kalshi:${kalshi.market}`, `polymarket:${poly.market}`];
    const answer = await ok(`markets?parsec_ids=${a},kalshi:NOPE,${b},nyse:1,paper:${poly.market},${a}`);
    expect(page.parse(answer.json).markets.map(({ parsec_id: id }) => id)).toEqual([
      a,
      b,
      `paper:${poly.market}`,
    ]);
    expect(answer.json).toMatchObject({
      scope: 'parsec_ids',
      not_found_ids: ['kalshi:NOPE', 'nyse:1'],
      pagination: { count: 3, total: 3, has_more: false },
    });
  });

  test.each([
    ['exchanges=nyse', 404, 'exchange_not_found', 'EXCHANGE_NOT_FOUND'],
    ['status=odd', 400, 'validation_error', 'VALIDATION_FAILED'],
    ['limit=101', 400, 'validation_error', 'VALIDATION_FAILED'],
    ['min_volume=lots', 400, 'validation_error', 'VALIDATION_FAILED'],
    ['strange=1', 400, 'validation_error', 'VALIDATION_FAILED'],
    ['parsec_ids=kalshi', 400, 'validation_error', 'VALIDATION_FAILED'],
    ['parsec_ids=kalshi:A&limit=5', 400, 'validation_error', 'VALIDATION_FAILED'],
    [
      `parsec_ids=${Array.from({ length: 101 }, (_, n) => `kalshi:A${n}`).join()}`,
      400,
      'validation_error',
      'VALIDATION_FAILED',
    ],
    ['cursor=!', 400, 'bad_request', 'INVALID_CURSOR'],
    [`cursor=${btoa('{"e":[["polymarket","!"]],"n":0}')}`, 400, 'bad_request', 'INVALID_CURSOR'],
    [
      `cursor=${btoa(`{"e":[["polymarket","${btoa('0:-1')}"]],"n":0}`)}`,
      400,
      'bad_request',
      'INVALID_CURSOR',
    ],
    [
      `exchanges=kalshi&cursor=${btoa('{"e":[["polymarket",null]],"n":0}')}`,
      400,
      'bad_request',
      'INVALID_CURSOR',
    ],
  ] as const)('%s is refused', async (query, status, code, reason) => {
    expectRouterRefusal(await get(`markets?${query}`), status, code, reason);
  });

  test('events group markets, which come along when asked for', async () => {
    const list = z.object({
      events: z.array(
        z.looseObject({
          event_id: z.string(),
          market_count: z.number(),
          markets: z.array(z.unknown()).optional(),
        }),
      ),
    });
    const plain = list.parse((await ok('events?exchanges=polymarket,kalshi')).json).events;
    const full = list.parse(
      (await ok('events?exchanges=polymarket,kalshi&include_markets=true')).json,
    ).events;
    expect(plain.length).toBeGreaterThan(2);
    expect(plain.every(({ markets }) => markets === undefined)).toBe(true);
    expect(full.map((event) => event.markets?.length)).toEqual(plain.map((event) => event.market_count));
    expect(new Set(plain.map(({ event_id: id }) => id)).size).toBe(plain.length);
  });
});
