import { createRequire } from 'node:module';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The part of `ws` that the emulator uses: the package brings no types of its own. */
export interface WebSocket {
  readonly readyState: number;
  send(data: string): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer) => void): this;
  on(event: 'close' | 'error', listener: () => void): this;
}

interface Server {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    done: (socket: WebSocket) => void,
  ): void;
}

// Required, not imported: the object tests resolve imports for workerd, where `ws` is a stub that throws.
const ws = createRequire(import.meta.url)('ws') as {
  readonly WebSocketServer: new (options: { readonly noServer: true; readonly maxPayload: number }) => Server;
};

export const { WebSocketServer } = ws;

/** `readyState` of a socket that takes messages. */
export const OPEN = 1;
