import { env } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { moveClock, resetClock } from '../../shared/clock.ts';
import { generateKey } from '../../shared/keys/key-format.ts';
import { sha256Hex } from '../../shared/keys/digest.ts';
import { injectFault, micro, setBook, tradableTokens } from '../../test/support/emulator-control.ts';
import { replay } from '../../test/support/book-replay.ts';
import { keyGate, socketHub } from '../rpc/stubs.ts';
import { HANDOVER_HEADER, type Handover } from '../../shared/websockets/socket-handover.ts';
import { PATIENCE } from '../../test/support/patience.ts';

const tokens = (await tradableTokens()).filter((token) => token.tick === micro('0.01')).values();
/** Longer than any slow machine needs. */

let token: string;
let condition: string;
let hub: string;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  const next = tokens.next();
  if (next.done) throw new Error('the emulator has too few markets for these tests');
  ({ id: token, condition } = next.value);
  hub = `hub:${crypto.randomUUID()}`;
  await setAsk(1);
});
afterEach(() => {
  resetClock();
  for (const socket of sockets.splice(0)) socket.close(1000);
});

const setAsk = (size: number): Promise<void> => setBook(token, [], [{ price: '0.6', size: String(size) }]);
const feed = () => env.MARKET_FEED.getByName(condition);

type Frame = Readonly<Record<string, unknown>>;
interface Client {
  readonly socket: WebSocket;
  readonly heard: Frame[];
  readonly closed: () => number | undefined;
}

/** A router client's socket at the hub of this test. */
async function connect(channel: Handover['channel'] = 'router'): Promise<Client> {
  const handover: Handover = { id: crypto.randomUUID(), channel };
  const headers = { upgrade: 'websocket', [HANDOVER_HEADER]: JSON.stringify(handover) };
  const { webSocket: socket } = await socketHub(env, hub).fetch(new Request('https://hub/', { headers }));
  if (!socket) throw new Error('no socket');
  const heard: Frame[] = [];
  let closed: number | undefined;
  socket.addEventListener('message', ({ data }) => {
    heard.push(JSON.parse(String(data)) as Frame);
  });
  socket.addEventListener('close', ({ code }) => {
    closed = code;
  });
  socket.accept();
  sockets.push(socket);
  return { socket, heard, closed: () => closed };
}

const hears = ({ heard }: Client, fits: (frame: Frame) => boolean): Promise<void> =>
  vi.waitFor(
    () =>
      expect(
        heard.some((frame) => fits(frame)),
        JSON.stringify(heard),
      ).toBe(true),
    PATIENCE,
  );

const asksOf = ({ heard }: Client) =>
  replay(heard.filter(({ type }) => String(type).startsWith('orderbook')))?.asks;
const showsSize = (client: Client, size: number): Promise<void> =>
  vi.waitFor(() => expect(asksOf(client)).toEqual([[0.6, size]]), PATIENCE);

async function signedIn(): Promise<Client> {
  const key = generateKey('test');
  await keyGate(env, await sha256Hex(key)).issue({
    id: 'key',
    tenant: 'tenant',
    account: 'account',
    tier: 'enterprise',
    permissions: ['read'],
    state: 'active',
    snapshot: {
      version: 1,
      tier: 'enterprise',
      roles: ['trader'],
      admission: 'self_serve',
      flagged: false,
      underReview: false,
      betaCutoff: 0,
    },
  });
  const client = await connect();
  client.socket.send(JSON.stringify({ type: 'auth', api_key: key }));
  await hears(client, ({ type }) => type === 'auth_ok');
  return client;
}

async function follows(): Promise<Client> {
  const client = await signedIn();
  const markets = [{ parsec_id: `polymarket:${condition}` }];
  client.socket.send(JSON.stringify({ type: 'subscribe', markets }));
  await hears(client, ({ type }) => type === 'orderbook');
  return client;
}

test('who has not signed in within 15 s is told 1001 and closed; who has gets heartbeats', async () => {
  moveClock({ kind: 'stand' });
  const [silent, signed] = [await connect(), await signedIn()];
  moveClock({ kind: 'advance', ms: 14_999 });
  await runDurableObjectAlarm(env.SOCKET_HUB.getByName(hub));
  expect(silent.heard).toEqual([]);
  moveClock({ kind: 'advance', ms: 1 });
  await runDurableObjectAlarm(env.SOCKET_HUB.getByName(hub));
  await hears(silent, ({ type, code }) => type === 'error' && code === 1001);
  await vi.waitFor(() => expect(silent.closed()).toBe(4001), PATIENCE);
  moveClock({ kind: 'advance', ms: 30_000 });
  await runDurableObjectAlarm(env.SOCKET_HUB.getByName(hub));
  await hears(signed, ({ type, ts_ms: at }) => type === 'heartbeat' && typeof at === 'number');
  expect(signed.closed()).toBeUndefined();
});

test('a hub that sleeps keeps its sockets, and the numbers go on', async () => {
  const client = await follows();
  await evictDurableObject(env.SOCKET_HUB.getByName(hub));
  await setAsk(101);
  await showsSize(client, 101);
  await evictDurableObject(env.SOCKET_HUB.getByName(hub));
  await setAsk(102);
  await showsSize(client, 102);
  expect(client.heard.filter(({ type }) => type === 'orderbook')).toHaveLength(1);
});

test('a feed that crashed comes back by itself, with a whole book for everyone', async () => {
  const client = await follows();
  await runInDurableObject(feed(), (_, state) => state.abort('test')).catch(() => undefined);
  await setAsk(103);
  await runDurableObjectAlarm(feed());
  await showsSize(client, 103);
  await setAsk(104);
  await showsSize(client, 104);
  expect(client.heard.filter(({ type }) => type === 'orderbook')).toHaveLength(2);
});

/** As much as a client gets before it is asked for a sign of life, in frames that are of no book. */
async function fill(): Promise<void> {
  const text = JSON.stringify({ type: 'filler', padding: 'x'.repeat(100_000) });
  const item = { kind: 'view', view: 'polymarket|50|Yes', text, whole: false } as const;
  await socketHub(env, hub).deliver(
    condition,
    Array.from({ length: 7 }, () => item),
  );
}

test('a client that shows no sign of life is asked for one, gets no more until then, and is closed in the end', async () => {
  const client = await follows();
  const count = (name: string): number => client.heard.filter(({ type }) => type === name).length;
  await fill();
  await hears(client, ({ type }) => type === 'resync_required');
  const other = await follows();
  await setAsk(1_001);
  await showsSize(other, 1_001);
  expect(count('orderbook_delta')).toBe(0);
  const resync = JSON.stringify({ type: 'resync', parsec_id: `polymarket:${condition}` });
  client.socket.send(resync);
  await showsSize(client, 1_001);

  moveClock({ kind: 'stand' });
  await fill();
  await hears(client, () => count('resync_required') === 2);
  moveClock({ kind: 'advance', ms: 5_001 });
  await setAsk(1_002);
  await hears(client, ({ type }) => type === 'slow_reader');
  expect(client.closed()).toBeUndefined();
  moveClock({ kind: 'advance', ms: 60_000 });
  await runDurableObjectAlarm(env.SOCKET_HUB.getByName(hub));
  await vi.waitFor(() => expect(client.closed()).toBe(4008), PATIENCE);
});

test("while the venue's channel is down, a new follower gets the book that can be read, marked stale", async () => {
  await injectFault({ method: 'GET', path: '/ws/market', kind: 'status', status: 503, times: 4 });
  const client = await follows();
  expect(client.heard.find(({ type }) => type === 'orderbook')).toMatchObject({
    asks: [[0.6, 1]],
    feed_state: 'degraded',
    book_state: 'stale',
  });
  await setAsk(105);
  await showsSize(client, 105);
  await hears(client, ({ feed_state: state }) => state === 'healthy');
});

test('a book that moved while only /v1/ws followed it is shown as it is now, and as what it is', async () => {
  const native = await connect('market');
  native.socket.send(JSON.stringify({ type: 'market', assets_ids: [token] }));
  const first = await follows();
  first.socket.close(1000);
  await vi.waitFor(async () => {
    const stored = await runInDurableObject(feed(), (_, state) => state.storage.kv.get('views'));
    expect(stored).toBeUndefined();
  }, PATIENCE);
  await setAsk(201);
  await hears(native, (frame) => JSON.stringify(frame).includes('"size":"201"'));
  const next = await follows();
  expect(next.heard.find(({ type }) => type === 'orderbook')).toMatchObject({
    asks: [[0.6, 201]],
    feed_state: 'healthy',
  });
});

test('the last follower gone: nothing stored, no alarm that comes back', async () => {
  const client = await follows();
  client.socket.close(1000);
  await vi.waitFor(async () => {
    const stored = await runInDurableObject(feed(), (_, state) => state.storage.kv.get('views'));
    expect(stored).toBeUndefined();
  }, PATIENCE);
  await runDurableObjectAlarm(feed());
  expect(await runInDurableObject(feed(), (_, state) => state.storage.getAlarm())).toBeNull();
});
