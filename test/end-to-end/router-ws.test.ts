import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { bookFrames, replay } from '../support/book-replay.ts';
import { controlVenue } from '../support/control.ts';
import { openMarket, setBook, type Level } from '../support/markets.ts';
import type { Frame, TestSocket } from '../support/socket.ts';
import { createTenant } from '../support/tenants.ts';
import { ask, member, textOf } from './support/ask.ts';
import { liveStage, onboarded, place } from './support/live-stage.ts';
import { SocketStage } from './support/socket-stage.ts';

let stage: SocketStage;
let key: string;
beforeAll(async () => {
  stage = await SocketStage.start();
  key = await stage.tenantKey();
});
afterAll(() => stage.stop());
afterEach(() => stage.closeAll());

const exchangeList = z.array(z.object({ id: z.string(), has: z.object({ fetch_orderbook: z.boolean() }) }));
const marketList = z.object({
  markets: z.array(z.object({ parsec_id: z.string(), outcomes: z.array(z.object({ name: z.string() })) })),
});
const noMarket = { parsec_id: '', outcomes: [] };

const isBook = ({ type }: Frame): boolean => type === 'orderbook';
const isError = (code: number) => (frame: Frame) => frame['type'] === 'error' && frame['code'] === code;

/** A whole number below `limit`, the same in every run. */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}

/** A book of up to 40 levels a side around 0.5, on a tick of a cent. */
function randomBook(roll: (limit: number) => number): { bids: Level[]; asks: Level[] } {
  const level = (cents: number): Level[] =>
    roll(3) === 0 ? [] : [{ price: (cents / 100).toFixed(2), size: String(1 + roll(500)) }];
  return {
    bids: Array.from({ length: 40 }, (_, index) => level(49 - index)).flat(),
    asks: Array.from({ length: 40 }, (_, index) => level(51 + index)).flat(),
  };
}

const bookOf = (socket: TestSocket, parsecId: string, outcome: string) =>
  replay(bookFrames(socket, parsecId, outcome));

/** Until the client's book is the one of the REST API. */
async function meetsRest(
  socket: TestSocket,
  parsecId: string,
  outcome: string,
  depth: number,
): Promise<void> {
  const path = `/api/v1/orderbook?parsec_id=${parsecId}&outcome=${outcome}&limit=${depth}`;
  await expect
    .poll(async () => {
      const answer = await ask(stage.file.url, 'GET', path, { headers: { 'x-api-key': key } });
      const { bids, asks } = bookOf(socket, parsecId, outcome) ?? {};
      const rest = { bids: member(answer, 'bids'), asks: member(answer, 'asks') };
      return JSON.stringify({ bids, asks }) === JSON.stringify(rest) ? 'the same' : { bids, asks, rest };
    })
    .toBe('the same');
}

const follow = async (socket: TestSocket, selector: Readonly<Record<string, unknown>>): Promise<Frame> => {
  const known = socket.frames().filter(isBook).length;
  socket.send({ type: 'subscribe', markets: [selector] });
  await expect.poll(() => socket.frames().filter(isBook).length).toBeGreaterThan(known);
  return socket.frames().findLast(isBook) ?? {};
};

describe('books', () => {
  test.each([5, 50])('snapshot and changes of depth %i are the book of the REST API', async (depth) => {
    const { yes, condition } = await openMarket(stage.file);
    const parsecId = `polymarket:${condition}`;
    const roll = dice(depth);
    await setBook(stage.file, yes, randomBook(roll));
    const socket = await stage.router(key);
    const first = await follow(socket, { parsec_id: parsecId, depth });
    expect(first).toMatchObject({
      exchange: 'polymarket',
      market_id: condition,
      kind: 'snapshot',
      tick_size: 0.01,
    });
    expect(first).toMatchObject({ book_state: 'fresh', feed_state: 'healthy', token_id: yes });
    await follow(socket, {
      exchange: 'polymarket',
      market_id: condition,
      outcome: 'no',
      depth,
      parsec_id: null,
    });
    for (let round = 0; round < 30; round += 1) await setBook(stage.file, yes, randomBook(roll));
    await meetsRest(socket, parsecId, 'Yes', depth);
    // Named as the client named it, so that it finds its book again.
    await meetsRest(socket, parsecId, 'no', depth);
    const frames = bookFrames(socket, parsecId, 'Yes');
    expect(frames.filter(isBook)).toHaveLength(1);
    expect(frames.length).toBeGreaterThan(10);
    expect(
      Math.max(...frames.filter(isBook).map(({ bids }) => (bids as unknown[]).length)),
    ).toBeLessThanOrEqual(depth);
  });

  test("Kalshi's, of both outcomes, from one book that is polled for all clients", async () => {
    const kalshi = await liveStage(stage.file, 'kalshi', 0);
    const parsecId = `kalshi:${kalshi.market}`;
    await kalshi.book([['0.40', '10']], [['0.60', '20']]);
    const sockets = [await stage.router(key), await stage.router(key)];
    for (const socket of sockets) {
      await follow(socket, { parsec_id: parsecId });
      await follow(socket, { parsec_id: parsecId, outcome: 'No' });
    }
    const [socket] = sockets as [TestSocket, TestSocket];
    expect(bookOf(socket, parsecId, 'No')).toMatchObject({ bids: [[0.4, 20]], asks: [[0.6, 10]] });
    await kalshi.book(
      [['0.41', '11']],
      [
        ['0.60', '5'],
        ['0.61', '2'],
      ],
    );
    for (const client of sockets) {
      await expect
        .poll(() => bookOf(client, parsecId, 'No'))
        .toMatchObject({
          bids: [
            [0.4, 5],
            [0.39, 2],
          ],
          asks: [[0.59, 11]],
        });
      await meetsRest(client, parsecId, 'Yes', 50);
    }
  });

  test('a market under the name of paper comes from the same subscription', async () => {
    const { yes, condition } = await openMarket(
      stage.file,
      ({ minimum_tick_size }) => minimum_tick_size === 0.001,
    );
    const clients = await Promise.all(Array.from({ length: 6 }, () => stage.router(key)));
    const names = clients.map((_, index) => `${index % 2 === 0 ? 'polymarket' : 'paper'}:${condition}`);
    await Promise.all(
      clients.map((client, index) => follow(client, { parsec_id: names[index], depth: 1 + index })),
    );
    const venue = async (): Promise<unknown> =>
      member(await ask(stage.file.emulators.polymarket, 'GET', '/__control/stats'), 'counts');
    // Subscriptions of earlier tests end a moment after their sockets.
    await expect.poll(venue).toMatchObject({ sockets: 1, subscriptions: 2 });
    await stage.setAsk(yes, '0.777', 7);
    for (const [index, client] of clients.entries()) {
      await expect.poll(() => bookOf(client, names[index] ?? '', 'Yes')?.asks).toEqual([[0.777, 7]]);
    }
    await Promise.all(clients.map((client) => client.close()));
    await expect.poll(venue).toMatchObject({ sockets: 0 });
  });

  test('every exchange that has books shows them here', async () => {
    const get = async (path: string): Promise<unknown> =>
      (await ask(stage.file.url, 'GET', `/api/v1/${path}`, { headers: { 'x-api-key': key } })).json;
    const shown = exchangeList.parse(await get('exchanges')).filter(({ has }) => has.fetch_orderbook);
    expect(shown.map(({ id }) => id)).toEqual(expect.arrayContaining(['polymarket', 'kalshi', 'paper']));
    for (const { id } of shown) {
      const { markets } = marketList.parse(await get(`markets?exchanges=${id}&status=active&limit=1`));
      const [{ parsec_id: parsecId, outcomes: [first] } = noMarket] = markets;
      const outcome = first?.name ?? '';
      const socket = await stage.router(key);
      await follow(socket, { parsec_id: parsecId, outcome });
      await meetsRest(socket, parsecId, outcome, 50);
    }
  });

  test('a resync gives the whole book, and the numbers go on from there; an unsubscribed book is silent', async () => {
    const { yes, condition } = await openMarket(stage.file);
    const parsecId = `polymarket:${condition}`;
    const socket = await stage.router(key);
    await follow(socket, { parsec_id: parsecId });
    await follow(socket, { parsec_id: parsecId, outcome: 'NO' });
    socket.send({ type: 'resync', parsec_id: parsecId, outcome: 'YES' });
    await expect.poll(() => bookFrames(socket, parsecId, 'Yes').filter(isBook).length).toBe(2);
    socket.send({ type: 'unsubscribe', markets: [{ parsec_id: parsecId, outcome: 'no' }] });
    socket.send({ type: 'resync', parsec_id: parsecId, outcome: 'No' });
    await socket.frame(isError(2002));
    await stage.setAsk(yes, '0.77', 7);
    await expect.poll(() => bookOf(socket, parsecId, 'Yes')?.asks).toEqual([[0.77, 7]]);
    expect(bookOf(socket, parsecId, 'No')?.bids).not.toContainEqual([0.23, 7]);
  });

  test('while the venue is away the book says so; afterwards it is right, with no number left out', async () => {
    const { yes, condition } = await openMarket(stage.file);
    const parsecId = `polymarket:${condition}`;
    await stage.setAsk(yes, '0.6', 1);
    const socket = await stage.router(key);
    await follow(socket, { parsec_id: parsecId });
    const fault = { method: 'GET', path: '/ws/market', kind: 'status', status: 503, times: 2 };
    await controlVenue(stage.file, 'faults', fault);
    await controlVenue(stage.file, 'drop-sockets', {});
    await socket.frame(({ feed_state, book_state }) => feed_state === 'degraded' && book_state === 'stale');
    await stage.setAsk(yes, '0.7', 4321);
    await expect
      .poll(() => bookOf(socket, parsecId, 'Yes'))
      .toMatchObject({
        asks: [[0.7, 4321]],
        feedState: 'healthy',
        bookState: 'fresh',
      });
    expect(bookFrames(socket, parsecId, 'Yes').filter(isBook)).toHaveLength(1);
  });
});

test.each(['polymarket', 'kalshi'] as const)('%s: trades are told as activity', async (name) => {
  const live = await liveStage(stage.file, name, 1);
  await live.book([], [['0.50', '1000']]);
  const trader = await onboarded(stage.file, live);
  // Kalshi's list of trades is compared with what it was at the first look.
  await place(trader, live, { price: 0.5, size: 9, params: { order_type: 'ioc' } });
  const socket = await stage.router(key);
  await follow(socket, { exchange: name, market_id: live.market });
  await place(trader, live, { price: 0.5, size: 10, params: { order_type: 'ioc' } });
  const trade = await socket.frame((frame) => frame['type'] === 'activity' && frame['size'] === 10);
  expect(trade).toMatchObject({
    parsec_id: `${name}:${live.market}`,
    kind: 'trade',
    outcome: 'Yes',
    price: 0.5,
  });
  expect(trade).toMatchObject({ side: 'buy', aggressor_side: 'buy', source_channel: 'trades' });
  // It takes no number of the book's, or clients would take it for a gap.
  expect(bookOf(socket, `${name}:${live.market}`, 'Yes')).toBeDefined();
});

describe('who may', () => {
  test('a plain GET gets 426 with a hint', async () => {
    const answer = await ask(stage.file.url, 'GET', '/ws');
    expect(answer.status).toBe(426);
    expect(textOf(answer, 'error')).toContain('websocket');
  });

  test('nothing before signing in, which happens once', async () => {
    const { tenant, keys } = await createTenant(stage.file);
    const socket = await stage.openRouter();
    socket.send({ type: 'subscribe', markets: [] });
    await socket.frame(isError(1001));
    socket.send({ type: 'auth', api_key: keys[0]?.raw_key });
    expect(await socket.frame(({ type }) => type === 'auth_ok')).toMatchObject({ customer_id: tenant });
    socket.send({ type: 'auth', api_key: keys[0]?.raw_key });
    await expect.poll(() => socket.frames().filter(isError(1001)).length).toBe(2);
  });

  test.each(['nonsense', 'pst_test_0000000000000000000000000000000000000000000000'])(
    'a wrong key: auth_error 1002, then the end: %s',
    async (wrong) => {
      const socket = await stage.openRouter();
      socket.send({ type: 'auth', api_key: wrong });
      expect(await socket.frame(({ type }) => type === 'auth_error')).toMatchObject({ code: 1002 });
      expect((await socket.closed).code).toBe(4001);
    },
  );

  test('one socket more than the tier has is refused in words that a client may try again after', async () => {
    const small = await stage.tenantKey({ tier: 'free' });
    await stage.router(small);
    const second = await stage.openRouter();
    second.send({ type: 'auth', api_key: small });
    await second.frame(isError(3001));
    expect((await second.closed).code).toBe(4002);
  });

  test("a revoked key's sockets are told and closed", async () => {
    const { keys } = await createTenant(stage.file, { keys: 2 });
    const [first, second] = keys.map(({ raw_key: raw }) => raw);
    const socket = await stage.router(first ?? '');
    const path = `/v1/keys/${keys[0]?.id}`;
    await ask(stage.file.url, 'DELETE', path, { headers: { 'x-api-key': second ?? '' } });
    expect(await socket.frame(({ type }) => type === 'auth_error')).toMatchObject({ code: 1002 });
    expect((await socket.closed).code).toBe(4001);
  });
});

describe('frames that do not fit', () => {
  test.each([
    [2001, { parsec_id: 'nowhere:1' }],
    [2001, { exchange: 'polymarket' }],
    [2001, { parsec_id: 'kalshi:A', depth: 0 }],
    [2002, { exchange: 'kalshi', market_id: 'NO-SUCH-MARKET' }],
    [2002, { parsec_id: `polymarket:0x${'0'.repeat(64)}` }],
  ])('error %i for %j, and the connection lives on', async (code, selector) => {
    const socket = await stage.router(key);
    socket.send({ type: 'subscribe', markets: [selector] });
    await socket.frame(isError(code));
    const { condition } = await openMarket(stage.file);
    socket.send({
      type: 'subscribe',
      markets: [{ parsec_id: `polymarket:${condition}`, outcome: 'perhaps' }],
    });
    expect(await socket.frame(isError(2005))).toMatchObject({ parsec_id: `polymarket:${condition}` });
    await follow(socket, { parsec_id: `polymarket:${condition}` });
  });

  test('too many frames: 3001, and the end for who goes on', async () => {
    const socket = await stage.router(key);
    for (let count = 0; count < 70; count += 1) socket.send('{}');
    await socket.frame(isError(3001));
    for (let count = 0; count < 70; count += 1) socket.send('{}');
    expect((await socket.closed).code).toBe(1008);
  });

  test('an oversized frame: 3001, then 1009', async () => {
    const socket = await stage.router(key);
    socket.send({ type: 'subscribe', markets: [], padding: 'x'.repeat(20_000) });
    await socket.frame(isError(3001));
    expect((await socket.closed).code).toBe(1009);
  });
});

test("use is counted for the account, and nobody else's", async () => {
  const mine = await stage.tenantKey();
  const { condition } = await openMarket(stage.file);
  const socket = await stage.router(mine);
  await follow(socket, { parsec_id: `polymarket:${condition}` });
  socket.send({ type: 'unsubscribe', markets: [{ parsec_id: `polymarket:${condition}` }] });
  await follow(socket, { parsec_id: `polymarket:${condition}`, outcome: 'no' });
  const use = (raw: string) =>
    ask(stage.file.url, 'GET', '/api/v1/ws/usage?scope=self', { headers: { 'x-api-key': raw } });
  const heard = socket.texts.length;
  const open = await use(mine);
  expect(member(open, 'totals')).toMatchObject({
    active_connections: 1,
    active_subscriptions: 1,
    connections_opened_total: 1,
    subscribe_requests_total: 2,
    unsubscribe_requests_total: 1,
  });
  const { messages_sent_total: messages } = member(open, 'totals') as Record<string, number>;
  expect(messages).toBeGreaterThanOrEqual(heard);
  expect(member(open, 'top_markets')).toEqual([
    { parsec_id: `polymarket:${condition}`, subscriptions_total: 1 },
  ]);
  expect(member(await use(await stage.tenantKey()), 'totals')).toMatchObject({ connections_opened_total: 0 });
  await socket.close();
  await expect
    .poll(async () => member(await use(mine), 'totals'))
    .toMatchObject({ active_connections: 0, active_subscriptions: 0, connections_closed_total: 1 });
});
