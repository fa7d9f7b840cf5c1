import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A thread with the websocket clients of the exchange bench, so that none waits for another part of the bench. Each
 * follows one symbol and keeps the delay of every book: from the exchange's `transact_time` to its receipt, one clock,
 * whole milliseconds.
 */
export interface ReaderSpec {
  /** `ws://…/v1/ws/exchange`. */
  readonly url: string;
  /** One for each client, taken in turn. */
  readonly keys: readonly string[];
  readonly symbols: readonly string[];
  readonly clients: number;
}

/** What a reader has heard since it was last asked. */
export interface ReceivedBooks {
  /** Delays in ms, ascending. */
  readonly delays: readonly number[];
}

/** How often a client shows that it reads: books beyond 512 KB without a sign of life are skipped (contract: exchange). */
const PING_MS = 100;
const ASKED = /"echo":"([^"]+)"/;
const STAMP = /"transact_time":"([^"]+)"/;

interface Socket {
  send(text: string): void;
  terminate(): void;
  on(event: 'open' | 'close', listener: (code: number) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'message', listener: (data: Buffer) => void): void;
}

if (parentPort) {
  const port = parentPort;
  // The package brings no types of its own.
  const { WebSocket } = createRequire(import.meta.url)('ws') as {
    readonly WebSocket: new (url: string, options: object) => Socket;
  };
  // Given by exchange.ts.
  const { url, keys, symbols, clients } = workerData as ReaderSpec;
  let delays: number[] = [];
  const opened = Array.from({ length: clients }, (_, index) => {
    const headers = { 'x-api-key': keys[index % keys.length] ?? '' };
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    const books = [symbols[index % symbols.length] ?? ''];
    const fail = (reason: string): void => port.postMessage({ error: `client ${index}: ${reason}` });
    socket.on('error', ({ message }) => fail(message));
    socket.on('close', (code) => fail(`closed with ${code}`));
    const ready = new Promise<void>((resolve) => {
      socket.on('open', () => {
        socket.send(JSON.stringify({ op: 'subscribe', stream: 'market_data', symbols: books }));
        setInterval(() => socket.send('PING'), PING_MS);
      });
      socket.on('message', (data) => {
        const text = data.toString('latin1');
        const at = STAMP.exec(text)?.[1];
        const echo = at === undefined && ASKED.exec(text)?.[1];
        if (echo) socket.send(JSON.stringify({ op: 'echo', echo }));
        if (at === undefined) return;
        resolve();
        delays.push(Date.now() - Date.parse(at));
      });
    });
    return ready;
  });
  await Promise.all(opened);
  port.on('message', () => {
    const heard: ReceivedBooks = { delays: delays.toSorted((a, b) => a - b) };
    delays = [];
    port.postMessage(heard);
  });
  port.postMessage({ ready: true });
}
