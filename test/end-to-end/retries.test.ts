import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { openMarket, setBook } from '../support/markets.ts';
import { ask, expectRefusal, member, type Answer, type Ask } from './support/ask.ts';
import { orderBody } from './support/order-body.ts';
import { limitOrder, marketBuy, newTrader, type Trader } from './support/trader.ts';

const file = inject('postern');
/** Five waves of a hundred over five keys: 20 of each key at once and 100 in all, within its limits. */
const WAVES = 5;
const PER_KEY = 20;

let condition: string;
let yes: string;
beforeAll(async () => {
  const market = await openMarket(file);
  ({ condition, yes } = market);
  // As in account.test.ts, which runs beside this on the same market.
  await setBook(file, market.yes, {
    bids: [{ price: '0.40', size: '100000' }],
    asks: [{ price: '0.50', size: '100000' }],
  });
});

const send = (trader: Trader, body: unknown, headers: Ask['headers'] = {}): Promise<Answer> =>
  trader.call('POST', '/v1/orders', body, headers);
const placed = async (trader: Trader): Promise<unknown> =>
  member(await trader.call('GET', '/v1/orders'), 'total_hint');
const idOf = (answer: Answer): unknown => member(answer, 'order_id');
const isReplay = (answer: Answer): readonly unknown[] => [
  member(answer, 'is_replay'),
  answer.headers.get('idempotency-replayed'),
];

describe('one Idempotency-Key', () => {
  test('500 at once over the five keys of a tenant: one order, one fill, and everybody gets it', async () => {
    const trader = await newTrader(file, { keys: 5 });
    const [headers, body] = [{ 'idempotency-key': randomUUID() }, marketBuy(condition, { quantity: '100' })];
    const answers: Answer[] = [];
    for (let wave = 0; wave < WAVES; wave += 1) {
      const sent = trader.keys.flatMap((key) =>
        Array.from({ length: PER_KEY }, () => send(trader, body, { ...headers, 'x-api-key': key })),
      );
      answers.push(...(await Promise.all(sent)));
    }
    expect(answers).toHaveLength(500);
    const limited = answers.filter(({ status }) => status === 429);
    const pending = answers.filter(({ code }) => code === 'IDEMPOTENCY_CONFLICT_PENDING');
    const good = answers.filter(({ status }) => status === 200);
    expect(limited.length + pending.length + good.length).toBe(500);
    expect(pending.every((answer) => answer.headers.get('retry-after') === '1')).toBe(true);
    // Only while the first is under way may trade writes be too many.
    expect(good.length).toBeGreaterThan(400);
    expect(new Set(good.map(idOf))).toEqual(new Set([1]));
    expect(good.filter((answer) => isReplay(answer)[0] === false)).toHaveLength(1);
    expect(new Set(good.map((answer) => JSON.stringify(isReplay(answer))))).toEqual(
      new Set(['[false,null]', '[true,"true"]']),
    );
    // The keys have used up their second: either read may be told to wait.
    const patience = { interval: 300 };
    const fills = async () => member(await trader.call('GET', '/v1/account/history'), 'count');
    await expect.poll(() => placed(trader), patience).toBe(1);
    await expect.poll(fills, patience).toBe(1);
  });

  test('with another body is refused, and what stands stays', async () => {
    const trader = await newTrader(file);
    const headers = { 'idempotency-key': randomUUID() };
    const first = await send(trader, limitOrder(condition), headers);
    const other = await send(trader, limitOrder(condition, { quantity: '11' }), headers);
    expectRefusal(other, 409, 'IDEMPOTENCY_KEY_REUSE');
    const again = await send(trader, limitOrder(condition), headers);
    expect([idOf(again), ...isReplay(again)]).toEqual([idOf(first), true, 'true']);
    expect(await placed(trader)).toBe(1);
  });

  test('of a cancel: said again it takes nothing that came since; no order may have it', async () => {
    const trader = await newTrader(file);
    const headers = { 'idempotency-key': randomUUID() };
    const cancelAll = (): Promise<Answer> => trader.call('DELETE', '/v1/cancel-all', undefined, headers);
    await send(trader, limitOrder(condition));
    const first = await cancelAll();
    await send(trader, limitOrder(condition));
    const again = await cancelAll();
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect(member(await trader.call('GET', '/v1/orders?status=PENDING'), 'total_hint')).toBe(1);
    expectRefusal(await send(trader, limitOrder(condition), headers), 409, 'IDEMPOTENCY_KEY_REUSE');
  });

  test('is another one in another account, and two keys are two orders', async () => {
    const [one, two] = await Promise.all([newTrader(file), newTrader(file)]);
    const headers = { 'idempotency-key': randomUUID() };
    for (const trader of [one, two]) {
      const answer = await send(trader, limitOrder(condition), headers);
      expect(isReplay(answer)).toEqual([false, null]);
    }
    await send(one, limitOrder(condition), { 'idempotency-key': randomUUID() });
    expect([await placed(one), await placed(two)]).toEqual([2, 1]);
  });

  test('of a wallet is not the one of the first account', async () => {
    const trader = await newTrader(file);
    await trader.call('POST', '/v1/me/wallets', {});
    const headers = { 'idempotency-key': randomUUID() };
    await send(trader, limitOrder(condition), headers);
    const inWallet = await send(trader, limitOrder(condition), { ...headers, 'x-postern-wallet': '1' });
    expect(isReplay(inWallet)).toEqual([false, null]);
    expect(await placed(trader)).toBe(1);
  });

  test('whose first request was refused is free again', async () => {
    const trader = await newTrader(file);
    const headers = { 'idempotency-key': randomUUID() };
    const order = marketBuy(condition, { side: 'SELL', price: '0.01' });
    expectRefusal(await send(trader, order, headers), 400, 'INSUFFICIENT_POSITION');
    await send(trader, marketBuy(condition));
    expect(isReplay(await send(trader, order, headers))).toEqual([false, null]);
    expect(isReplay(await send(trader, order, headers))).toEqual([true, 'true']);
  });
});

describe('without a key', () => {
  test('a client_order_id names its order: the same again is a replay, another is refused', async () => {
    const trader = await newTrader(file);
    const name = { client_order_id: randomUUID() };
    const first = await send(trader, limitOrder(condition, name));
    const again = await send(trader, limitOrder(condition, name));
    expect([idOf(again), ...isReplay(again)]).toEqual([idOf(first), true, 'true']);
    const other = await send(trader, limitOrder(condition, { ...name, price: '0.11' }));
    expectRefusal(other, 409, 'DUPLICATE_CLIENT_ORDER_ID');
    expect(await placed(trader)).toBe(1);
  });

  test('a signed order names itself, however its members are written', async () => {
    const trader = await newTrader(file);
    const wallet = `0x${'aB'.repeat(20)}`;
    const signed = (members: object) => trader.call('POST', '/v1/order', orderBody(yes, { ...members }));
    const first = await signed({ salt: 7, maker: wallet, side: 'BUY' });
    const again = await signed({ salt: '07', maker: wallet.toLowerCase(), side: 0 });
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect(await placed(trader)).toBe(1);
  });

  test("an SDK's own retry is the same order, an equal order that is none is another", async () => {
    const trader = await newTrader(file);
    const first = await send(trader, limitOrder(condition), { 'x-stainless-retry-count': '0' });
    const retry = await send(trader, limitOrder(condition), { 'x-stainless-retry-count': '1' });
    expect([idOf(retry), ...isReplay(retry)]).toEqual([idOf(first), true, 'true']);
    const fresh = await send(trader, limitOrder(condition));
    expect([idOf(fresh), ...isReplay(fresh)]).toEqual([2, false, null]);
    expect(await placed(trader)).toBe(2);
  });
});

test('a key that is no key is refused before anything is placed', async () => {
  const trader = await newTrader(file);
  for (const key of ['', 'a b', 'x'.repeat(256), '"'])
    expectRefusal(
      await ask(file.url, 'POST', '/v1/orders', {
        headers: { 'x-api-key': trader.keys[0] ?? '', 'idempotency-key': key },
        body: limitOrder(condition),
      }),
      422,
      'VALIDATION_FAILED',
    );
  expect(await placed(trader)).toBe(0);
});
