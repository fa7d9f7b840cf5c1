import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { fromRelay, type FromRelay } from '../../shared/relay/frames.ts';
import { DeskFeeds } from '../streams/desk-feeds.ts';
import { DeskStream } from '../streams/desk-stream.ts';
import { createBudget } from '../streams/memory.ts';
import { Outlet } from './outlet.ts';
import { Wire } from './wire.ts';
import { OPEN, type WebSocket } from './ws.ts';

/** A websocket whose network takes nothing until `flush`. */
class StuckSocket extends EventEmitter implements WebSocket {
  readonly readyState = OPEN;
  bufferedAmount = 0;
  readonly sent: FromRelay[] = [];
  readonly #done: (() => void)[] = [];

  send(data: string, done?: () => void): void {
    this.sent.push(fromRelay.parse(JSON.parse(data)));
    this.bufferedAmount += data.length;
    if (done !== undefined) this.#done.push(done);
  }

  flush(): void {
    this.bufferedAmount = 0;
    for (const done of this.#done.splice(0)) done();
  }

  close(): void {
    this.emit('close', 1000);
  }
  terminate(): void {
    this.emit('close', 1006);
  }
  pause(): void {}
  resume(): void {}
}

const SOCKET_BYTES = 2000;
const limits = {
  windowItems: 100,
  windowBytes: 20_000,
  memoryBytes: 1e6,
  socketBytes: SOCKET_BYTES,
  graceMs: 0,
  silenceMs: 1000,
};

test('a reader that is behind gets each newest book, its numbers still dense; nothing piles up', () => {
  const budget = createBudget(limits.memoryBytes);
  const socket = new StuckSocket();
  const wire = new Wire(socket, SOCKET_BYTES);
  // Nothing is opened at an exchange here: books come from the test.
  const channel = { open: () => expect.unreachable(), close: () => undefined };
  const host = {
    channel,
    silenceMs: 1000,
    quietMs: 1000,
    backoff: () => 1000,
    credential: () => undefined,
    refuseCredential: () => undefined,
  };
  const outlet = new Outlet(new DeskFeeds(host, Date.now), limits, () => undefined);
  outlet.attach(wire);
  wire.listen({ frame: () => undefined, drained: () => outlet.pump(), closed: () => undefined });
  const streams = ['a', 'b'].map((symbol) => {
    const spec = { name: symbol, kind: 'market_data' as const, params: { symbols: [symbol] } };
    const owner = { ready: (one: DeskStream) => outlet.ready(one), say: () => undefined, now: Date.now };
    const window = { items: limits.windowItems, bytes: limits.windowBytes };
    const stream = new DeskStream(spec, owner, window, budget, 0);
    stream.isOpen = true;
    return stream;
  });
  const BOOKS = 1000;
  for (let n = 1; n <= BOOKS; n += 1)
    for (const stream of streams)
      stream.tell('update', { update: { symbol: stream.name, bids: [{ px: String(n) }] } });
  expect(socket.sent.length).toBeLessThan(40);
  expect(socket.bufferedAmount).toBeLessThan(2 * SOCKET_BYTES);
  for (const stream of streams) expect(stream.unsent).toBe(1);
  expect(budget.used).toBeLessThan(2 * limits.windowBytes);
  socket.flush();
  for (const { name } of streams) {
    const items = socket.sent
      .filter((frame) => frame.type === 'item')
      .filter(({ stream }) => stream === name);
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
    expect(items[0]?.item).toBe('snapshot');
    expect(items.at(-1)?.body).toMatchObject({ update: { bids: [{ px: String(BOOKS) }] } });
  }
  socket.close();
});

test('a connection without a word from the other side is pinged, then given up after three times as long', () => {
  vi.useFakeTimers();
  try {
    const socket = new StuckSocket();
    let isClosed = false;
    const wire = new Wire(socket, SOCKET_BYTES, 1000);
    wire.listen({ frame: () => undefined, drained: () => undefined, closed: () => (isClosed = true) });
    vi.advanceTimersByTime(2500);
    expect(socket.sent.map(({ type }) => type)).toContain('ping');
    socket.emit('message', Buffer.from('{"type":"pong","id":1}'), false);
    vi.advanceTimersByTime(3000);
    expect(isClosed).toBe(false);
    vi.advanceTimersByTime(2000);
    expect(isClosed).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
