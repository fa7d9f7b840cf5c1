import { env } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { injectFault, micro, setBook, tradableTokens } from '../../test/support/emulator-control.ts';
import { HANDOVER_HEADER, type Handover } from '../../shared/websockets/socket-handover.ts';
import { SocketHub } from '../socket-hub/socket-hub.ts';
import { accountObject, keyGate, socketHub } from '../rpc/stubs.ts';
import { MarketFeed } from './market-feed.ts';
import { NativeBooks } from './native-books.ts';
import { Upstream } from './upstream.ts';
import type { VenueEvent } from './venue-events.ts';
import { PATIENCE } from '../../test/support/patience.ts';

const tokens = (await tradableTokens()).filter((token) => token.tick === micro('0.01')).values();

let token: string;
let condition: string;
let hub: string;
const clients: WebSocket[] = [];

beforeEach(async () => {
  const next = tokens.next();
  if (next.done) throw new Error('the emulator has too few markets for these tests');
  ({ id: token, condition } = next.value);
  hub = `hub:${crypto.randomUUID()}`;
  await setAsk(1);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  for (const client of clients.splice(0)) client.close(1000);
});

const setAsk = (size: number): Promise<void> => setBook(token, [], [{ price: '0.6', size: String(size) }]);
const feed = () => env.MARKET_FEED.getByName(condition);

/** An open subscription keeps a feed from being evicted, so it goes as in a crash or a deploy. */
const crashFeed = (): Promise<unknown> =>
  runInDurableObject(feed(), (_, state) => state.abort('test')).catch(() => undefined);

interface Client {
  readonly socket: WebSocket;
  readonly heard: string[];
  readonly closed: () => number | undefined;
}

/** A client's socket at the hub of this test. */
async function connect(handover: Partial<Handover> = {}): Promise<Client> {
  const value: Handover = { id: crypto.randomUUID(), channel: 'market', ...handover };
  const headers = { upgrade: 'websocket', [HANDOVER_HEADER]: JSON.stringify(value) };
  const { webSocket: socket } = await socketHub(env, hub).fetch(new Request('https://hub/', { headers }));
  if (!socket) throw new Error('no socket');
  const heard: string[] = [];
  socket.addEventListener('message', ({ data }) => {
    heard.push(String(data));
  });
  let closed: number | undefined;
  socket.addEventListener('close', ({ code }) => {
    closed = code;
  });
  socket.accept();
  clients.push(socket);
  return { socket, heard, closed: () => closed };
}

async function follow(): Promise<Client> {
  const client = await connect();
  client.socket.send(JSON.stringify({ type: 'market', assets_ids: [token] }));
  await hears(client, (text) => text.includes('"book"'));
  return client;
}

/** Longer than any slow machine needs. */

const hears = ({ heard }: Client, fits: (text: string) => boolean): Promise<void> =>
  vi.waitFor(
    () =>
      expect(
        heard.some((text) => fits(text)),
        heard.join('\n'),
      ).toBe(true),
    PATIENCE,
  );

const hearsSize = (client: Client, size: number): Promise<void> =>
  hears(client, (text) => text.includes(`"size":"${size}"`));

describe('eviction and crashes', () => {
  test('a hub: its sockets stay, and go on where they were', async () => {
    const client = await follow();
    await evictDurableObject(env.SOCKET_HUB.getByName(hub));
    await setAsk(101);
    await hearsSize(client, 101);
    expect(client.heard.filter((text) => text.includes('"book"'))).toHaveLength(1);
    client.socket.send(JSON.stringify({ action: 'ping' }));
    await hears(client, (text) => text.includes('"pong"'));
  });

  test('a feed: it comes back by itself, and clients get a fresh whole book', async () => {
    const client = await follow();
    await crashFeed();
    await setAsk(102);
    await runDurableObjectAlarm(feed());
    await hears(client, (text) => text.includes('"book"') && text.includes('"102"'));
    await setAsk(103);
    await hearsSize(client, 103);
  });

  test('feed and hub both, while the venue refuses: followers come back when the venue does', async () => {
    const client = await follow();
    await injectFault({ method: 'GET', path: '/ws/market', kind: 'status', status: 503, times: 2 });
    await crashFeed();
    await evictDurableObject(env.SOCKET_HUB.getByName(hub));
    await setAsk(104);
    await runDurableObjectAlarm(feed());
    await hears(client, (text) => text.includes('"book"') && text.includes('"104"'));
  });

  test('an account: its watchers are still told', async () => {
    const account = `acct-${crypto.randomUUID()}`;
    const client = await connect({ channel: 'executions', account });
    await evictDurableObject(env.TRADING_ACCOUNT.getByName(account));
    await evictDurableObject(env.SOCKET_HUB.getByName(hub));
    await buyOne(account);
    await hears(client, (text) => text.includes('"fill"'));
  });
});

async function buyOne(account: string): Promise<void> {
  await accountObject(env, account).place({
    maxWrites: 1,
    orders: [
      {
        tokenId: token,
        side: 'BUY',
        timeInForce: 'FOK',
        kind: 'market',
        price: micro('0.6'),
        size: micro('1'),
        postOnly: false,
        priceFromAmounts: false,
        owner: 'test',
        maker: '0xtest',
      },
    ],
  });
}

describe('calls between objects that fail', () => {
  test('an answer that is lost: the fill is told once', async () => {
    const account = `acct-${crypto.randomUUID()}`;
    const client = await connect({ channel: 'executions', account });
    await setAsk(1_000);
    // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
    const announce = SocketHub.prototype.announce;
    vi.spyOn(SocketHub.prototype, 'announce').mockImplementationOnce(function (this: SocketHub, ...args) {
      announce.apply(this, args);
      throw new Error('test: the answer is lost');
    });
    await buyOne(account);
    await buyOne(account);
    await hears(client, (text) => text.includes('"trade_id":2'));
    expect(client.heard.filter((text) => text.includes('"trade_id":1'))).toHaveLength(1);
  });

  test('a hub that cannot be told of a fill has the socket closed: no hole goes unseen', async () => {
    const account = `acct-${crypto.randomUUID()}`;
    const client = await connect({ channel: 'executions', account });
    await setAsk(1_000);
    vi.spyOn(SocketHub.prototype, 'announce').mockImplementation(() => {
      throw new Error('test: out of reach');
    });
    await buyOne(account);
    await vi.waitFor(() => expect(client.closed()).toBe(1013), PATIENCE);
  });

  test('a venue that takes the connection and never answers is lost after 10 s, and tried again', async () => {
    vi.useFakeTimers();
    let [tries, lost] = [0, 0];
    vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) => {
      tries += 1;
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('test: aborted')));
      });
    });
    const upstream = new Upstream('ws://venue', [], {
      message: () => undefined,
      lost: () => {
        lost += 1;
      },
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lost).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(tries).toBe(2);
    upstream.stop();
  });

  test('a feed that fails when a lagging client is to catch up is asked again', async () => {
    const client = await follow();
    vi.spyOn(MarketFeed.prototype, 'subscribe').mockRejectedValueOnce(new Error('test: out of reach'));
    const filler = { kind: 'event', tokens: [token], custom: false, prices: [] } as const;
    const items = Array.from({ length: 5 }, () => ({ ...filler, text: 'x'.repeat(1024 * 1024) }));
    await socketHub(env, hub).deliver(condition, items);
    client.heard.length = 0;
    await hears(client, (text) => text.includes('"book"'));
  });
});

describe('the end', () => {
  test('the last follower gone: nothing stored, no alarm that comes back', async () => {
    const client = await follow();
    client.socket.close(1000);
    await vi.waitFor(async () => {
      const stored = await runInDurableObject(feed(), (_, state) => state.storage.kv.get('hubs'));
      expect(stored).toBeUndefined();
    }, PATIENCE);
    await runDurableObjectAlarm(feed());
    expect(await runInDurableObject(feed(), (_, state) => state.storage.getAlarm())).toBeNull();
  });

  test('a hub that lost its sockets is dropped at the next event', async () => {
    const client = await follow();
    const lost = `hub:${crypto.randomUUID()}`;
    await feed().subscribe(lost, 'nobody');
    await setAsk(105);
    await hearsSize(client, 105);
    await vi.waitFor(async () => {
      const stored = await runInDurableObject(feed(), (_, state) => state.storage.kv.get('hubs'));
      expect(stored).toEqual([hub]);
    }, PATIENCE);
  });
});

describe("a key's count of sockets", () => {
  const gate = `gate-${crypto.randomUUID()}`;
  const record = {
    id: 'key',
    tenant: 'tenant',
    account: 'account',
    tier: 'free',
    permissions: ['read'],
    state: 'active',
    snapshot: {
      version: 1,
      tier: 'free',
      roles: ['trader'],
      admission: 'self_serve',
      flagged: false,
      underReview: false,
      betaCutoff: 0,
    },
  } as const;

  test('survives eviction of the gate, and a lost release does not count', async () => {
    await keyGate(env, gate).issue(record);
    expect(await keyGate(env, gate).acquireSocket('one', hub)).toMatchObject({ ok: true });
    await evictDurableObject(env.KEY_GATE.getByName(gate));
    expect(await keyGate(env, gate).acquireSocket('two', hub)).toMatchObject({ ok: false });
    // The hub has never seen "one": as after a crash between counting and accepting.
    await runInDurableObject(env.KEY_GATE.getByName(gate), (_, state) =>
      state.storage.kv.put('sockets', [{ id: 'one', hub, at: 0 }]),
    );
    expect(await keyGate(env, gate).acquireSocket('two', hub)).toMatchObject({ ok: true });
  });

  test('a key that ends while its socket is on its way to the hub closes it all the same', async () => {
    const [lost, id] = [`gate-${crypto.randomUUID()}`, crypto.randomUUID()];
    await keyGate(env, lost).issue(record);
    await keyGate(env, lost).acquireSocket(id, hub);
    await keyGate(env, lost).change({ state: 'revoked' });
    await socketHub(env, hub).dismiss([id]);
    const { closed } = await connect({ id, gate: lost });
    await vi.waitFor(() => expect(closed()).toBe(4001), PATIENCE);
  });

  test('a socket that is open is never taken for gone', async () => {
    const id = crypto.randomUUID();
    await connect({ id });
    await runInDurableObject(env.KEY_GATE.getByName(gate), (_, state) =>
      state.storage.kv.put('sockets', [{ id, hub, at: 0 }]),
    );
    expect(await keyGate(env, gate).acquireSocket('three', hub)).toMatchObject({
      ok: false,
      reason: 'RATE_LIMIT_EXCEEDED',
    });
  });
});

const book = (asset: string): VenueEvent => ({
  event_type: 'book',
  asset_id: asset,
  timestamp: '1',
  bids: [],
  asks: [{ price: '0.6', size: '1' }],
});
const change = (...assets: readonly string[]): VenueEvent => ({
  event_type: 'price_change',
  timestamp: '2',
  price_changes: assets.map((asset) => ({ asset_id: asset, price: '0.6', size: '2', side: 'SELL' })),
});

test('a venue out of order: no change of a book before the book, and nothing of another market', () => {
  const books = new NativeBooks('0xmarket');
  books.describe({
    tick: undefined,
    outcomes: [
      { label: 'Yes', tokenId: '1' },
      { label: 'No', tokenId: '2' },
    ],
  });
  expect(books.own(change('1'))).toBeUndefined();
  expect(books.own(book('3'))).toBeUndefined();
  const first = books.own(book('1'));
  expect(first).toEqual(book('1'));
  if (first) books.take(first);
  expect(books.own(change('1', '2', '3'))).toEqual(change('1'));
});
