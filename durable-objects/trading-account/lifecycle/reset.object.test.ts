import { env } from 'cloudflare:workers';
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { micro, setBook, tradableTokens } from '../../../test/support/emulator-control.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { OrderRequest } from '../ledger/model.ts';

const token = (await tradableTokens()).find((candidate) => candidate.tick === 10_000n);
if (!token) throw new Error('the emulator has no market with a tick of a cent');
beforeAll(() => setBook(token.id, [{ price: '0.40', size: '500' }], [{ price: '0.50', size: '500' }]));

let name: string;
beforeEach(() => {
  name = `reset-${crypto.randomUUID()}`;
});
const account = () => accountObject(env, name);
const stub = () => env.TRADING_ACCOUNT.getByName(name);

const order = (members: Partial<OrderRequest>): OrderRequest => ({
  tokenId: token.id,
  side: 'BUY',
  timeInForce: 'GTC',
  kind: 'limit',
  price: micro('0.5'),
  size: micro('100'),
  postOnly: false,
  priceFromAmounts: false,
  owner: 'test',
  maker: '0xtest',
  ...members,
});

const trade = () =>
  account().place({
    orders: [
      order({}),
      order({ price: micro('0.1') }),
      order({ side: 'SELL', price: micro('0.9'), size: micro('30') }),
      order({ side: 'SELL', price: micro('0.4'), size: micro('20') }),
    ],
    maxWrites: 10,
  });

describe('open', () => {
  test('replaces the first deposit of an unused account, across evictions, and never of a used one', async () => {
    await account().open(micro('77'));
    await evictDurableObject(stub());
    expect(await account().money()).toMatchObject({ cash: micro('77'), deposits: micro('77') });
    await trade();
    const before = await account().money();
    expect(await account().open(micro('500'))).toEqual(before);
  });
});

describe('reset', () => {
  test('keeps the equation of the account, and what rested or was held is gone for good', async () => {
    await trade();
    const { cancelled, closed, money } = await account().reset();
    expect([cancelled, closed]).toEqual([[2, 3], [token.id]]);
    expect(money).toEqual({
      cash: micro('10000'),
      reserved: 0n,
      fees: 0n,
      deposits: micro('10000'),
      realised: 0n,
    });
    expect(await account().reset()).toEqual({ cancelled: [], closed: [], money });
    await evictDurableObject(stub());
    expect(await account().money()).toEqual(money);
    expect(await account().place({ orders: [order({ side: 'SELL' })], maxWrites: 10 })).toMatchObject({
      outcomes: [{ ok: false, reason: 'INSUFFICIENT_POSITION' }],
    });
  });
});

test('an hour keeps the first point of equity, however often the account is read', async () => {
  const first = await account().portfolio();
  await trade();
  await account().portfolio();
  const points = await account().equity(10);
  // A second one only where the hour ended in between.
  expect(points.length).toBeLessThan(3);
  expect(points[0]?.equity).toBe(first.equity);
  const hours = await runInDurableObject(stub(), (_, state) =>
    state.storage.sql.exec<{ hour: number }>('SELECT hour FROM equity').toArray(),
  );
  expect(hours).toHaveLength(points.length);
});
