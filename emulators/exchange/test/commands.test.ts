import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALPHA, LIMIT, OTHER, setBook, startForTest, SYMBOL } from './support.ts';
import type { Json, Reply, TestExchange, Trader } from './support.ts';

let exchange: TestExchange;
let alpha: Trader;
let beta: Trader;

beforeEach(async () => {
  exchange = await startForTest();
  [alpha, beta] = await Promise.all([exchange.login(), exchange.login('beta-trader')]);
});
afterEach(() => exchange.close());

/** The order as the exchange knows it. */
async function orderOf(trader: Trader, order_id: string): Promise<Json> {
  return (await trader.rest('search_orders', { order_id })).body['order'][0];
}

/** How the newest execution of an order ended it, and why. */
async function lastOf(trader: Trader, order_id: string): Promise<Json> {
  return (await trader.rest('search_executions', { order_id, newest_first: true })).body['executions'][0];
}

describe('orders', () => {
  test('a limit order trades at the resting prices, and what is left rests', async () => {
    await setBook(
      exchange,
      [],
      [
        [400, 4],
        [410, 4],
      ],
    );
    const id = await alpha.insert({ price: '410' });
    expect(await orderOf(alpha, id)).toMatchObject({
      state: 'ORDER_STATE_PARTIALLY_FILLED',
      cum_qty: '8',
      leaves_qty: '2',
      avg_px: '405',
      account: ALPHA,
      price_scale: '1000',
    });
    const { body } = await alpha.rest('get_open_orders', { symbols: [SYMBOL] });
    expect(body['orders'].map((order: Json) => order['id'])).toEqual([id]);
    expect((await beta.rest('get_open_orders', {})).body['orders']).toEqual([]);
  });

  test('a market-to-limit order takes the best price only and rests there; without liquidity it is rejected', async () => {
    const market = { type: 'ORDER_TYPE_MARKET_TO_LIMIT', price: '0' };
    const none = await alpha.insert(market);
    expect(await lastOf(alpha, none)).toMatchObject({
      type: 'EXECUTION_TYPE_REJECTED',
      order_reject_reason: 'ORD_REJECT_REASON_NO_LIQUIDITY',
    });
    await setBook(
      exchange,
      [],
      [
        [600, 4],
        [610, 90],
      ],
    );
    const id = await alpha.insert(market);
    expect(await orderOf(alpha, id)).toMatchObject({ price: '600', cum_qty: '4', leaves_qty: '6' });
  });

  test('cash buys what it can at the price', async () => {
    await setBook(exchange, [], [[300, 90]]);
    const cash = { order_qty: '0', cash_order_qty: '1000', price: '300' };
    const id = await alpha.insert({ ...cash, time_in_force: 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL' });
    expect(await orderOf(alpha, id)).toMatchObject({
      order_qty: '3',
      cum_qty: '3',
      state: 'ORDER_STATE_FILLED',
    });
  });

  test('stops wait for a trade at their price, then enter the book', async () => {
    await setBook(
      exchange,
      [[480, 5]],
      [
        [500, 5],
        [520, 50],
      ],
    );
    const stop = await beta.insert({
      type: 'ORDER_TYPE_STOP',
      price: '0',
      stop_price: '500',
      order_qty: '6',
    });
    const limit = await beta.insert({
      type: 'ORDER_TYPE_STOP_LIMIT',
      price: '510',
      stop_price: '520',
      order_qty: '3',
    });
    expect((await orderOf(beta, stop))['cum_qty']).toBeUndefined();
    await alpha.insert({ price: '500', order_qty: '5' });
    // The stop traded at 520, which set off the stop-limit: it may pay 510 and rests.
    expect(await orderOf(beta, stop)).toMatchObject({ state: 'ORDER_STATE_FILLED', avg_px: '520' });
    expect(await orderOf(beta, limit)).toMatchObject({ leaves_qty: '3', price: '510' });
    const { body } = await beta.rest('search_executions', { order_id: limit });
    expect(body['executions'].map(({ text }: Json) => text)).toEqual([undefined, 'triggered']);
  });

  test.each([
    ['TIME_IN_FORCE_IMMEDIATE_OR_CANCEL', {}, ['ORDER_STATE_EXPIRED', '4', undefined]],
    ['TIME_IN_FORCE_FILL_OR_KILL', {}, ['ORDER_STATE_EXPIRED', undefined, undefined]],
    ['TIME_IN_FORCE_FILL_OR_KILL', { order_qty: '4' }, ['ORDER_STATE_FILLED', '4', undefined]],
    ['TIME_IN_FORCE_IMMEDIATE_OR_CANCEL', { min_qty: '5' }, ['ORDER_STATE_EXPIRED', undefined, undefined]],
    ['TIME_IN_FORCE_DAY', {}, ['ORDER_STATE_PARTIALLY_FILLED', '4', '6']],
  ])('%s with %o ends as %o', async (time_in_force, extra, expected) => {
    await setBook(exchange, [], [[400, 4]]);
    const order = await orderOf(alpha, await alpha.insert({ time_in_force, ...extra }));
    expect([order['state'], order['cum_qty'], order['leaves_qty']]).toEqual(expected);
  });

  test('orders end at their time, day orders with the day', async () => {
    const good_till_time = new Date(Date.now() + 60_000).toISOString();
    const timed = await alpha.insert({ time_in_force: 'TIME_IN_FORCE_GOOD_TILL_TIME', good_till_time });
    const day = await alpha.insert({ time_in_force: 'TIME_IN_FORCE_DAY' });
    const late = await alpha.insert({
      time_in_force: 'TIME_IN_FORCE_GOOD_TILL_TIME',
      good_till_time: '2020-01-01T00:00:00Z',
    });
    expect((await orderOf(alpha, late))['state']).toBe('ORDER_STATE_REJECTED');
    await exchange.control('clock', { offset_ms: 61_000 });
    expect((await orderOf(alpha, timed))['state']).toBe('ORDER_STATE_EXPIRED');
    expect((await orderOf(alpha, day))['leaves_qty']).toBe('10');
    await exchange.control('end-day');
    expect((await orderOf(alpha, day))['state']).toBe('ORDER_STATE_EXPIRED');
  });

  test('post only never takes', async () => {
    await setBook(exchange, [], [[400, 4]]);
    const post = { participate_dont_initiate: true };
    expect((await orderOf(alpha, await alpha.insert(post)))['state']).toBe('ORDER_STATE_REJECTED');
    expect((await orderOf(alpha, await alpha.insert({ ...post, price: '390' })))['leaves_qty']).toBe('10');
  });

  test.each([
    ['REJECT_AGGRESSOR', 'ORDER_STATE_CANCELED', undefined],
    ['CANCEL_RESTING', undefined, 'ORDER_STATE_CANCELED'],
    ['REMOVE_BOTH', 'ORDER_STATE_CANCELED', 'ORDER_STATE_CANCELED'],
  ])('self-match prevention by %s', async (instruction, aggressor, resting) => {
    const self_match_prevention_id = 'desk';
    const first = await alpha.insert({ self_match_prevention_id, account: 'second' });
    const second = await alpha.insert({
      side: 'SIDE_SELL',
      self_match_prevention_id,
      self_match_prevention_instruction: `SELF_MATCH_PREVENTION_INSTRUCTION_${instruction}`,
    });
    expect([(await orderOf(alpha, second))['state'], (await orderOf(alpha, first))['state']]).toEqual([
      aggressor,
      resting,
    ]);
  });

  test.each([
    [{ symbol: 'nothing' }, 'UNKNOWN_SYMBOL'],
    [{ price: '405' }, 'INVALID_PRICE_INCREMENT'],
    [{ price: '1000' }, 'PRICE_OUT_OF_BOUNDS'],
    [{ order_qty: '0' }, 'INCORRECT_QUANTITY'],
    [{ stop_price: '300' }, 'INCORRECT_ORDER_TYPE'],
  ])('%o is rejected on the stream: %s', async (change, reason) => {
    const id = await alpha.insert(change);
    expect(await lastOf(alpha, id)).toMatchObject({ order_reject_reason: `ORD_REJECT_REASON_${reason}` });
  });

  test('an order beyond the buying power or into a closed instrument is rejected', async () => {
    const dear = await alpha.insert({ order_qty: '250001' });
    expect(await lastOf(alpha, dear)).toMatchObject({ text: 'insufficient buying power' });
    await exchange.control('instrument', { symbol: SYMBOL, state: 'INSTRUMENT_STATE_HALTED' });
    const closed = await alpha.insert({});
    expect(await lastOf(alpha, closed)).toMatchObject({
      order_reject_reason: 'ORD_REJECT_REASON_EXCHANGE_CLOSED',
    });
  });

  test.each([
    [{ clord_id: 'with space' }, 400, 3],
    [{ clord_id: 'x'.repeat(65) }, 400, 3],
    [{ order_qty: '9223372036854775808' }, 400, 3],
    [{ type: 'ORDER_TYPE_OTHER' }, 400, 3],
    [{ account: 'firms/Beta/accounts/main' }, 403, 7],
  ])('%o is refused before it gets an id: %d/%d', async (change, status, code) => {
    const reply = await alpha.rest('insert_order', { ...LIMIT, ...change });
    expect([reply.status, reply.body['code'], reply.body['details']]).toEqual([status, code, []]);
  });

  test('a clord_id is used once in a firm, for orders and replaces alike', async () => {
    const id = await alpha.insert({ clord_id: 'once' });
    const again = await alpha.rest('insert_order', { ...LIMIT, clord_id: 'once' });
    expect([again.status, again.body['code'], again.body['message']]).toEqual([409, 6, 'duplicate clord_id']);
    expect((await beta.rest('insert_order', { ...LIMIT, clord_id: 'once' })).status).toBe(200);
    const replace = await alpha.rest('cancel_replace_order', {
      order_id: id,
      clord_id: 'once',
      price: '300',
    });
    expect(replace.status).toBe(409);
    expect((await alpha.rest('search_orders', { clord_id: 'once' })).body['order']).toHaveLength(1);
  });

  test('lists take twenty; a preview changes nothing', async () => {
    const requests = Array.from({ length: 21 }, () => LIMIT);
    expect((await alpha.rest('insert_order_list', { requests })).status).toBe(400);
    const { body } = await alpha.rest('insert_order_list', { requests: requests.slice(0, 20) });
    expect(new Set(body['responses'].map(({ order_id }: Json) => order_id)).size).toBe(20);
    const preview = await alpha.rest('preview_order', { request: { ...LIMIT, clord_id: 'only-looking' } });
    expect(preview.body['preview_order']).toMatchObject({ leaves_qty: '10', price: '400' });
    const cancels = body['responses'].map(({ order_id }: Json) => ({ order_id, symbol: SYMBOL }));
    await alpha.rest('cancel_order_list', { requests: cancels });
    expect((await exchange.state(ALPHA))['open_orders']).toEqual([]);
  });

  test('a replace changes an order in place: smaller keeps its turn, another price may trade', async () => {
    const mine = await alpha.insert({});
    const theirs = await beta.insert({});
    await alpha.rest('cancel_replace_order', { order_id: mine, order_qty: '6', clord_id: 'smaller' });
    const seller = await exchange.login('gamma-trader');
    await seller.insert({ side: 'SIDE_SELL', order_qty: '4' });
    expect(await orderOf(alpha, mine)).toMatchObject({ clord_id: 'smaller', order_qty: '6', cum_qty: '4' });
    await alpha.rest('cancel_replace_order', { order_id: mine, order_qty: '8' });
    await seller.insert({ side: 'SIDE_SELL', order_qty: '4' });
    // It grew, so the other order went first.
    expect([(await orderOf(alpha, mine))['cum_qty'], (await orderOf(beta, theirs))['cum_qty']]).toEqual([
      '4',
      '4',
    ]);
    await setBook(exchange, [], [[500, 9]]);
    await alpha.rest('cancel_replace_order', { order_id: mine, price: '500' });
    expect(await orderOf(alpha, mine)).toMatchObject({ state: 'ORDER_STATE_FILLED', avg_px: '450' });
  });
});

describe('money', () => {
  test('fills move balances and positions; a short position binds a dollar a contract', async () => {
    await setBook(exchange, [[400, 100]], []);
    await alpha.insert({ side: 'SIDE_SELL' });
    expect((await alpha.rest('get_account_balance', { name: ALPHA, currency: 'USD' })).body).toMatchObject({
      balance: '100004',
      margin_requirement: '10',
      buying_power: '99994',
      open_orders: '0',
    });
    await alpha.insert({ price: '300' });
    const { body } = await alpha.rest('list_account_balances', { name: ALPHA });
    // Buying the ten back frees their margin: it binds nothing more.
    expect(body['balances'].USD).toMatchObject({ buying_power: '99994', open_orders: '0' });
    const positions = await alpha.rest('list_account_positions', { name: ALPHA });
    expect(positions.body['positions']).toMatchObject([
      { net_position: '-10', qty_sold: '10', cost: '-4000' },
    ]);
    expect((await alpha.rest('list_account_positions', { name: 'firms/Beta/accounts/main' })).status).toBe(
      403,
    );
  });
});

describe('the server', () => {
  test('both dialects are one exchange, each in its own spelling', async () => {
    const headers = {
      authorization: `Bearer ${alpha.token}`,
      'x-participant-id': 'firms/Alpha/users/alpha-trader',
    };
    const inserted = await exchange.post(
      '/v1/trading/orders',
      {
        type: 'ORDER_TYPE_LIMIT',
        side: 'SIDE_BUY',
        symbol: SYMBOL,
        orderQty: '10',
        price: '400',
        clordId: 'camel',
      },
      headers,
    );
    const { orderId } = inserted.body;
    expect(await orderOf(alpha, String(orderId))).toMatchObject({ clord_id: 'camel', order_qty: '10' });
    const open = await exchange.get(`/v1/trading/orders/open?accounts=${ALPHA}&symbols=${SYMBOL}`, headers);
    expect(open.body['orders']).toMatchObject([
      { id: orderId, leavesQty: '10', timeInForce: 'TIME_IN_FORCE_DAY' },
    ]);
    await exchange.post('/v1/trading/orders/replace', { orderId, price: '390' }, headers);
    await exchange.post('/v1/trading/orders/cancel', { orderId, symbol: SYMBOL }, headers);
    const found = await exchange.post('/v1/report/executions/search', { orderId, pageSize: 2 }, headers);
    expect(found.body).toMatchObject({
      nextPageToken: '2',
      executions: [{}, { type: 'EXECUTION_TYPE_REPLACE' }],
    });
    const balances = await exchange.post('/v1/positions/balances', { name: ALPHA }, headers);
    expect(balances.body['balances'].USD).toMatchObject({ buyingPower: '100000' });
  });

  test('lookups are limited per firm as documented, with Retry-After', async () => {
    await exchange.control('rate-limits', {
      enabled: true,
      limits: [{ method: 'list_symbols', burst: 2, per_ms: 60_000 }],
    });
    const ask = (): Promise<Reply> => alpha.rest('list_symbols');
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const limited = await ask();
    expect([limited.status, limited.body['code'], limited.headers.get('retry-after')]).toEqual([
      429,
      8,
      '30',
    ]);
    expect((await beta.rest('list_symbols')).body['symbols']).toContain(OTHER);
    await exchange.control('clock', { offset_ms: 30_000 });
    expect((await ask()).status).toBe(200);
  });

  test('a fault before execution leaves nothing, one after it leaves the order', async () => {
    const path = '/api/v1beta1/insert_order';
    await exchange.control('faults', { path, kind: 'drop_before' });
    await expect(alpha.insert({})).rejects.toThrow('fetch failed');
    expect((await exchange.state())['orders']).toEqual([]);
    await exchange.control('faults', { path, kind: 'drop_after' });
    await expect(alpha.insert({})).rejects.toThrow('fetch failed');
    await exchange.control('faults', { path, kind: 'status', status: 503, after_processing: true });
    expect((await alpha.rest('insert_order', LIMIT)).body).toMatchObject({ code: 14 });
    expect((await exchange.state())['orders']).toHaveLength(2);
  });

  test('makes book updates and executions on demand', async () => {
    const request = { books: 50, executions: 40, username: 'beta-trader', symbols: [OTHER] };
    expect(await exchange.control('generate', request)).toEqual({ books: 0, executions: 0 });
    const { executions, positions } = await exchange.state('firms/Beta/accounts/main');
    expect(executions.length).toBeGreaterThanOrEqual(40);
    expect(positions).toMatchObject([{ symbol: OTHER }]);
    expect((await exchange.stats())['requests']).toMatchObject({ 'POST /__control/generate': 1 });
  });
});
