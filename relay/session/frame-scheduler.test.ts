import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { fromRelay, type FromRelay } from '../../shared/relay/frames.ts';
import { DeskFeeds } from '../streams/desk-feeds.ts';
import { DeskStream } from '../streams/desk-stream.ts';
import { createBudget } from '../streams/memory-budget.ts';
import { FrameScheduler } from './frame-scheduler.ts';
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

/** An outlet with the books of two symbols, and a network that the test moves. */
function booksOfTwo() {
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
  const outlet = new FrameScheduler(new DeskFeeds(host, Date.now), limits, () => undefined);
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
  const tell = (n: number): void => {
    for (const stream of streams)
      stream.tell('update', { update: { symbol: stream.name, bids: [{ px: String(n) }] } });
  };
  const itemsOf = (stream: DeskStream) =>
    socket.sent.filter((frame) => frame.type === 'item').filter((item) => item.stream === stream.name);
  return { budget, socket, outlet, streams, tell, itemsOf };
}

const BOOKS = 1000;

test('a reader that is behind gets each newest book, its numbers still dense; nothing piles up', () => {
  const { budget, socket, outlet, streams, tell, itemsOf } = booksOfTwo();
  for (let n = 1; n <= BOOKS; n += 1) tell(n);
  expect(socket.sent.length).toBeLessThan(40);
  expect(socket.bufferedAmount).toBeLessThan(2 * SOCKET_BYTES);
  for (const stream of streams) expect(stream.unsent).toBe(1);
  expect(budget.used).toBeLessThan(2 * limits.windowBytes);
  socket.flush();
  for (const stream of streams) {
    outlet.acknowledged(stream, stream.sent);
    const items = itemsOf(stream);
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
    expect(items[0]?.item).toBe('snapshot');
    expect(items.at(-1)?.body).toMatchObject({ update: { bids: [{ px: String(BOOKS) }] } });
  }
  socket.close();
});

test('books that the connector has not come to wait here, where a newer one takes their place', () => {
  const { socket, outlet, streams, tell, itemsOf } = booksOfTwo();
  // The network takes everything; nobody acknowledges.
  for (let n = 1; n <= BOOKS; n += 1) {
    tell(n);
    socket.flush();
  }
  for (const stream of streams) {
    expect(itemsOf(stream).length).toBeLessThan(10);
    outlet.acknowledged(stream, 1);
    expect(itemsOf(stream).at(-1)?.body).toMatchObject({ update: { bids: [{ px: String(BOOKS) }] } });
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
