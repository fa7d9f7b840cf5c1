import { beforeAll, describe, expect, inject, test } from 'vitest';
import { openMarket, setBook } from '../support/markets.ts';
import { member, rowsOf, textOf, type Answer } from './support/ask.ts';
import { expectRouterRefusal, newBuilder } from './support/builder.ts';
import { newKey, sdkRetry, shape } from './support/live-stage.ts';
import { newTrader, type Trader } from './support/trader.ts';
import { credentialsHeader } from './support/venue-accounts.ts';

const file = inject('postern');
let market: string;
beforeAll(async () => {
  const stage = await openMarket(file);
  market = stage.condition;
  await setBook(file, stage.yes, {
    bids: [{ price: '0.40', size: '5000' }],
    asks: [{ price: '0.50', size: '100000' }],
  });
});

const body = (members: object = {}): object => ({
  market_id: market,
  outcome: 'yes',
  side: 'buy',
  price: 0.1,
  size: 10,
  ...members,
});
const ORDERS = '/api/v1/orders?exchange=paper';
const one = (id: string): string => `/api/v1/orders/${id}?exchange=paper`;
const place = (trader: Trader, members: object = {}, headers = {}): Promise<Answer> =>
  trader.call('POST', ORDERS, body(members), headers);

describe('paper, as one more exchange', () => {
  test('place, poll, list, cancel; cancelling again is refused unless it is the same cancel', async () => {
    const trader = await newTrader(file);
    const placed = await place(trader);
    expect(shape(placed), placed.text).toEqual(['buy', 'Yes', 0.1, 10, 0, 'open']);
    const id = textOf(placed, 'id');
    expect((await trader.call('GET', one(id))).json).toEqual(placed.json);
    expect(rowsOf(await trader.call('GET', ORDERS))).toEqual([placed.json]);
    expect(rowsOf(await trader.call('GET', `${ORDERS}&status=closed`))).toEqual([]);
    const cancelled = await trader.call('DELETE', one(id));
    expect([cancelled.status, member(cancelled, 'status')]).toEqual([200, 'cancelled']);
    expect((await trader.call('DELETE', one(id), undefined, sdkRetry)).text).toBe(cancelled.text);
    expectRouterRefusal(
      await trader.call('DELETE', one(id)),
      400,
      'order_not_cancellable',
      'ORDER_NOT_CANCELLABLE',
    );
    expect(rowsOf(await trader.call('GET', `${ORDERS}&status=closed`))).toEqual([cancelled.json]);
    expectRouterRefusal(await trader.call('GET', one('77')), 404, 'order_not_found', 'ORDER_NOT_FOUND');
  });

  test("params as the clients' own type has them, all text", async () => {
    const trader = await newTrader(file);
    const expiration = String(Math.floor(Date.now() / 1000) + 3_600);
    const params = { order_type: 'gtd', expiration, post_only: 'true' };
    const placed = await place(trader, { params });
    expect(shape(placed), placed.text).toEqual(['buy', 'Yes', 0.1, 10, 0, 'open']);
    for (const wrong of [{ expiration: '1e9' }, { expiration: '' }, { post_only: 'yes' }]) {
      const refused = await place(trader, { params: { ...params, ...wrong } });
      expectRouterRefusal(refused, 400, 'validation_error', 'VALIDATION_FAILED');
    }
  });

  test('a fill shows in fills, positions and balance', async () => {
    const trader = await newTrader(file);
    const placed = await place(trader, { price: 0.5, params: { order_type: 'ioc' } });
    expect(shape(placed), placed.text).toEqual(['buy', 'Yes', 0.5, 10, 10, 'filled']);
    const [fill] = rowsOf(await trader.call('GET', '/api/v1/fills?exchange=paper'));
    expect(fill).toMatchObject({ order_id: textOf(placed, 'id'), price: 0.5, size: 10, is_taker: true });
    const positions = rowsOf(await trader.call('GET', '/api/v1/positions?exchange=paper'));
    expect(positions).toMatchObject([{ market_id: market, outcome: 'Yes', size: 10, average_price: 0.5 }]);
    const balance = await trader.call('GET', '/api/v1/balance?exchange=paper');
    expect(member(balance, 'available')).toBeCloseTo(10_000 - 5 - Number(fill?.['fee']), 6);
  });

  test("the same command again, by key, by client_order_id or as an SDK's retry: one order", async () => {
    const trader = await newTrader(file);
    const key = newKey();
    const named = { params: { client_order_id: 'mine' } };
    const pairs = [
      [await place(trader, {}, key), await place(trader, {}, key)],
      [await place(trader, named), await place(trader, named)],
      [await place(trader, { size: 11 }), await place(trader, { size: 11 }, sdkRetry)],
    ];
    for (const [first, again] of pairs) {
      expect(again?.text).toBe(first?.text);
      expect(again?.headers.get('idempotency-replayed')).toBe('true');
    }
    expect(rowsOf(await trader.call('GET', ORDERS))).toHaveLength(3);
  });

  test.each([
    [{ params: { order_type: 'gtd' } }, 'VALIDATION_FAILED'],
    [{ params: { expiration: 4_000_000_000 } }, 'VALIDATION_FAILED'],
    [{ params: { order_type: 'fok', post_only: true } }, 'VALIDATION_FAILED'],
    [{ params: { strange: 1 } }, 'VALIDATION_FAILED'],
    [{ price: '0.1' }, 'VALIDATION_FAILED'],
    [{ outcome: 'Maybe' }, 'VALIDATION_FAILED'],
  ] as const)('%o: 400', async (members, reason) => {
    const trader = await newTrader(file);
    expectRouterRefusal(await place(trader, members), 400, 'validation_error', reason);
  });

  test("a customer's orders are its own, whether its builder or itself asks", async () => {
    const builder = await newBuilder(file);
    const [first, second] = [await builder.create(), await builder.create()];
    const placed = await builder.as(first.id, 'POST', ORDERS, body());
    expect(placed.status, placed.text).toBe(200);
    expect(rowsOf(await builder.as(first.id, 'GET', ORDERS))).toEqual([placed.json]);
    expect(rowsOf(await builder.as(second.id, 'GET', ORDERS))).toEqual([]);
    expect(rowsOf(await builder.call('GET', ORDERS))).toEqual([]);
  });
});

describe('which exchange', () => {
  test.each(['limitless', 'opinion', 'predictfun'])('%s has data only: 501', async (exchange) => {
    const trader = await newTrader(file);
    for (const [method, path, sent] of [
      ['POST', 'orders', body()],
      ['GET', 'orders', undefined],
      ['GET', 'orders/1', undefined],
      ['DELETE', 'orders/1', undefined],
      ['GET', 'positions', undefined],
      ['GET', 'fills', undefined],
    ] as const) {
      const answer = await trader.call(method, `/api/v1/${path}?exchange=${exchange}`, sent);
      expectRouterRefusal(answer, 501, 'not_supported', 'NOT_SUPPORTED');
    }
  });

  test.each(['polymarket', 'kalshi'])(
    '%s without credentials: 403 on every route of an account',
    async (venue) => {
      const trader = await newTrader(file);
      const id = venue === 'kalshi' ? '11111111-1111-4111-8111-111111111111' : `0x${'1'.repeat(64)}`;
      for (const [method, path] of [
        ['GET', 'orders'],
        ['GET', `orders/${id}`],
        ['DELETE', `orders/${id}`],
        ['GET', 'positions'],
        ['GET', 'fills'],
      ] as const) {
        const answer = await trader.call(method, `/api/v1/${path}?exchange=${venue}`);
        expectRouterRefusal(answer, 403, 'credentials_required', 'CREDENTIALS_REQUIRED');
      }
    },
  );

  test('an unknown exchange, none, credentials for paper, and a wallet on a live venue are refused', async () => {
    const trader = await newTrader(file);
    const refused = [
      [
        await trader.call('GET', '/api/v1/orders?exchange=nyse'),
        404,
        'exchange_not_found',
        'EXCHANGE_NOT_FOUND',
      ],
      [await trader.call('GET', '/api/v1/orders'), 400, 'missing_parameter', 'MISSING_PARAMETER'],
      [
        await trader.call('GET', ORDERS, undefined, credentialsHeader({})),
        400,
        'validation_error',
        'VALIDATION_FAILED',
      ],
      [
        await trader.call('GET', '/api/v1/orders?exchange=kalshi', undefined, { 'x-postern-wallet': '1' }),
        400,
        'validation_error',
        'VALIDATION_FAILED',
      ],
      [
        await trader.call('GET', '/api/v1/orders?exchange=kalshi', undefined, { 'x-postern-venue': 'paper' }),
        400,
        'validation_error',
        'VALIDATION_FAILED',
      ],
    ] as const;
    for (const [answer, status, code, reason] of refused) expectRouterRefusal(answer, status, code, reason);
  });
});
