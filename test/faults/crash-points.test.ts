import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultPoint } from '../../shared/testing/fault-points.ts';
import { member, type Answer } from '../end-to-end/support/ask.ts';
import { limitOrder, marketBuy, newTrader, type Trader } from '../end-to-end/support/trader.ts';
import { killAt, startInstrumented } from '../support/instruments.ts';
import { openMarket, setBook } from '../support/markets.ts';
import type { OwnProgram } from '../support/program.ts';

// One row of docs/consistency.md each: workerd is killed while the command stands at the point, started again, and
// asked again.

let program: OwnProgram;
let condition: string;
beforeAll(async () => {
  program = await startInstrumented();
  const market = await openMarket(program.file);
  ({ condition } = market);
  await setBook(program.file, market.yes, {
    bids: [{ price: '0.40', size: '100000' }],
    asks: [{ price: '0.50', size: '100000' }],
  });
});
afterAll(() => program.stop());

/** Everything that an account shows of its money and orders. */
async function standing(trader: Trader): Promise<unknown> {
  const [portfolio, history, orders] = await Promise.all([
    trader.call('GET', '/v1/account/portfolio'),
    trader.call('GET', '/v1/account/history'),
    trader.call('GET', '/v1/orders'),
  ]);
  for (const answer of [portfolio, history, orders]) expect(answer.status, answer.text).toBe(200);
  return [portfolio.json, member(history, 'count'), member(orders, 'total_hint')];
}

/** A reply without what differs between two equal orders: their times and names. */
const shape = ({ json }: Answer): unknown => {
  const {
    filled_at: _f,
    created_at: _c,
    client_order_id: _n,
    is_replay: _r,
    ...rest
  } = json as Record<string, unknown>;
  return rest;
};

describe('kill -9 while an order is placed', () => {
  const nothing: readonly FaultPoint[] = [
    'gateway/request/received',
    'gateway/request/admitted',
    'account/place/asked',
    'account/place/quoted',
    'account/place/order-written',
    'account/place/money-moved',
    'account/place/journal-written',
    'account/place/committed',
  ];
  const order = (): Record<string, unknown> => marketBuy(condition, { quantity: '100' });
  let undisturbed: { readonly standing: unknown; readonly reply: unknown };
  beforeAll(async () => {
    const trader = await newTrader(program.file);
    const reply = await trader.call('POST', '/v1/orders', order());
    undisturbed = { standing: await standing(trader), reply: shape(reply) };
  });

  /** Says the command once more, and again: one order, one fill, the money of one order. */
  async function expectOnce(
    trader: Trader,
    headers: Record<string, string>,
    replays: boolean[],
  ): Promise<void> {
    const again = await trader.call('POST', '/v1/orders', order(), headers);
    expect(again.status, again.text).toBe(200);
    expect(replays).toContain(member(again, 'is_replay'));
    expect(shape(again)).toEqual(undisturbed.reply);
    const third = await trader.call('POST', '/v1/orders', order(), headers);
    expect([member(third, 'is_replay'), shape(third)]).toEqual([true, undisturbed.reply]);
    expect(await standing(trader)).toEqual(undisturbed.standing);
  }

  async function crash(point: FaultPoint): Promise<[Trader, Record<string, string>]> {
    const trader = await newTrader(program.file);
    const headers = { 'idempotency-key': randomUUID() };
    await killAt(program, point, () => trader.call('POST', '/v1/orders', order(), headers));
    return [trader, headers];
  }

  test.each(nothing)('%s: nothing stands, and the same command runs', async (point) => {
    const [trader, headers] = await crash(point);
    expect(member(await trader.call('GET', '/v1/orders'), 'total_hint')).toBe(0);
    await expectOnce(trader, headers, [false]);
  });

  test('account/place/alarm-set: stands or not, and the same command gives the one order', async () => {
    const [trader, headers] = await crash('account/place/alarm-set');
    await expectOnce(trader, headers, [true, false]);
  });

  test('gateway/request/handled: it stands, and the same command gives its reply', async () => {
    const [trader, headers] = await crash('gateway/request/handled');
    expect(member(await trader.call('GET', '/v1/orders'), 'total_hint')).toBe(1);
    await expectOnce(trader, headers, [true]);
  });

  test('by its own client_order_id an order is found again as by a key', async () => {
    const trader = await newTrader(program.file);
    const named = { ...order(), client_order_id: randomUUID() };
    const place = (): Promise<Answer> => trader.call('POST', '/v1/orders', named);
    await killAt(program, 'account/place/journal-written', place);
    await killAt(program, 'gateway/request/handled', place);
    const again = await place();
    expect([member(again, 'is_replay'), shape(again)]).toEqual([true, undisturbed.reply]);
    expect(await standing(trader)).toEqual(undisturbed.standing);
  });
});

describe('kill -9 while orders are cancelled', () => {
  async function resting(): Promise<[Trader, unknown]> {
    const trader = await newTrader(program.file);
    const before = (await trader.call('GET', '/v1/account/portfolio')).json;
    await trader.call('POST', '/v1/orders', limitOrder(condition));
    await trader.call('POST', '/v1/orders', limitOrder(condition));
    return [trader, before];
  }
  const cancelAll = (trader: Trader): Promise<Answer> => trader.call('DELETE', '/v1/cancel-all');

  test.each<[FaultPoint, readonly string[]]>([
    ['account/cancel/orders-ended', ['1', '2']],
    ['account/cancel/committed', ['1', '2']],
    ['gateway/request/handled', []],
  ])('%s: the same again cancels what is left, and every cent is back', async (point, left) => {
    const [trader, before] = await resting();
    await killAt(program, point, () => cancelAll(trader));
    const again = await cancelAll(trader);
    expect([again.status, member(again, 'canceled')], again.text).toEqual([200, left]);
    expect(member(await trader.call('GET', '/v1/orders?status=CANCELLED'), 'total_hint')).toBe(2);
    expect((await trader.call('GET', '/v1/account/portfolio')).json).toEqual(before);
  });
});

describe('kill -9 while an account is reset', () => {
  test.each<[FaultPoint, boolean]>([
    ['account/reset/orders-ended', false],
    ['account/reset/positions-removed', false],
    ['account/reset/committed', false],
    ['gateway/request/handled', true],
  ])('%s: all of it or nothing, and again gives a fresh account', async (point, stands) => {
    const trader = await newTrader(program.file);
    const fresh = (await trader.call('GET', '/v1/account/portfolio')).json;
    await trader.call('POST', '/v1/orders', marketBuy(condition, { quantity: '100' }));
    await trader.call('POST', '/v1/orders', limitOrder(condition));
    const used = (await trader.call('GET', '/v1/account/portfolio')).json;
    const reset = (): Promise<Answer> => trader.call('POST', '/v1/account/reset-api-balance');
    await killAt(program, point, reset);
    expect((await trader.call('GET', '/v1/account/portfolio')).json).toEqual(stands ? fresh : used);
    const again = await reset();
    expect(again.json).toMatchObject({ balance: '10000.00', cancelled_orders: stands ? [] : [2] });
    expect((await trader.call('GET', '/v1/account/portfolio')).json).toEqual(fresh);
  });
});
