import { createRequire } from 'node:module';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The part of `ws` that the relay uses: the package brings no types of its own. */
export interface WebSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  /** `done` when the bytes have left this process, or cannot. */
  send(data: string, done?: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
  /** Leaves what comes in the network's buffers. */
  pause(): void;
  resume(): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): this;
  on(event: 'open' | 'error', listener: () => void): this;
  on(event: 'close', listener: (code: number) => void): this;
  /** The other side answered with this status instead of a websocket. Whoever listens ends it. */
  on(
    event: 'unexpected-response',
    listener: (request: unknown, response: { readonly statusCode?: number }) => void,
  ): this;
}

interface Server {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    done: (socket: WebSocket) => void,
  ): void;
}

interface Options {
  readonly maxPayload: number;
  readonly perMessageDeflate: boolean;
}

const ws = createRequire(import.meta.url)('ws') as {
  readonly WebSocketServer: new (options: Options & { readonly noServer: true }) => Server;
  readonly WebSocket: new (
    url: URL,
    options: Options & {
      readonly headers: Readonly<Record<string, string>>;
      readonly handshakeTimeout: number;
      readonly ca?: Buffer;
    },
  ) => WebSocket;
};

export const { WebSocketServer, WebSocket: WebSocketClient } = ws;

/** `readyState` of a socket that takes messages. */
export const OPEN = 1;
