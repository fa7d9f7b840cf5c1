import { env } from 'cloudflare:workers';
import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  control,
  directly,
  exchangeAt,
  newDesk,
  relayControl,
  SYMBOL,
  type Desk,
} from '../../../test/support/desk.ts';
import { exchangeConnector } from '../../rpc/stubs.ts';
import { PATIENCE } from '../../../test/support/patience.ts';

type Json = Readonly<Record<string, unknown>>;

let desk: Desk;
let ask: Awaited<ReturnType<typeof directly>>;
const open: Client[] = [];
beforeEach(async () => {
  desk = await newDesk();
  const { username, password, actor } = desk;
  await exchangeConnector(env, desk.tenant).keep({ kind: 'login', username, password }, actor);
  ask = await directly(desk);
});
afterEach(() => {
  for (const client of open.splice(0)) client.socket.close(1000);
});

/** A client of the desk's streams that keeps what it hears. */
class Client {
  readonly socket: WebSocket;
  readonly heard: Json[] = [];
  code: number | undefined;
  /** Whether it answers what heartbeats ask for. */
  echoes = true;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => {
      // The connector's own frames.
      const frame = JSON.parse(String(data)) as Json;
      this.heard.push(frame);
      const { echo } = (frame['body'] ?? {}) as { readonly echo?: string };
      if (this.echoes && echo !== undefined) socket.send(JSON.stringify({ op: 'echo', echo }));
    });
    socket.addEventListener('close', ({ code }) => {
      this.code = code;
    });
    socket.accept();
    open.push(this);
  }

  static async connect(of = desk): Promise<Client> {
    const url = `https://desk/?id=${crypto.randomUUID()}&gate=${'0'.repeat(64)}`;
    const stub = env.EXCHANGE_CONNECTOR.getByName(`${of.tenant}/${env.EXCHANGE_ENVIRONMENT}`);
    const { webSocket } = await stub.fetch(url, { headers: { upgrade: 'websocket' } });
    if (!webSocket) throw new Error('no socket');
    return new Client(webSocket);
  }

  subscribe(stream: string, members: object = {}): this {
    this.socket.send(JSON.stringify({ op: 'subscribe', stream, ...members }));
    return this;
  }

  of(stream: string): readonly Json[] {
    return this.heard.filter((frame) => frame['stream'] === stream && frame['type'] !== 'heartbeat');
  }

  async snapshot(stream: string): Promise<Json> {
    await vi.waitFor(
      () => expect(this.of(stream).some(({ type }) => type === 'snapshot')).toBe(true),
      PATIENCE,
    );
    return this.of(stream).findLast(({ type }) => type === 'snapshot') ?? {};
  }

  /** Ids of executions in the order in which they came, from updates and snapshots. */
  executions(): readonly string[] {
    return this.of('orders').flatMap(({ body }) => idsIn(body, 'executions'));
  }
}

const idsIn = (body: unknown, member: string): readonly string[] =>
  ((body as Record<string, readonly { readonly id: string }[]>)[member] ?? []).map(({ id }) => id);

const insert = async (members: object = {}): Promise<string> => {
  const { order_id } = await ask('insert_order', {
    type: 'ORDER_TYPE_LIMIT',
    side: 'SIDE_BUY',
    symbol: SYMBOL,
    order_qty: '10',
    price: '100',
    time_in_force: 'TIME_IN_FORCE_GOOD_TILL_CANCEL',
    ...members,
  });
  return String(order_id);
};

/** What the exchange itself says, to compare with. */
const allExecutions = async (): Promise<readonly string[]> =>
  idsIn(await ask('search_executions', { page_size: 500 }), 'executions');

const lookUp = (rpc: string, body: Json, fresh = false) =>
  exchangeConnector(env, desk.tenant).lookUp(rpc, body, desk.actor, fresh);

const connectorOrders = async () => {
  const looked = await lookUp('get_open_orders', {});
  // The copy's own answer.
  return (looked.ok ? looked.body : {}) as { readonly orders?: readonly Json[] };
};

async function faultsFired(): Promise<number> {
  const response = await fetch(await exchangeAt('/__control/stats'));
  const { counts } = (await response.json()) as { readonly counts: { readonly faults_fired: number } };
  return counts.faults_fired;
}

async function upstreamStreams(): Promise<readonly string[]> {
  const response = await fetch(await exchangeAt('/__control/stats'));
  const { streams } = (await response.json()) as {
    readonly streams: readonly { readonly kind: string; readonly user: string }[];
  };
  return streams.filter(({ user }) => user === desk.username || user === desk.user).map(({ kind }) => kind);
}

test('two clients hear the same, over one subscription upstream of each kind and symbol', async () => {
  const clients = [await Client.connect(), await Client.connect()];
  for (const client of clients) {
    client
      .subscribe('orders')
      .subscribe('positions')
      .subscribe('market_data', { symbols: [SYMBOL] });
    await client.snapshot('orders');
    await client.snapshot('positions');
    expect(await client.snapshot('market_data')).toMatchObject({ symbol: SYMBOL, body: { symbol: SYMBOL } });
  }
  const order = await insert();
  for (const client of clients) {
    await vi.waitFor(() => expect(client.executions()).toHaveLength(1), PATIENCE);
    expect(client.of('orders').at(-1)).toMatchObject({
      type: 'update',
      body: { executions: [{ order: { id: order } }] },
    });
  }
  expect((await upstreamStreams()).toSorted()).toEqual(['market_data', 'orders', 'positions']);
});

test('the copy answers what the exchange would: orders, positions and what is available', async () => {
  const client = (await Client.connect()).subscribe('orders').subscribe('positions');
  await client.snapshot('orders');
  await client.snapshot('positions');
  await control('book', { symbol: SYMBOL, bids: [], offers: [{ px: '600', qty: '50' }] });
  const replaced = await insert();
  await ask('cancel_replace_order', { order_id: replaced, symbol: SYMBOL, order_qty: '11' });
  await insert({ price: '600', order_qty: '20' });
  await insert({ side: 'SIDE_SELL', price: '900', order_qty: '5' });
  await vi.waitFor(async () => {
    for (const [rpc, body] of [
      ['get_open_orders', {}],
      ['list_account_positions', { name: desk.account }],
    ] as const) {
      const told = await lookUp(rpc, body);
      expect(told).toMatchObject({ ok: true, source: 'stream' });
      expect(told.ok && told.body).toEqual(await ask(rpc, body));
    }
  }, PATIENCE);
  const symbols = [SYMBOL];
  expect(await lookUp('list_instruments', { symbols })).toMatchObject({ source: 'lookup' });
  expect(await lookUp('list_instruments', { symbols })).toMatchObject({ source: 'stream' });
  const other = { symbols, product_id: 'of others' };
  expect(await lookUp('list_instruments', other)).toMatchObject({
    body: await ask('list_instruments', other),
  });
  const balance = { name: desk.account, currency: 'USD' };
  expect(await lookUp('get_account_balance', balance)).toMatchObject({ source: 'lookup' });
  const again = await lookUp('get_account_balance', balance);
  expect(again).toMatchObject({ source: 'stream', body: await ask('get_account_balance', balance) });
  await control('unfreeze', { symbol: SYMBOL }).catch(() => undefined);
});

test('a connector that dies tells those who resume every execution once, in order', async () => {
  const before = (await Client.connect()).subscribe('orders');
  await before.snapshot('orders');
  await insert();
  await vi.waitFor(() => expect(before.executions()).toHaveLength(1), PATIENCE);
  const seen = [...before.executions()];
  const after = Number(before.of('orders').at(-1)?.['seq']);
  await abortAllDurableObjects();
  await insert();
  await insert();
  const resumed = (await Client.connect()).subscribe('orders', { after });
  await vi.waitFor(() => expect(resumed.executions()).toHaveLength(2), PATIENCE);
  expect([...seen, ...resumed.executions()]).toEqual(await allExecutions());
  expect(resumed.of('orders').map(({ seq }) => seq)).toEqual([after + 1, after + 2]);
});

test("no number of a symbol's books is given twice, also when the connector dies", async () => {
  const offer = (px: string) => control('book', { symbol: SYMBOL, bids: [], offers: [{ px, qty: '50' }] });
  const follow = async (): Promise<Client> => {
    const client = (await Client.connect()).subscribe('market_data', { symbols: [SYMBOL] });
    await client.snapshot('market_data');
    return client;
  };
  const numbersOf = (client: Client): readonly number[] =>
    client.of('market_data').map(({ seq }) => Number(seq));
  const before = await follow();
  await offer('610');
  await vi.waitFor(() => expect(numbersOf(before).length).toBeGreaterThan(1), PATIENCE);
  await abortAllDurableObjects();
  const after = await follow();
  await offer('620');
  await vi.waitFor(() => expect(numbersOf(after).length).toBeGreaterThan(1), PATIENCE);
  const numbers = [...numbersOf(before), ...numbersOf(after)];
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  await control('unfreeze', { symbol: SYMBOL });
});

test('a relay that starts anew is told as a gap, and the snapshot has what ended within it', async () => {
  const client = (await Client.connect()).subscribe('orders').subscribe('positions');
  await client.snapshot('orders');
  // A minute behind the relay's: from when on to look up is told by the exchange's own times (decision 29).
  await control('clock', { offset_ms: -60_000 });
  const resting = await insert();
  await vi.waitFor(() => expect(client.executions()).toHaveLength(1), PATIENCE);
  await relayControl('stop');
  // Opened and ended while nobody listened: no snapshot of open orders has it.
  const ended = await insert();
  await ask('cancel_order', { order_id: ended, symbol: SYMBOL });
  await relayControl('start');
  await vi.waitFor(() => expect(client.of('orders').map(({ type }) => type)).toContain('gap'), PATIENCE);
  await vi.waitFor(async () => expect(client.executions()).toEqual(await allExecutions()), PATIENCE);
  await control('clock', { offset_ms: 0 });
  const snapshot = await client.snapshot('orders');
  expect(idsIn(snapshot['body'], 'orders')).toEqual([resting]);
  const numbers = client.of('orders').map(({ seq }) => Number(seq));
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});

test('what happens while a gap is looked up stands in the snapshot, and the copy does not take it back', async () => {
  const client = (await Client.connect()).subscribe('orders');
  await client.snapshot('orders');
  const [resting, ending] = [await insert(), await insert()];
  await vi.waitFor(() => expect(client.executions()).toHaveLength(2), PATIENCE);
  const path = '/api/v1beta1/search_executions';
  const before = await faultsFired();
  await control('faults', { method: 'POST', path, kind: 'delay', delay_ms: 1_000 });
  await control('streams/cut', { firm: desk.account.split('/')[1] });
  await vi.waitFor(async () => expect(await faultsFired()).toBe(before + 1), PATIENCE);
  // The exchange has told its snapshot, and has not looked at its executions yet.
  await ask('cancel_order', { order_id: ending, symbol: SYMBOL });
  await vi.waitFor(() => expect(client.executions()).toHaveLength(3), PATIENCE);
  const after = client.of('orders').findLast(({ type }) => type === 'snapshot');
  expect(idsIn(after?.['body'], 'orders')).toEqual([resting]);
  expect(client.executions()).toEqual(await allExecutions());
  expect(await lookUp('get_open_orders', {})).toMatchObject({
    source: 'stream',
    body: { orders: [{ id: resting }] },
  });
});

test('a gap of more than a page and a row is mended whole, also where the exchange limits the lookup', async () => {
  const client = (await Client.connect()).subscribe('orders');
  const after = Number((await client.snapshot('orders'))['seq']);
  await relayControl('stop');
  const order = {
    type: 'ORDER_TYPE_LIMIT',
    side: 'SIDE_BUY',
    symbol: SYMBOL,
    order_qty: '10',
    price: '100',
    // Two executions each.
    time_in_force: 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL',
  };
  for (let lists = 0; lists < 26; lists += 1)
    await ask('insert_order_list', { requests: Array.from({ length: 20 }, () => order) });
  const limits = [{ method: 'search_executions', burst: 1, per_ms: 1_000 }];
  await control('rate-limits', { enabled: true, limits });
  await relayControl('start');
  await vi.waitFor(() => expect(client.executions()).toHaveLength(1_040), PATIENCE);
  await control('rate-limits', { enabled: false });
  expect(new Set(client.executions()).size).toBe(1_040);
  const resumed = (await Client.connect()).subscribe('orders', { after });
  await resumed.snapshot('orders');
  expect(resumed.executions()).toEqual(client.executions());
  const stub = env.EXCHANGE_CONNECTOR.getByName(`${desk.tenant}/${env.EXCHANGE_ENVIRONMENT}`);
  const longest = await runInDurableObject(stub, (_, { storage }) =>
    storage.sql.exec<{ bytes: number }>('SELECT MAX(LENGTH(CAST(body AS BLOB))) AS bytes FROM events').one(),
  );
  expect(longest.bytes).toBeLessThan(600_000);
});

test('what was executed under a name is found, also when replacements have given the order others since', async () => {
  const [first, second, third] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const order = await insert({ clord_id: first });
  for (const clord_id of [second, third])
    await ask('cancel_replace_order', { order_id: order, symbol: SYMBOL, order_qty: '9', clord_id });
  const connector = exchangeConnector(env, desk.tenant);
  for (const clordId of [first, second, third])
    expect(await connector.findOrder({ clordId }, desk.actor, 'desk', Date.now())).toMatchObject({
      id: order,
    });
  expect(
    await connector.findOrder({ clordId: crypto.randomUUID() }, desk.actor, 'desk', Date.now()),
  ).toBeNull();
});

test('signs of life renew 8 MB in all: after that only who echoes, and so reads, is told more', async () => {
  const order = { type: 'ORDER_TYPE_LIMIT', side: 'SIDE_BUY', symbol: SYMBOL, order_qty: '1', price: '100' };
  const requests = Array.from({ length: 20 }, () => ({
    ...order,
    time_in_force: 'TIME_IN_FORCE_GOOD_TILL_CANCEL',
  }));
  for (let lists = 0; lists < 10; lists += 1) await ask('insert_order_list', { requests });
  await vi.waitFor(async () => {
    const { orders } = await connectorOrders();
    expect(orders).toHaveLength(200);
  }, PATIENCE);
  /** Asks for the snapshot again and again: each question shows life. */
  const told = async (echoes: boolean): Promise<Client> => {
    const client = await Client.connect();
    client.echoes = echoes;
    let bytes = 0;
    const done = new Promise<void>((resolve) => {
      client.socket.addEventListener('close', () => resolve());
      client.socket.addEventListener('message', ({ data }) => {
        bytes += String(data).length;
        if (bytes > 10 * 1024 * 1024) resolve();
        else if (!String(data).includes('"heartbeat"')) client.subscribe('orders');
      });
    });
    client.subscribe('orders');
    await done;
    return client;
  };
  expect((await told(true)).code).toBeUndefined();
  const silent = await told(false);
  expect(silent.code).toBe(4008);
  const bytes = silent.heard.reduce((sum, frame) => sum + JSON.stringify(frame).length, 0);
  expect(bytes).toBeGreaterThan(7 * 1024 * 1024);
  expect(bytes).toBeLessThan(9 * 1024 * 1024);
});

test('when the desk logs in as another user, its streams, copy and clients have the orders of that one alone', async () => {
  const client = (await Client.connect()).subscribe('orders').subscribe('positions');
  await client.snapshot('orders');
  await insert();
  await vi.waitFor(() => expect(client.executions()).toHaveLength(1), PATIENCE);
  const other = await newDesk();
  const { username, password } = other;
  const theirs = await (
    await directly(other)
  )('insert_order', {
    type: 'ORDER_TYPE_LIMIT',
    side: 'SIDE_BUY',
    symbol: SYMBOL,
    order_qty: '3',
    price: '90',
    time_in_force: 'TIME_IN_FORCE_GOOD_TILL_CANCEL',
  });
  const connector = exchangeConnector(env, desk.tenant);
  const refused = await connector.keep({ kind: 'login', username, password: 'not this' }, desk.actor);
  expect(refused).toMatchObject({ ok: false });
  expect(await lookUp('get_open_orders', {})).toMatchObject({ source: 'stream' });
  await connector.keep({ kind: 'login', username, password }, desk.actor);
  const orders = [{ id: theirs['order_id'], account: other.account }];
  expect(await lookUp('get_open_orders', {})).toMatchObject({ body: { orders } });
  await vi.waitFor(async () => {
    expect(await lookUp('get_open_orders', {})).toMatchObject({ source: 'stream', body: { orders } });
  }, PATIENCE);
  const [gap, snapshot] = client.of('orders').slice(-2);
  expect(gap).toMatchObject({ type: 'gap' });
  expect(snapshot).toMatchObject({ type: 'snapshot', body: { orders, executions: [] } });
  const numbers = client.of('orders').map(({ seq }) => Number(seq));
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});

test('a place that is not kept any more is told as a gap with a snapshot', async () => {
  const client = (await Client.connect()).subscribe('orders');
  await client.snapshot('orders');
  const late = (await Client.connect()).subscribe('orders', { after: 1_000_000 });
  await late.snapshot('orders');
  expect(late.of('orders').map(({ type }) => type)).toEqual(['gap', 'snapshot']);
});

test('without a relay nothing is sent, and the command says so', async () => {
  await relayControl('stop');
  try {
    await abortAllDurableObjects();
    const asked = { path: '/api/v1beta1/whoami', body: '{}', actor: desk.actor, auth: 'none' as const };
    expect(await exchangeConnector(env, desk.tenant).ask(asked)).toMatchObject({ outcome: 'not-sent' });
  } finally {
    await relayControl('start');
  }
});

test('lookups upstream are 12 a minute of each method, then 429 with the time to wait', async () => {
  for (let times = 0; times < 12; times += 1) {
    expect(await lookUp('search_orders', {}, true)).toMatchObject({ ok: true, source: 'lookup' });
  }
  const refused = await lookUp('search_orders', {}, true);
  expect(refused).toMatchObject({ reason: 'RATE_LIMIT_EXCEEDED', retryAfter: expect.any(Number) as number });
  expect(await lookUp('list_symbols', {}, true)).toMatchObject({ ok: true });
});

test('the first state of an order is there for whoever waits for it', async () => {
  await (await Client.connect()).subscribe('orders').snapshot('orders');
  const rejected = await insert({ price: '105' });
  const told = await exchangeConnector(env, desk.tenant).awaitOrder(rejected, 5_000);
  expect(told).toMatchObject({
    order: { state: 'ORDER_STATE_REJECTED' },
    text: expect.any(String) as string,
  });
  const taken = await exchangeConnector(env, desk.tenant).awaitOrder(await insert(), 5_000);
  expect(taken?.order['state']).toBeUndefined();
});
