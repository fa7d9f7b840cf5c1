import { connect, type Socket } from 'node:net';

/** How one request ended. */
export interface Answer {
  readonly status: number;
  /** Only of a failure: what to show. */
  readonly text: string;
}

const HEAD_END = Buffer.from('\r\n\r\n');
/** With one request in flight nothing follows the last chunk, so an end of this form is the reply's end. */
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/**
 * One kept-alive connection with one request in flight. It reads only what it must of HTTP/1.1, so that the
 * generator costs less than what it measures: `node:http` itself would need about 40 µs a request.
 */
export class Client {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Client(socket));
      });
    });
  }

  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.#received.toString('latin1', 0, headEnd + 2).toLowerCase();
    if (!isWhole(this.#received, head, headEnd + HEAD_END.length)) return;
    const status = Number(head.slice(9, 12));
    const text = status >= 200 && status < 300 ? '' : this.#received.toString().slice(0, 1_500);
    this.#received = Buffer.alloc(0);
    this.#settle?.resolve({ status, text });
  }

  #fail(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = undefined;
  }
}

function isWhole(received: Buffer, head: string, bodyStart: number): boolean {
  const at = head.indexOf('\r\ncontent-length:');
  if (at !== -1) {
    const length = Number.parseInt(head.slice(at + 17), 10);
    return received.length >= bodyStart + length;
  }
  if (!head.includes('\r\ntransfer-encoding: chunked')) return true;
  return (
    received.length >= bodyStart + LAST_CHUNK.length &&
    received.subarray(received.length - LAST_CHUNK.length).equals(LAST_CHUNK)
  );
}
