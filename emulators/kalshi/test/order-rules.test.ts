import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ALICE,
  balanceOf,
  BOB,
  knownBook,
  MARKET,
  orderOf,
  place,
  placed,
  send,
  startForTest,
  type TestEmulator,
} from './support.ts';

const MAKER_FEES = 'KXMAYORHARBOR-27NOV-INC';
const DECI_CENT = 'KXBTCMAXY-27DEC31-150000';

let emulator: TestEmulator;

beforeEach(async () => {
  emulator = await startForTest();
  await knownBook(emulator);
});

afterEach(() => emulator.close());

const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;
const orders = async (): Promise<unknown> => (await emulator.get('/__control/orders')).body;

describe('refusals', () => {
  test.each([
    ['post-only that crosses', { price: '0.51', post_only: true }, 400, 'invalid_order', 'post only cross'],
    ['a price off the tick', { price: '0.405' }, 400, 'invalid_order', 'invalid price'],
    ['a price of a dollar', { price: '1.00' }, 400, 'invalid_order', 'invalid price'],
    ['a price of nothing', { price: '0.00' }, 400, 'invalid_order', 'invalid price'],
    ['a price below nothing', { price: '-0.10' }, 400, 'invalid_order', 'invalid price'],
    ['no price', { price: undefined }, 400, 'invalid_order', 'invalid price'],
    ['a count with three decimals', { count: '1.005' }, 400, 'invalid_order', 'invalid count'],
    ['a count of nothing', { count: '0' }, 400, 'invalid_order', 'invalid count'],
    [
      'a part of a contract where none trade',
      { ticker: DECI_CENT, count: '1.5' },
      400,
      'invalid_order',
      'invalid count',
    ],
    ['no side', { side: undefined }, 400, 'invalid_order', 'invalid side'],
    ['GTT', { time_in_force: 'GTT' }, 400, 'invalid_order', 'invalid time in force'],
    ['no market', { ticker: undefined }, 400, 'missing_parameters', 'ticker'],
    [
      'an expiry on an order that never rests',
      { time_in_force: 'immediate_or_cancel', expiration_time: inAnHour() },
      400,
      'invalid_order',
      'expiration time needs good_till_canceled',
    ],
    [
      'an expiry in the past',
      { expiration_time: 1_700_000_000 },
      400,
      'invalid_order',
      'expiration time is in the past',
    ],
    ['reduce only', { reduce_only: true }, 400, 'invalid_order', 'reduce only is not emulated'],
    ['more than the cash', { count: '300000' }, 400, 'insufficient_balance', undefined],
    ['an unknown market', { ticker: 'NONE' }, 404, 'not_found', undefined],
    ['a closed market', { ticker: 'KXCPIYOY-26JAN-T3.0' }, 409, 'market_closed', undefined],
    ['a settled market', { ticker: 'KXRAINSEA-26JAN-5' }, 409, 'market_closed', undefined],
  ])('%s', async (_name, extra, status, code, details) => {
    const error = details === undefined ? { code } : { code, details };
    expect(await place(emulator, ALICE, extra)).toMatchObject({ status, body: { error } });
    expect(await orders()).toEqual([]);
  });

  test('a body that cannot be read is told at the top level: no JSON, and numbers for strings', async () => {
    const flat = { status: 400, body: { code: 'bad_request', message: 'bad request' } };
    const path = '/portfolio/events/orders';
    expect(await send(emulator, ALICE, 'POST', path, '{"ticker":')).toMatchObject(flat);
    expect(await place(emulator, ALICE, { count: 10 })).toMatchObject(flat);
    expect(await place(emulator, ALICE, { price: 0.4 })).toMatchObject(flat);
    expect(await orders()).toEqual([]);
  });

  test('limits of pages are not clamped; a cursor that means nothing starts over', async () => {
    expect(await emulator.get('/markets?limit=1001')).toMatchObject({ status: 400 });
    expect(await emulator.get('/markets?limit=abc')).toMatchObject({
      status: 400,
      body: { msg: expect.any(String) },
    });
    expect(await emulator.get('/markets?limit=1&cursor=garbage')).toMatchObject({ status: 200 });
    expect(await emulator.get('/nothing')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
  });

  test('while trading is paused nothing is placed, everything can be cancelled, and some of it is', async () => {
    const stays = await placed(emulator, ALICE);
    const goes = await placed(emulator, ALICE, { cancel_order_on_pause: true });
    await emulator.control('pause', { trading_active: false });
    expect((await emulator.get('/exchange/status')).body).toMatchObject({ trading_active: false });
    const paused = { status: 409, body: { error: { code: 'trading_is_paused' } } };
    expect(await place(emulator, ALICE)).toMatchObject(paused);
    expect(await orderOf(emulator, ALICE, goes.order_id)).toMatchObject({ status: 'canceled' });
    const path = `/portfolio/events/orders/${stays.order_id}`;
    expect((await send(emulator, ALICE, 'DELETE', path)).status).toBe(200);
  });

  test('a killed order leaves its client order id used', async () => {
    const extra = { client_order_id: 'killed', count: '501', price: '0.51', time_in_force: 'fill_or_kill' };
    expect(await place(emulator, ALICE, extra)).toMatchObject({ status: 409 });
    const again = await place(emulator, ALICE, { ...extra, count: '1' });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'order_already_exists' } } });
    expect(await place(emulator, BOB, { ...extra, count: '1' })).toMatchObject({ status: 201 });
  });
});

describe('matching', () => {
  test('an order that crosses keeps the better price and rests what is left', async () => {
    const created = await placed(emulator, ALICE, { price: '0.51', count: '600' });
    expect(created).toMatchObject({ fill_count: '500.00', remaining_count: '100.00' });
    expect(created.average_fill_price).toBe('0.5100');
    const book = (await emulator.get(`/markets/${MARKET}/orderbook`)).body;
    expect(book).toMatchObject({
      orderbook_fp: { yes_dollars: expect.arrayContaining([['0.5100', '100.00']]) },
    });
    const order = await orderOf(emulator, ALICE, created.order_id);
    expect(order).toMatchObject({
      status: 'resting',
      fill_count_fp: '500.00',
      taker_fill_cost_dollars: '255.0000',
    });
  });

  test('immediate or cancel takes what is there and cancels the rest', async () => {
    const extra = { price: '0.51', count: '600', time_in_force: 'immediate_or_cancel' };
    const created = await placed(emulator, ALICE, extra);
    expect(created).toMatchObject({ fill_count: '500.00', remaining_count: '0.00' });
    expect(await orderOf(emulator, ALICE, created.order_id)).toMatchObject({ status: 'canceled' });
    const nothing = await placed(emulator, ALICE, { price: '0.30', time_in_force: 'immediate_or_cancel' });
    expect(nothing).toMatchObject({ fill_count: '0.00', remaining_count: '0.00' });
  });

  test('selling YES without having any is buying NO', async () => {
    const created = await placed(emulator, ALICE, { side: 'ask', price: '0.49', count: '100' });
    expect(created).toMatchObject({ fill_count: '100.00', average_fill_price: '0.4900' });
    // 100 x 0.51 and the fee of 0.07 x 100 x 0.49 x 0.51.
    expect(await balanceOf(emulator, ALICE)).toBe('99947.2507');
    const { body } = await send(emulator, ALICE, 'GET', '/portfolio/positions');
    const position = { position_fp: '-100.00', market_exposure_dollars: '51.0000' };
    expect(body).toMatchObject({ market_positions: [position] });
    expect(await orderOf(emulator, ALICE, created.order_id)).toMatchObject({
      outcome_side: 'no',
      taker_fill_cost_dollars: '51.0000',
    });
  });

  test('an ask that rests is a bid for NO', async () => {
    await placed(emulator, ALICE, { side: 'ask', price: '0.50', count: '2.5' });
    const book = (await emulator.get(`/markets/${MARKET}/orderbook?depth=1`)).body;
    expect(book).toMatchObject({ orderbook_fp: { no_dollars: [['0.5000', '2.50']] } });
    expect(await balanceOf(emulator, ALICE)).toBe('99998.7500');
  });

  test('a pair of YES and NO is paid out at once', async () => {
    await placed(emulator, ALICE, { price: '0.51', count: '100' });
    await placed(emulator, ALICE, { side: 'ask', price: '0.49', count: '100' });
    const { body } = await send(emulator, ALICE, 'GET', '/portfolio/positions');
    expect(body).toMatchObject({
      market_positions: [{ position_fp: '0.00', realized_pnl_dollars: '-2.0000' }],
    });
    // Two dollars of spread and twice 1.7493 of fees.
    expect(await balanceOf(emulator, ALICE)).toBe('99994.5014');
  });

  test('a resting order fills when the market moves through it, for no fee', async () => {
    const { order_id: id } = await placed(emulator, ALICE, { price: '0.45' });
    await emulator.control('book', { ticker: MARKET, bids: [], asks: [{ price: '0.44', count: 300 }] });
    const order = await orderOf(emulator, ALICE, id);
    expect(order).toMatchObject({
      status: 'executed',
      maker_fill_cost_dollars: '4.5000',
      maker_fees_dollars: '0.0000',
    });
    const { body } = await send(emulator, ALICE, 'GET', '/portfolio/fills');
    expect(body).toMatchObject({
      fills: [{ is_taker: false, yes_price_dollars: '0.4500', fee_cost: '0.000000' }],
    });
  });

  test('makers pay a quarter of the fee where the series says so', async () => {
    await knownBook(emulator, MAKER_FEES);
    const { order_id: id } = await placed(emulator, ALICE, {
      ticker: MAKER_FEES,
      price: '0.50',
      count: '100',
    });
    await placed(emulator, BOB, { ticker: MAKER_FEES, side: 'ask', price: '0.50', count: '100' });
    expect(await orderOf(emulator, ALICE, id)).toMatchObject({ maker_fees_dollars: '0.4375' });
    expect((await emulator.get('/series/KXMAYORHARBOR')).body).toMatchObject({
      series: { fee_type: 'quadratic_with_maker_fees' },
    });
  });

  test('earlier orders at a price fill first', async () => {
    const first = await placed(emulator, ALICE, { price: '0.50' });
    const second = await placed(emulator, BOB, { price: '0.50' });
    await emulator.control('book', { ticker: MARKET, bids: [], asks: [{ price: '0.50', count: 10 }] });
    expect(await orderOf(emulator, ALICE, first.order_id)).toMatchObject({ status: 'executed' });
    expect(await orderOf(emulator, BOB, second.order_id)).toMatchObject({ status: 'resting' });
  });

  test('tenths of a cent trade where the market has them', async () => {
    await emulator.control('book', { ticker: DECI_CENT, bids: [], asks: [{ price: '0.105', count: 50 }] });
    const created = await placed(emulator, ALICE, { ticker: DECI_CENT, price: '0.105' });
    expect(created).toMatchObject({ fill_count: '10.00', average_fill_price: '0.1050' });
    expect(await balanceOf(emulator, ALICE)).toBe('99998.8842');
  });
});

describe('an order never trades with its own user', () => {
  test('taker_at_cross: what comes is cancelled, what rests stays', async () => {
    const resting = await placed(emulator, ALICE, { price: '0.50' });
    const created = await placed(emulator, ALICE, { side: 'ask', price: '0.50' });
    expect(created).toMatchObject({ fill_count: '0.00', remaining_count: '0.00' });
    expect(await orderOf(emulator, ALICE, created.order_id)).toMatchObject({ status: 'canceled' });
    expect(await orderOf(emulator, ALICE, resting.order_id)).toMatchObject({ status: 'resting' });
  });

  test('maker: what rests is cancelled, what comes goes on', async () => {
    const resting = await placed(emulator, ALICE, { price: '0.50' });
    const extra = { side: 'ask', price: '0.49', self_trade_prevention_type: 'maker' };
    expect(await placed(emulator, ALICE, extra)).toMatchObject({ fill_count: '10.00' });
    expect(await orderOf(emulator, ALICE, resting.order_id)).toMatchObject({ status: 'canceled' });
  });
});

describe('cash', () => {
  test('what rests is reserved: the same dollar is not promised twice', async () => {
    await placed(emulator, ALICE, { price: '0.40', count: '200000' });
    expect(await balanceOf(emulator, ALICE)).toBe('20000.0000');
    const tooMuch = await place(emulator, ALICE, { price: '0.40', count: '50001' });
    expect(tooMuch).toMatchObject({ status: 400, body: { error: { code: 'insufficient_balance' } } });
    await placed(emulator, ALICE, { ticker: 'KXRAINSEA-27AUG-2', price: '0.01', count: '100' });
  });

  test('where makers pay fees, those are reserved too', async () => {
    await knownBook(emulator, MAKER_FEES);
    const all = { price: '0.50', count: '200000' };
    const refused = { status: 400, body: { error: { code: 'insufficient_balance' } } };
    expect(await place(emulator, ALICE, { ...all, ticker: MAKER_FEES })).toMatchObject(refused);
    expect(await place(emulator, ALICE, all)).toMatchObject({ status: 201 });
  });

  test('selling what one has reserves nothing; beyond that, what its proceeds do not pay for', async () => {
    await emulator.control('fund', { account: 'alice', ticker: MARKET, count: 100 });
    await placed(emulator, ALICE, { side: 'ask', price: '0.60', count: '100' });
    expect(await balanceOf(emulator, ALICE)).toBe('100000.0000');
    // 200 NO at 0.40 less the 60 that the first hundred brings.
    await placed(emulator, ALICE, { side: 'ask', price: '0.60', count: '200' });
    expect(await balanceOf(emulator, ALICE)).toBe('99980.0000');
  });

  test('settlement pays a dollar for each contract that won and cancels what rests', async () => {
    await placed(emulator, ALICE, { price: '0.51', count: '100' });
    const resting = await placed(emulator, BOB);
    const before = await balanceOf(emulator, ALICE);
    expect(before).toBe('99947.2507');
    await emulator.control('resolve', { ticker: MARKET, result: 'yes' });
    expect(await balanceOf(emulator, ALICE)).toBe('100047.2507');
    expect(await orderOf(emulator, BOB, resting.order_id)).toMatchObject({ status: 'canceled' });
    const { body } = await emulator.get(`/markets/${MARKET}`);
    const settled = {
      status: 'finalized',
      result: 'yes',
      settlement_value_dollars: '1.0000',
      open_interest_fp: '0.00',
    };
    expect(body).toMatchObject({ market: settled });
  });
});

test('an order expires on the clock of the venue', async () => {
  const { order_id: id } = await placed(emulator, ALICE, { expiration_time: inAnHour() });
  expect(await orderOf(emulator, ALICE, id)).toMatchObject({ status: 'resting' });
  await emulator.control('clock', { offset_ms: 3_700_000 });
  await emulator.control('clock', { offset_ms: 0 });
  expect(await orderOf(emulator, ALICE, id)).toMatchObject({ status: 'canceled' });
});
