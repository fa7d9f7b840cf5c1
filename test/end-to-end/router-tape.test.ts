import { beforeAll, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import { member, type Answer } from './support/ask.ts';
import { expectRouterRefusal, newBuilder } from './support/builder.ts';
import { onboarded, place, placedId, type LiveStage } from './support/live-stage.ts';
import { marketDataStage, of, type MarketDataStage } from './support/market-data-stage.ts';

const file = inject('postern');
let asking: MarketDataStage;
let poly: LiveStage;
let kalshi: LiveStage;
beforeAll(async () => {
  asking = await marketDataStage(file, 4);
  ({ poly, kalshi } = asking);
});
const get = (path: string): Promise<Answer> => asking.get(path);
const ok = (path: string): Promise<Answer> => asking.ok(path);
const stages = (): readonly LiveStage[] => [poly, kalshi];

describe('/trades, /price and /user-activity', () => {
  test('trades come newest first, a page at a time, in the view of the outcome', async () => {
    const buyer = await onboarded(file, kalshi);
    for (const size of [1, 2, 3])
      placedId(await place(buyer, kalshi, { price: 0.45, size, params: { order_type: 'ioc' } }));
    const tape = z.object({
      trades: z.array(
        z.object({
          id: z.string(),
          size: z.number(),
          side: z.string(),
          price: z.number(),
          timestamp: z.string(),
        }),
      ),
      has_more: z.boolean(),
      next_cursor: z.string().nullable(),
    });
    const read = async (query: string) => tape.parse((await ok(`trades?${of(kalshi)}&${query}`)).json);
    const all = await read('limit=500');
    expect(all.trades.map(({ size, side, price }) => [size, side, price])).toEqual([
      [3, 'buy', 0.45],
      [2, 'buy', 0.45],
      [1, 'buy', 0.45],
    ]);
    const first = await read('limit=2');
    expect(first).toMatchObject({ trades: all.trades.slice(0, 2), has_more: true });
    const rest = await read(`limit=2&cursor=${first.next_cursor}`);
    expect(rest).toEqual({ trades: all.trades.slice(2), has_more: false, next_cursor: null });
    expect((await read('outcome=no')).trades[0]).toMatchObject({ side: 'sell', price: 0.55 });
    expect((await read(`end_ts=1`)).trades).toEqual([]);
    expectRouterRefusal(
      await get(`trades?${of(poly)}&cursor=${first.next_cursor ?? 'x'}`),
      400,
      'bad_request',
      'INVALID_CURSOR',
    );
  });

  test('candles have their beginnings in order, for every interval', async () => {
    for (const stage of [...stages(), { venue: 'paper', market: poly.market }]) {
      for (const interval of ['1h', '6h', '1d', '1w', '1m', 'max']) {
        const answer = await ok(`price?${of(stage)}&interval=${interval}&outcome=no`);
        expect(answer.json).toMatchObject({ outcome: 'No', interval });
        const times = (member(answer, 'candles') as { readonly timestamp: string }[]).map(
          ({ timestamp }) => timestamp,
        );
        expect(times.length).toBeGreaterThan(0);
        expect(times).toEqual([...new Set(times)].toSorted());
      }
    }
    expectRouterRefusal(
      await get(`price?${of(poly)}&interval=5m`),
      400,
      'validation_error',
      'VALIDATION_FAILED',
    );
    expectRouterRefusal(await get(`price?${of(poly)}&at_ts=1`), 501, 'not_supported', 'NOT_SUPPORTED');
  });

  test('an exchange that tells nothing of an address does not spoil the answer', async () => {
    const path = `user-activity?address=0x${'1'.repeat(40)}`;
    const answer = await ok(`${path}&exchanges=polymarket,kalshi`);
    expect(answer.json).toMatchObject({
      exchanges: { polymarket: { raw: expect.any(Array) as unknown } },
      status: {
        polymarket: { success: true },
        kalshi: { success: false, error: expect.any(String) as unknown },
      },
    });
    expect(member(await ok(path), 'status')).toHaveProperty('polymarket', { success: true });
    expectRouterRefusal(await get('user-activity?address=me'), 400, 'validation_error', 'VALIDATION_FAILED');
    expectRouterRefusal(await get(`${path}&exchanges=nyse`), 404, 'exchange_not_found', 'EXCHANGE_NOT_FOUND');
  });
});

describe('who may ask, and what it counts for', () => {
  test('a key with read, for itself or for a customer; nobody else', async () => {
    const builder = await newBuilder(file);
    const customer = await builder.create();
    for (const path of ['exchanges', 'markets?limit=1', 'events?limit=1', `orderbook?${of(poly)}`]) {
      expect((await builder.as(customer.id, 'GET', `/api/v1/${path}`)).status).toBe(200);
      const none = await builder.call('GET', `/api/v1/${path}`, undefined, { 'x-api-key': '' });
      expect(none.status).toBe(401);
    }
  });

  test('the month counts every request of every key, and a customer sees its own', async () => {
    const builder = await newBuilder(file, { keys: 2 });
    const customer = await builder.create();
    const asCustomer = { 'x-api-key': customer.key };
    const used = async (headers = {}): Promise<unknown> =>
      (
        member(await builder.call('GET', '/api/v1/usage', undefined, headers), 'usage') as Record<
          string,
          unknown
        >
      )['monthly_requests'];
    // The making of the customer was one.
    expect(await used()).toBe(2);
    expect(await used()).toBe(3);
    expect(await used(asCustomer)).toBe(1);
    expect(await used(asCustomer)).toBe(2);
    expect(await used({ 'x-api-key': builder.keys[1] ?? '' })).toBe(6);
    const own = await builder.call('GET', '/api/v1/usage', undefined, asCustomer);
    expect(own.json).toMatchObject({ limits: { rest_qps: 200, monthly_requests: 0 } });
  });

  test('websockets in use are counted, and only those of the key that asks are shown', async () => {
    const answer = await ok('ws/usage?scope=self');
    expect(answer.json).toMatchObject({ scope: 'self', totals: { active_connections: 0 }, customers: [] });
    expectRouterRefusal(await get('ws/usage?scope=global'), 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
  });
});
