import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  executions,
  grpcClient,
  OTHER,
  setBook,
  startForTest,
  SYMBOL,
  type GrpcClient,
  type TestExchange,
  type Trader,
} from './support.ts';

let exchange: TestExchange;
let alpha: Trader;
let orders: GrpcClient;

beforeEach(async () => {
  exchange = await startForTest();
  alpha = await exchange.login();
  orders = grpcClient(exchange, 'OrderEntryAPI', alpha.token);
});

afterEach(async () => {
  orders.close();
  await exchange.close();
});

describe('the order stream', () => {
  test('begins with a snapshot of the open orders, then tells every execution once', async () => {
    await setBook(exchange, [], [[600, 4]]);
    const resting = await alpha.insert({});
    const stream = orders.stream('CreateOrderSubscription');
    const { snapshot } = await stream.next();
    expect(snapshot.orders).toMatchObject([{ id: resting, leaves_qty: '10', price: '400' }]);
    // NEW is the zero member: not on the wire.
    expect(snapshot.orders[0].state).toBeUndefined();

    const taker = await alpha.insert({ price: '600' });
    const told = await executions(stream, 2);
    expect(told[0]).toMatchObject({ order: { id: taker } });
    expect(told[0]?.['type']).toBeUndefined();
    expect(told[1]).toMatchObject({
      type: 'EXECUTION_TYPE_PARTIAL_FILL',
      last_shares: '4',
      last_px: '600',
      aggressor: true,
      order: { id: taker, state: 'ORDER_STATE_PARTIALLY_FILLED', cum_qty: '4', leaves_qty: '6' },
    });
    expect(told[1]?.['id']).not.toBe(told[0]?.['id']);
    const { orders: all } = await exchange.state('firms/Alpha/accounts/main');
    expect(all.map(({ id }: { id: string }) => id)).toEqual([resting, taker]);
  });

  test('a reject comes on the stream, after a 200 with an id', async () => {
    const stream = orders.stream('CreateOrderSubscription');
    await stream.next();
    const id = await alpha.insert({ price: '405' });
    expect((await executions(stream, 1))[0]).toMatchObject({
      type: 'EXECUTION_TYPE_REJECTED',
      order_reject_reason: 'ORD_REJECT_REASON_INVALID_PRICE_INCREMENT',
      order: { id, state: 'ORDER_STATE_REJECTED' },
    });
  });

  test('a cancel that cannot be is told as a cancel reject', async () => {
    const stream = orders.stream('CreateOrderSubscription');
    await stream.next();
    expect((await alpha.rest('cancel_order', { order_id: 'nobody' })).status).toBe(200);
    expect((await stream.next())['update'].cancel_reject).toMatchObject({
      order_id: 'nobody',
      reject_reason: 'CXL_REJ_REASON_UNKNOWN_ORDER',
    });
  });

  test('shows an account its own orders only, and a symbol when asked for one', async () => {
    const beta = await exchange.login('beta-trader');
    const other = orders.stream('CreateOrderSubscription', { symbols: [OTHER] });
    await other.next();
    await beta.insert({ symbol: OTHER });
    await alpha.insert({});
    const mine = await alpha.insert({ symbol: OTHER });
    expect((await executions(other, 1))[0]?.['order'].id).toBe(mine);
  });

  test('what was held back comes out in order, unless the snapshot had it', async () => {
    const stream = orders.stream('CreateOrderSubscription');
    await stream.next();
    await exchange.control('streams', { hold: true });
    const ids = [await alpha.insert({}), await alpha.insert({ price: '390' })];
    const late = orders.stream('CreateOrderSubscription');
    expect((await late.next())['snapshot'].orders).toHaveLength(2);
    await exchange.control('streams', { hold: false });
    expect((await executions(stream, 2)).map(({ order }) => order.id)).toEqual(ids);
    const third = await alpha.insert({ price: '380' });
    expect((await executions(late, 1))[0]?.['order'].id).toBe(third);
  });
});

describe('the position stream', () => {
  test('begins with a snapshot, then tells each position after it changed', async () => {
    await setBook(exchange, [[500, 100]], [[600, 100]]);
    const client = grpcClient(exchange, 'PositionAPI', alpha.token);
    const stream = client.stream('CreatePositionSubscription');
    expect((await stream.next())['snapshot']).toEqual({});
    await alpha.insert({ price: '600' });
    expect((await stream.next())['update'].positions).toMatchObject([
      { account: 'firms/Alpha/accounts/main', symbol: SYMBOL, net_position: '10', cost: '6000' },
    ]);
    await alpha.insert({ side: 'SIDE_SELL', price: '500', order_qty: '4' });
    expect((await stream.next())['update'].positions).toMatchObject([
      { net_position: '6', qty_bought: '10', qty_sold: '4', cost: '3600', realized: '-400' },
    ]);
    client.close();
  });
});

describe('market data', () => {
  let market: GrpcClient;
  beforeEach(() => {
    market = grpcClient(exchange, 'MarketDataSubscriptionAPI', alpha.token);
  });
  afterEach(() => market.close());

  test('each update is the whole book to the depth asked for, best first', async () => {
    await setBook(
      exchange,
      [
        [400, 5],
        [390, 7],
        [380, 9],
      ],
      [[600, 1]],
    );
    const stream = market.stream('CreateMarketDataSubscription', { symbols: [SYMBOL], depth: 2 });
    const first = (await stream.next())['update'];
    expect(first).toMatchObject({ symbol: SYMBOL, state: 'INSTRUMENT_STATE_OPEN' });
    expect(first.bids).toEqual([
      { px: '400', qty: '5' },
      { px: '390', qty: '7' },
    ]);
    await alpha.insert({ order_qty: '3' });
    const second = (await stream.next())['update'];
    expect(second.bids).toEqual([
      { px: '400', qty: '8' },
      { px: '390', qty: '7' },
    ]);
    expect(second.offers).toEqual([{ px: '600', qty: '1' }]);
    // Optional: said when it is news.
    expect(second.state).toBeUndefined();
  });

  test('unaggregated shows every order, a snapshot ends the stream', async () => {
    await setBook(exchange, [[400, 5]], []);
    await alpha.insert({ order_qty: '3' });
    const request = { symbols: [SYMBOL], unaggregated: true, snapshot_only: true };
    const stream = market.stream('CreateMarketDataSubscription', request);
    expect((await stream.next())['update'].bids).toEqual([
      { px: '400', qty: '5' },
      { px: '400', qty: '3' },
    ]);
    expect(await stream.ended()).toMatchObject({ code: status.OK });
  });

  test('takes a thousand symbols and no more, and known ones only', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => `symbol-${index}`);
    const tooMany = market.stream('CreateMarketDataSubscription', { symbols: many });
    expect(await tooMany.ended()).toMatchObject({ code: status.INVALID_ARGUMENT });
    const unknown = market.stream('CreateMarketDataSubscription', { symbols: ['nothing'] });
    expect(await unknown.ended()).toMatchObject({ code: status.NOT_FOUND });
  });

  test('heartbeats come without being asked for', async () => {
    await exchange.control('streams', { heartbeat_ms: 10 });
    const stream = market.stream('CreateMarketDataSubscription', { symbols: [SYMBOL] });
    expect(await stream.next((message) => message['heartbeat'] !== undefined)).toBeDefined();
  });

  test('the same seed makes the same books; ticks move them', async () => {
    const twin = await startForTest();
    const client = grpcClient(twin, 'MarketDataSubscriptionAPI', (await twin.login()).token);
    const books = async (from: GrpcClient) => {
      const stream = from.stream('CreateMarketDataSubscription', { symbols: [SYMBOL], snapshot_only: true });
      const { bids, offers } = (await stream.next())['update'];
      return { bids, offers };
    };
    await Promise.all([exchange.control('unfreeze'), twin.control('unfreeze')]);
    const before = await books(market);
    await Promise.all([exchange.control('tick', { n: 20 }), twin.control('tick', { n: 20 })]);
    const after = await books(market);
    expect(after).toEqual(await books(client));
    expect(after).not.toEqual(before);
    client.close();
    await twin.close();
  });
});

describe('drop copy', () => {
  test('resumes at its token with nothing missed, the execution there told again', async () => {
    const client = grpcClient(exchange, 'DropCopyAPI', alpha.token);
    const stream = client.stream('CreateDropCopySubscription', { resume_time: { seconds: '0' } });
    await alpha.insert({});
    const first = await stream.next();
    stream.close();
    const second = await alpha.insert({ price: '390' });
    const resumed = client.stream('CreateDropCopySubscription', { resume_token: first['resume_token'] });
    const replay = await resumed.next();
    expect(replay['executions'][0].id).toBe(first['executions'][0].id);
    expect(replay['executions'][1].order.id).toBe(second);
    const third = await alpha.insert({ price: '380' });
    expect((await resumed.next())['executions'][0].order.id).toBe(third);
    const bad = client.stream('CreateDropCopySubscription', { resume_token: Buffer.from('other') });
    expect(await bad.ended()).toMatchObject({ code: status.INVALID_ARGUMENT });
    client.close();
  });

  test('copies the whole firm, and no other', async () => {
    const backup = await exchange.login('alpha-backup');
    const beta = await exchange.login('beta-trader');
    await beta.insert({});
    const mine = await alpha.insert({});
    const client = grpcClient(exchange, 'DropCopyAPI', backup.token);
    const stream = client.stream('CreateDropCopySubscription', { resume_time: { seconds: '0' } });
    expect(
      (await stream.next())['executions'].map(({ order }: { order: { id: string } }) => order.id),
    ).toEqual([mine]);
    const others = client.stream('CreateDropCopySubscription', { firms: ['Beta'] });
    expect(await others.ended()).toMatchObject({ code: status.PERMISSION_DENIED });
    client.close();
  });
});

describe('streams end', () => {
  test('the twenty-first stream of a firm is refused, whatever its kind; one that ended makes room', async () => {
    const market = grpcClient(exchange, 'MarketDataSubscriptionAPI', alpha.token);
    const open = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0
        ? orders.stream('CreateOrderSubscription')
        : market.stream('CreateMarketDataSubscription', { symbols: [SYMBOL] }),
    );
    await Promise.all(open.map((stream) => stream.next()));
    const refused = orders.stream('CreateOrderSubscription');
    expect(await refused.ended()).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    const beta = grpcClient(exchange, 'OrderEntryAPI', (await exchange.login('beta-trader')).token);
    await beta.stream('CreateOrderSubscription').next();
    open[0]?.close();
    await expect.poll(async () => (await exchange.stats())['streams'].length).toBe(20);
    await orders.stream('CreateOrderSubscription').next();
    market.close();
    beta.close();
  });

  test('a token is looked at when a stream opens, and not again', async () => {
    await exchange.control('tokens', { access_ttl_ms: 30_000 });
    const { token } = await exchange.login();
    const client = grpcClient(exchange, 'OrderEntryAPI', token);
    const stream = client.stream('CreateOrderSubscription');
    await stream.next();
    await exchange.control('clock', { offset_ms: 31_000 });
    const late = client.stream('CreateOrderSubscription');
    expect(await late.ended()).toMatchObject({ code: status.UNAUTHENTICATED });
    await alpha.insert({});
    expect(await executions(stream, 1)).toHaveLength(1);
    client.close();
  });

  test('a cut by status or by connection ends streams; the next one has a snapshot with all that happened', async () => {
    const stream = orders.stream('CreateOrderSubscription');
    await stream.next();
    expect(await exchange.control('streams/cut', { kind: 'orders' })).toEqual({ cut: 1 });
    expect(await stream.ended()).toMatchObject({ code: status.UNAVAILABLE, details: 'emulated cut' });
    const again = orders.stream('CreateOrderSubscription');
    await again.next();
    await exchange.control('streams/cut', { how: 'connection' });
    const id = await alpha.insert({});
    expect((await again.ended()).code).not.toBe(status.OK);
    const last = orders.stream('CreateOrderSubscription');
    expect((await last.next())['snapshot'].orders).toMatchObject([{ id }]);
  });

  test('faults refuse, hold and drop single calls', async () => {
    const path = '/OrderEntryAPI/CreateOrderSubscription';
    await exchange.control('faults', { method: 'GRPC', path, kind: 'status', status: 503 });
    expect(await orders.stream('CreateOrderSubscription').ended()).toMatchObject({
      code: status.UNAVAILABLE,
    });
    await exchange.control('faults', {
      method: 'GRPC',
      path: '/OrderEntryAPI/InsertOrder',
      kind: 'drop_after',
    });
    const request = {
      type: 'ORDER_TYPE_LIMIT',
      side: 'SIDE_BUY',
      symbol: SYMBOL,
      order_qty: '1',
      price: '100',
    };
    await expect(orders.unary('InsertOrder', request)).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect((await exchange.state())['orders']).toHaveLength(1);
    const { order_id } = await orders.unary('InsertOrder', { ...request, price: '110' });
    expect((await exchange.state())['orders'][1].id).toBe(order_id);
  });
});
