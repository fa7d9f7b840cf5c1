import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import { TestSocket } from '../support/socket.ts';
import { ask, member, textOf, type Answer } from './support/ask.ts';
import {
  controlExchange,
  directLogin,
  EXCHANGE_SYMBOL,
  exchangeOrder,
  newDesk,
  type DeskStage,
} from './support/exchange-stage.ts';
import { newTrader } from './support/trader.ts';

const file = inject('postern');
const home = inject('posternHome');
let desk: DeskStage;
beforeAll(async () => {
  desk = await newDesk(file);
});

const refusal = (answer: Answer): readonly unknown[] => [answer.status, member(answer, 'code'), answer.code];
const connect = async (key = desk.key): Promise<TestSocket> => {
  const socket = new TestSocket(`${file.url}/v1/ws/exchange`, { 'x-api-key': key });
  await socket.opened;
  return socket;
};

/** The desk's orders as newline-delimited JSON, for as long as a test reads them. */
async function readLines(key: string): Promise<{ text(): string; stop(): void }> {
  const stop = new AbortController();
  const response = await fetch(`${file.url}/api/v1beta1/create_order_subscription`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: '{}',
    signal: stop.signal,
  });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  let text = '';
  const read = async (): Promise<void> => {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read())
      text += chunk.value;
  };
  // Ends by the abort.
  void read().catch(() => undefined);
  return { text: () => text, stop: () => stop.abort() };
}

const news = z.object({
  executions: z
    .array(
      z.object({
        // Zero values are absent.
        type: z.string().default('EXECUTION_TYPE_NEW'),
        order: z.object({ id: z.string() }),
        text: z.string().optional(),
        last_shares: z.string().optional(),
        last_px: z.string().optional(),
      }),
    )
    .default([]),
});
const telling = z.object({ body: news.optional(), result: z.object({ update: news.optional() }).optional() });

/** Executions of a frame or a line: whose, what, and how much at which price. */
function executionsIn(text: string): readonly string[] {
  const { body, result } = telling.parse(JSON.parse(text));
  return ((body ?? result?.update)?.executions ?? []).map((one) => {
    const trade = one.last_px === undefined ? [] : [`${one.last_shares} at ${one.last_px}`];
    const said = one.text === undefined ? [] : [one.text];
    return [one.order.id, one.type.replace('EXECUTION_TYPE_', ''), ...trade, ...said].join(' ');
  });
}

describe('auth', () => {
  test('a login without store gives its tokens to the caller; with store it tells their times alone', async () => {
    const { username, password, trader } = desk;
    const own = await trader.call('POST', '/auth/v1beta1/login', { username, password });
    expect(Object.keys(own.json ?? {})).toContain('accessToken');
    const refreshed = await trader.call('POST', '/auth/v1beta1/refresh', {
      refreshToken: textOf(own, 'refreshToken'),
    });
    expect(refreshed.status).toBe(200);
    const stored = await trader.call('POST', '/auth/v1beta1/login', { username, password, store: true });
    expect(Object.keys(stored.json ?? {}).toSorted()).toEqual([
      'accessExpirationTime',
      'accessIssueTime',
      'refreshExpirationTime',
      'refreshIssueTime',
    ]);
    // No account that /api/v1 trades.
    expect(member(await trader.call('GET', '/api/v1/wallet'), 'linked_exchanges')).toEqual([]);
    const wrong = await trader.call('POST', '/auth/v1beta1/login', { username, password: 'x' });
    expect(refusal(wrong)).toEqual([401, 16, 'EXCHANGE_REFUSED']);
  });

  test('a token of the caller passes through, and only to itself', async () => {
    const nobody = await newDesk(file, false);
    expect(refusal(await nobody.post('get_open_orders'))).toEqual([403, 7, 'CREDENTIALS_REQUIRED']);
    const authorization = `Bearer ${await directLogin(file, nobody)}`;
    const own = await nobody.post('insert_order', exchangeOrder(), { authorization });
    expect(own.status, own.text).toBe(200);
    const listed = await nobody.post('get_open_orders', {}, { authorization });
    expect(listed.headers.get('x-postern-source')).toBe('lookup');
    expect(listed.text).toContain(textOf(own, 'order_id'));
    expect(refusal(await nobody.post('get_open_orders', {}, { authorization: 'Bearer nonsense' }))[0]).toBe(
      401,
    );
    // Never by the desk's login instead.
    for (const strange of [
      'Basic YTpi',
      'Bearer two tokens',
      `Bearer ${'x'.repeat(8_193)}`,
      'Bearer pts_x',
    ]) {
      const answer = await nobody.post('insert_order', exchangeOrder(), { authorization: strange });
      expect(refusal(answer)).toEqual([401, 16, 'INVALID_TOKEN']);
    }
  });

  test('a key without the permission desk has no exchange', async () => {
    const trader = await newTrader(file);
    expect(refusal(await trader.call('POST', '/api/v1beta1/list_symbols', {}))).toEqual([
      403,
      7,
      'INSUFFICIENT_PERMISSION',
    ]);
  });
});

describe('commands', () => {
  test('a clord_id is made when absent and named in the reply; said again, the first reply comes back', async () => {
    const made = await desk.post('insert_order', exchangeOrder());
    expect(made.json).toEqual({ order_id: expect.any(String), clord_id: expect.any(String) });
    const body = exchangeOrder({ clord_id: textOf(made, 'clord_id') });
    // Ours to the exchange, but the caller never chose it: to us it is a new command, to the exchange a duplicate.
    expect(refusal(await desk.post('insert_order', body))).toEqual([409, 6, 'EXCHANGE_REFUSED']);
    const own = exchangeOrder({ clord_id: crypto.randomUUID() });
    const first = await desk.post('insert_order', own);
    const again = await desk.post('insert_order', own);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    const other = await desk.post('insert_order', { ...own, price: '110' });
    expect(refusal(other)).toEqual([409, 6, 'DUPLICATE_CLIENT_ORDER_ID']);
  });

  test('Idempotency-Key and the retry count of SDKs name every command', async () => {
    const order_id = textOf(await desk.post('insert_order', exchangeOrder()), 'order_id');
    const one = { order_id, symbol: EXCHANGE_SYMBOL };
    const change = { ...one, price: '130', order_qty: '10' };
    for (const [rpc, body] of [
      ['insert_order', exchangeOrder()],
      ['insert_order_list', { requests: [exchangeOrder()] }],
      ['cancel_replace_order', change],
      ['cancel_replace_order_list', { requests: [change] }],
      ['cancel_order', one],
      ['cancel_order_list', { requests: [one] }],
    ] as const) {
      const key = crypto.randomUUID();
      const first = await desk.post(rpc, body, { 'idempotency-key': key });
      const quoted = await desk.post(rpc, body, { 'idempotency-key': `"${key}"` });
      expect([quoted.text, quoted.headers.get('idempotency-replayed')], rpc).toEqual([first.text, 'true']);
      const told = await desk.post(rpc, body, { 'x-stainless-retry-count': '0' });
      const retried = await desk.post(rpc, body, { 'x-stainless-retry-count': '1' });
      expect([retried.text, retried.headers.get('idempotency-replayed')], rpc).toEqual([told.text, 'true']);
    }
  });

  test('wait for the first state, and a reject in the words of the exchange', async () => {
    const wait = { 'x-postern-wait': 'ack' };
    const taken = await desk.post('insert_order', exchangeOrder(), wait);
    expect(member(taken, 'state')).toBe('ORDER_STATE_NEW');
    const rejected = await desk.post('insert_order', exchangeOrder({ price: '105' }), wait);
    expect(refusal(rejected)).toEqual([409, 10, 'ORDER_REJECTED']);
  });

  test('lists, replacement, preview, cancels', async () => {
    const requests = [exchangeOrder(), exchangeOrder()];
    const list = await desk.post('insert_order_list', { requests });
    const { responses } = list.json as { readonly responses: readonly { readonly order_id: string }[] };
    const [first = { order_id: '' }, second = { order_id: '' }] = responses;
    const change = { order_id: first.order_id, symbol: EXCHANGE_SYMBOL, price: '120', order_qty: '5' };
    expect((await desk.post('cancel_replace_order', change)).status).toBe(200);
    expect((await desk.post('preview_order', { request: exchangeOrder() })).status).toBe(200);
    const cancel = { order_id: second.order_id, symbol: EXCHANGE_SYMBOL };
    expect((await desk.post('cancel_order', cancel)).json).toEqual({});
    const all = await desk.post('cancel_all_orders', {});
    expect(all.text).toContain(first.order_id);
    await expect
      .poll(async () => (await desk.post('get_open_orders', {}, { 'x-postern-source': 'lookup' })).json)
      .toEqual({ orders: [] });
  });

  test('a price that was scaled by something else is refused with a sentence that says so', async () => {
    for (const price of ['1000', '500000']) {
      const answer = await desk.post('insert_order', exchangeOrder({ price }));
      expect(refusal(answer)).toEqual([400, 3, 'SCALE_SUSPECTED']);
      expect(textOf(answer, 'message')).toContain('price_scale 1000');
    }
    expect(refusal(await desk.post('insert_order', exchangeOrder({ price: '0.5' })))[2]).toBe(
      'VALIDATION_FAILED',
    );
  });
});

test("another desk's orders and ids are as if they were not there", async () => {
  const other = await newDesk(file);
  const clord_id = crypto.randomUUID();
  const [key, body] = [{ 'idempotency-key': crypto.randomUUID() }, exchangeOrder({ clord_id })];
  const order_id = textOf(await desk.post('insert_order', body, key), 'order_id');
  for (const [rpc, asked] of [
    ['search_orders', { order_id }],
    ['search_orders', { clord_id }],
    ['search_executions', { order_id }],
    ['get_open_orders', {}],
  ] as const) {
    const answer = await other.post(rpc, asked, { 'x-postern-source': 'lookup' });
    expect([answer.status, answer.text.includes(order_id)], answer.text).toEqual([200, false]);
  }
  expect((await other.post('list_account_positions', { name: desk.account })).text).not.toContain(
    desk.account,
  );
  await other.post('cancel_order', { order_id, symbol: EXCHANGE_SYMBOL });
  expect((await desk.post('get_open_orders', {}, { 'x-postern-source': 'lookup' })).text).toContain(order_id);
  // Both names are free to it.
  const own = await other.post('insert_order', body, key);
  expect([own.status, own.headers.get('idempotency-replayed')], own.text).toEqual([200, null]);
});

describe('streams and the copy', () => {
  test('a lookup is answered from the stream, with where and when it stands', async () => {
    const answer = await desk.post('get_open_orders');
    expect(answer.headers.get('x-postern-source')).toBe('stream');
    expect(answer.headers.get('x-postern-as-of')).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(answer.headers.get('x-postern-seq')).toMatch(/^\d+$/);
  });

  test("a socket hears its desk's orders, and nobody else's", async () => {
    const other = await newDesk(file);
    const [mine, theirs] = [await connect(), await connect(other.key)];
    for (const socket of [mine, theirs]) {
      socket.send({ op: 'subscribe', stream: 'orders' });
      await socket.frame(({ type }) => type === 'snapshot');
    }
    const id = textOf(await desk.post('insert_order', exchangeOrder()), 'order_id');
    await mine.frame((frame) => JSON.stringify(frame).includes(id));
    await other.post('insert_order', exchangeOrder());
    await theirs.frame(({ type }) => type === 'update');
    expect(theirs.texts.join('')).not.toContain(id);
    await Promise.all([mine.close(), theirs.close()]);
  });

  test('socket and newline JSON tell alike: taken, filled, replaced, cancelled together, a stop triggered', async () => {
    const own = await newDesk(file);
    // No other test trades this one: its book stands still from here on.
    const symbol = 'aec-nfl-sea-ari-w1';
    const offers = [
      { px: 200, qty: 10 },
      { px: 300, qty: 50 },
    ];
    await controlExchange(file, 'book', { symbol, bids: [{ px: 100, qty: 50 }], offers });
    const [socket, lines] = [await connect(own.key), await readLines(own.key)];
    socket.send({ op: 'subscribe', stream: 'orders' });
    await socket.frame(({ type }) => type === 'snapshot');
    await expect.poll(() => lines.text()).toContain('{"result":{"snapshot"');
    const place = async (members: object): Promise<string> => {
      const order = exchangeOrder({ symbol, ...members });
      return textOf(await own.post('insert_order', order, { 'x-postern-wait': 'ack' }), 'order_id');
    };
    const stop = await place({ type: 'ORDER_TYPE_STOP', stop_price: '300', price: undefined });
    const taker = await place({ price: '300', order_qty: '12', time_in_force: 'TIME_IN_FORCE_FILL_OR_KILL' });
    const rest = await place({ price: '50' });
    const change = { order_id: rest, symbol, price: '60', order_qty: '7' };
    expect((await own.post('cancel_replace_order', change)).status).toBe(200);
    const last = await place({ price: '40' });
    expect((await own.post('cancel_all_orders', {})).status).toBe(200);
    const expected = [
      `${stop} NEW`,
      `${taker} NEW`,
      `${taker} PARTIAL_FILL 10 at 200`,
      `${taker} FILL 2 at 300`,
      `${stop} NEW triggered`,
      `${stop} FILL 10 at 300`,
      `${rest} NEW`,
      `${rest} REPLACE`,
      `${last} NEW`,
      `${rest} CANCELED`,
      `${last} CANCELED`,
    ];
    await expect.poll(() => socket.texts.flatMap(executionsIn)).toEqual(expected);
    // What follows the last line end is not a whole line yet.
    const whole = (): readonly string[] => lines.text().split('\n').slice(0, -1);
    await expect.poll(() => whole().flatMap(executionsIn)).toEqual(expected);
    lines.stop();
    await socket.close();
  });

  test('no socket for a key that is not a desk, nor without one', async () => {
    const trader = await newTrader(file);
    for (const headers of [{ 'x-api-key': trader.keys[0] ?? '' }, {}]) {
      const socket = new TestSocket(`${file.url}/v1/ws/exchange`, headers);
      expect((await socket.closed).code).toBe(4001);
    }
  });
});

test('neither passwords nor tokens of the exchange are in logs or on disk', async () => {
  const planted = await newDesk(file, false);
  const secret = `Planted-secret-${crypto.randomUUID()}`;
  const answer = await ask(file.url, 'POST', '/auth/v1beta1/login', {
    headers: { 'x-api-key': planted.key },
    body: { username: planted.username, password: secret, store: true },
  });
  expect(answer.status).toBe(401);
  expect(answer.text).not.toContain(secret);
  await planted.trader.call('POST', '/auth/v1beta1/login', {
    username: planted.username,
    password: planted.password,
    store: true,
  });
  expect((await planted.post('get_open_orders')).status).toBe(200);
  for (const path of globSync('{logs,objects}/**/*', { cwd: home, withFileTypes: true })) {
    if (!path.isFile()) continue;
    const text = readNow(join(path.parentPath, path.name));
    for (const value of [secret, planted.password]) expect(text.includes(value), path.name).toBe(false);
    // A signed token of the exchange has three parts.
    expect(/eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}/.test(text), path.name).toBe(false);
  }
});

/** Empty for a file that has gone since it was listed: SQLite folds its logs when an object ends. */
function readNow(path: string): string {
  try {
    return readFileSync(path).toString('latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
