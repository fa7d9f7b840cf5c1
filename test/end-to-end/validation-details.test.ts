import { beforeAll, describe, expect, inject, test } from 'vitest';
import { openMarket } from '../support/markets.ts';
import { expectRefusal, member, textOf } from './support/ask.ts';
import { limitOrder, newTrader, type Trader } from './support/trader.ts';

const file = inject('postern');
let trader: Trader;
let condition: string;
beforeAll(async () => {
  [trader, { condition }] = await Promise.all([newTrader(file), openMarket(file)]);
});

interface Case {
  readonly method: string;
  readonly path: string;
  readonly body?: () => unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the first issue points. */
  readonly at: string;
}

const badKey = { 'idempotency-key': 'two words' };
const cases: readonly Case[] = [
  { method: 'DELETE', path: '/v1/order', body: () => ({}), at: 'orderID' },
  { method: 'DELETE', path: '/v1/order', body: () => ({ orderID: 7 }), at: 'orderID' },
  { method: 'DELETE', path: '/v1/orders', body: () => ({}), at: '' },
  { method: 'DELETE', path: '/v1/orders', body: () => ['1', 2], at: '1' },
  { method: 'DELETE', path: '/v1/cancel-market-orders', at: 'market, asset_id' },
  {
    method: 'DELETE',
    path: '/v1/cancel-market-orders',
    body: () => ({ market: '' }),
    at: 'market, asset_id',
  },
  { method: 'POST', path: '/v1/heartbeats', body: () => ({ interval_ms: 1 }), at: 'interval_ms' },
  { method: 'GET', path: '/v1/balance-allowance', at: 'asset_type' },
  { method: 'GET', path: '/v1/balance-allowance?asset_type=CONDITIONAL', at: 'token_id' },
  {
    method: 'POST',
    path: '/v1/orders',
    body: () => limitOrder(condition),
    headers: badKey,
    at: 'Idempotency-Key',
  },
  {
    method: 'POST',
    path: '/v1/orders/batch',
    body: () => ({ orders: [limitOrder(condition)] }),
    headers: badKey,
    at: 'Idempotency-Key',
  },
  {
    method: 'POST',
    path: '/v1/orders',
    body: () => limitOrder(condition),
    headers: { 'idempotency-key': 'x'.repeat(256) },
    at: 'Idempotency-Key',
  },
];

describe('a request that does not fit says what and where', () => {
  test.each(cases.map((one) => [`${one.method} ${one.path}: ${one.at}`, one] as const))(
    '%s',
    async (_, { method, path, body, headers = {}, at }) => {
      const plain = await trader.call(method, path, body?.(), headers);
      expectRefusal(plain, 422, 'VALIDATION_FAILED');
      const verbose = await trader.call(method, path, body?.(), { ...headers, 'x-polysim-verbose': 'true' });
      expect(verbose.json).toMatchObject({ error: 'VALIDATION_FAILED', message: textOf(plain, 'error') });
      const { issues } = member(verbose, 'details') as { readonly issues: readonly unknown[] };
      expect(issues[0]).toEqual({ path: at, message: expect.stringMatching(/.{3}/) as unknown });
    },
  );
});
