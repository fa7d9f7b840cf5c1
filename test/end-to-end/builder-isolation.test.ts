import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import type { Answer } from './support/ask.ts';
import {
  BALANCE,
  expectRouterRefusal,
  newBuilder,
  USERS,
  withKey,
  type Builder,
  type OwnCustomer,
} from './support/builder.ts';
import { limitOrder } from './support/trader.ts';
import { openMarket } from '../support/markets.ts';

const file = inject('postern');

interface Side {
  readonly builder: Builder;
  readonly customer: OwnCustomer;
}
let one: Side;
let two: Side;
beforeAll(async () => {
  const side = async (): Promise<Side> => {
    const builder = await newBuilder(file);
    return { builder, customer: await builder.create() };
  };
  [one, two] = [await side(), await side()];
});

/** Ids that are not the asking builder's: another's, nobody's, and texts that are no ids at all. */
const strangers = (other: Side): readonly string[] => [
  other.customer.id,
  other.customer.id.toUpperCase(),
  randomUUID(),
  '00000000-0000-0000-0000-000000000000',
  'no-uuid',
  '1',
  `${other.customer.id}'`,
  'x'.repeat(300),
];

/** All of a reply that could tell one stranger from another. */
const told = ({ status, text, headers }: Answer): unknown => ({
  status,
  text,
  names: [...headers.keys()].toSorted(),
  code: headers.get('x-polysim-code'),
});

const idRoutes = [
  ['GET', '', undefined],
  ['PATCH', '', { qps_limit: 1 }],
  ['DELETE', '', undefined],
  ['POST', '/keys', { revoke_previous: true }],
] as const;

describe.each(['one', 'two'] as const)('asked by builder %s', (name) => {
  const sides = (): readonly [Side, Side] => (name === 'one' ? [one, two] : [two, one]);

  test.each(idRoutes)(
    "%s /builder/users/{id}%s: another's id is an unknown id",
    async (method, path, body) => {
      const [{ builder }, other] = sides();
      const answers: Answer[] = [];
      for (const id of strangers(other)) {
        const url = `${USERS}/${encodeURIComponent(id)}${path}`;
        answers.push(await builder.call(method, url, body));
      }
      for (const answer of answers) {
        expectRouterRefusal(answer, 404, 'not_found', 'CUSTOMER_NOT_FOUND');
        expect(told(answer)).toEqual(told(answers[0] ?? answer));
      }
      // And nothing was done to it.
      const intact = await other.builder.call('GET', `${USERS}/${other.customer.id}`);
      expect(intact.json).toMatchObject({ customer_id: other.customer.id, qps_limit: 200 });
      expect((await withKey(file, other.customer.key, 'GET', BALANCE)).status).toBe(200);
    },
  );

  test("X-Builder-Customer-Id: another's, an unknown and a malformed id are one and the same 403", async () => {
    const [{ builder }, other] = sides();
    const answers: Answer[] = [];
    for (const id of strangers(other)) answers.push(await builder.as(id, 'GET', BALANCE));
    for (const answer of answers) {
      expectRouterRefusal(answer, 403, 'forbidden', 'CUSTOMER_FORBIDDEN');
      expect(told(answer)).toEqual(told(answers[0] ?? answer));
      // Each went the same way: it was looked up and counted in the pool.
      expect(Number(answer.headers.get('x-ratelimit-pool-remaining'))).toBeLessThan(500);
      expect(answer.headers.get('x-ratelimit-user-limit')).toBeNull();
    }
  });
});

describe('what a customer can reach', () => {
  test("each customer trades on an account of its own, apart from its builder's and its neighbours'", async () => {
    const { builder } = one;
    const [rich, poor] = [await builder.create(), await builder.create()];
    const { condition } = await openMarket(file);
    const order = limitOrder(condition, { price: '0.10', quantity: '100' });
    const placed = await withKey(file, rich.key, 'POST', '/v1/orders', { body: order });
    expect(placed.status, placed.text).toBe(200);
    const balances = await Promise.all([
      builder.as(rich.id, 'GET', BALANCE),
      withKey(file, rich.key, 'GET', BALANCE),
      builder.as(poor.id, 'GET', BALANCE),
      builder.call('GET', BALANCE),
    ]);
    expect(balances.map(({ json }) => json)).toEqual([
      { raw: { balance: 10_000, reserved: 10 }, available: 9_990, currency: 'USD' },
      { raw: { balance: 10_000, reserved: 10 }, available: 9_990, currency: 'USD' },
      { raw: { balance: 10_000, reserved: 0 }, available: 10_000, currency: 'USD' },
      { raw: { balance: 10_000, reserved: 0 }, available: 10_000, currency: 'USD' },
    ]);
  });

  test.each([
    ['GET', '/v1/keys', undefined, 'INSUFFICIENT_PERMISSION'],
    ['POST', '/v1/keys', {}, 'INSUFFICIENT_PERMISSION'],
    ['DELETE', '/v1/keys/some-id', undefined, 'INSUFFICIENT_PERMISSION'],
    ['GET', '/v1/me', undefined, 'INSUFFICIENT_PERMISSION'],
    ['GET', '/v1/auth/api-keys', undefined, 'INSUFFICIENT_PERMISSION'],
    ['DELETE', '/v1/auth/api-key', undefined, 'INSUFFICIENT_PERMISSION'],
    ['GET', '/v1/me/wallets', undefined, 'WALLET_NOT_FOUND'],
    ['POST', '/v1/me/wallets', {}, 'WALLET_NOT_FOUND'],
  ] as const)("a customer's key on the tenant's own %s %s is refused", async (method, path, body, code) => {
    const answer = await withKey(file, one.customer.key, method, path, { body });
    expect(answer.code, answer.text).toBe(code);
  });
});
