import { env } from 'cloudflare:workers';
import { evictDurableObject } from 'cloudflare:test';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { micro, setBook, tradableTokens } from '../../../test/support/emulator-control.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { OrderRequest } from '../ledger/model.ts';

const token = (await tradableTokens()).find((candidate) => candidate.tick === 10_000n);
if (!token) throw new Error('the emulator has no market with a tick of a cent');
beforeAll(() => setBook(token.id, [{ price: '0.40', size: '100000' }], [{ price: '0.50', size: '100000' }]));

let name: string;
beforeEach(async () => {
  name = `attempt-${crypto.randomUUID()}`;
  await account().open(micro('10000'));
});
const account = () => accountObject(env, name);

const order = (members: Partial<OrderRequest> = {}): OrderRequest => ({
  tokenId: token.id,
  side: 'BUY',
  timeInForce: 'GTC',
  kind: 'limit',
  price: micro('0.1'),
  size: micro('10'),
  postOnly: false,
  priceFromAmounts: false,
  owner: 'test',
  maker: '0xtest',
  ...members,
});
const place = (orders: readonly OrderRequest[]) => account().place({ orders, maxWrites: 100 });
const resting = async () => (await account().openOrders({}, { limit: 1_000 })).length;

/** 250 orders that rest: 240 hold cash, 10 hold shares of a position of 100. */
async function fill250(): Promise<void> {
  await place([order({ price: micro('0.5'), size: micro('100') })]);
  await place(Array.from({ length: 240 }, () => order()));
  await place(Array.from({ length: 10 }, () => order({ side: 'SELL', price: micro('0.9') })));
  expect(await resting()).toBe(250);
}

const left = { ok: false, reason: 'ORDERS_NOT_CANCELLED' };
const frozen = { ok: false, reason: 'ACCESS_RESTRICTED' };

test('a close of 250 open orders takes three calls; then nothing is left, and the cash is exact', async () => {
  await fill250();
  const { cash, reserved } = await account().money();
  expect(await account().freeze()).toMatchObject(left);
  expect(await resting()).toBe(150);
  // From the first call on nothing comes in any more, and what still rests fills at no price.
  expect(await place([order()])).toMatchObject(frozen);
  await evictDurableObject(env.TRADING_ACCOUNT.getByName(name));
  expect(await place([order()])).toMatchObject(frozen);
  expect(await account().freeze()).toMatchObject(left);
  expect(await account().freeze()).toMatchObject({ ok: true });
  expect(await resting()).toBe(0);
  expect(await account().money()).toMatchObject({ cash: cash + reserved, reserved: 0n });
  expect(await account().freeShares(token.id)).toBe(micro('100'));
  expect(await account().freeze()).toMatchObject({ ok: true });
  expect(await account().redeem()).toEqual([]);
});

test('a reset of 250 open orders takes three calls, and only the last begins again', async () => {
  await fill250();
  expect(await account().restart()).toMatchObject(left);
  expect(await account().restart()).toMatchObject(left);
  expect((await account().positions()).map(({ shares }) => shares)).toEqual([micro('100')]);
  expect(await account().restart()).toMatchObject({ ok: true });
  const fresh = {
    cash: micro('10000'),
    reserved: 0n,
    fees: 0n,
    deposits: micro('10000'),
    realised: 0n,
  };
  expect(await account().money()).toEqual(fresh);
  expect([await resting(), await account().freeShares(token.id)]).toEqual([0, 0n]);
  expect((await account().fills({}, undefined, 10)).length).toBe(1);
});

test('a reset opens a closed account, across an eviction', async () => {
  await account().freeze();
  await account().restart();
  await evictDurableObject(env.TRADING_ACCOUNT.getByName(name));
  expect(await place([order()])).toMatchObject({ outcomes: [{ ok: true }] });
});

test('of resets and fills at once each fill lies wholly before or wholly after: the account balances', async () => {
  for (let round = 0; round < 10; round += 1) {
    const fills = Array.from({ length: 5 }, () => place([order({ price: micro('0.5') })]));
    const [restarted] = await Promise.all([account().restart(), ...fills]);
    expect(restarted).toMatchObject({ ok: true });
    const { money, positions } = await account().portfolio();
    const cost = positions.reduce((sum, position) => sum + position.cost, 0n);
    expect(money.cash + money.reserved + money.fees + cost).toBe(money.deposits + money.realised);
    expect(money.deposits).toBe(micro('10000'));
    const shares = positions.reduce((sum, position) => sum + position.shares, 0n);
    // What the present attempt holds, it has paid for.
    expect(cost).toBe(shares / 2n);
    await account().restart();
  }
});

test('an attempt keeps its peak and its deepest fall at every look; the next one begins without them', async () => {
  const start = { peak: micro('10000'), fall: { from: micro('10000'), to: micro('10000') } };
  expect((await account().performance()).waters).toEqual(start);
  // What is bought at the ask is worth less at once.
  await place([order({ price: micro('0.5'), size: micro('1000') })]);
  const { portfolio } = await account().performance();
  expect(portfolio.equity).toBeLessThan(micro('10000'));
  await evictDurableObject(env.TRADING_ACCOUNT.getByName(name));
  const fall = { from: micro('10000'), to: portfolio.equity };
  expect((await account().performance()).waters).toEqual({ peak: micro('10000'), fall });
  await account().restart();
  expect((await account().performance()).waters).toEqual(start);
});
