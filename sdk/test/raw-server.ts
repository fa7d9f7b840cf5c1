import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What the server writes to a connection once a request has come in whole; then it ends or breaks it. */
export interface Answer {
  readonly bytes: Buffer;
  /** `reset`: the connection breaks; `silence`: nothing more comes, and it stays open. */
  readonly after: 'end' | 'reset' | 'silence';
}

export interface Seen {
  readonly line: string;
  readonly headers: string;
  readonly body: string;
}

export interface RawServer {
  readonly url: string;
  /** Requests since `answer` was last called. */
  readonly seen: () => readonly Seen[];
  /** Answers what comes now by its number, from 0. */
  readonly answer: (by: (number: number) => Answer) => void;
  readonly close: () => Promise<void>;
}

/** A server on this machine that answers with bytes, whether they are HTTP or not. */
export async function startRawServer(): Promise<RawServer> {
  let seen: Seen[] = [];
  let answer: (number: number) => Answer = () => http(500, '');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      const request = wholeRequest(text);
      if (!request) return;
      seen.push(request);
      const { bytes, after } = answer(seen.length - 1);
      if (after === 'reset') socket.write(bytes, () => socket.resetAndDestroy());
      else if (after === 'end') socket.end(bytes);
      else socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen: () => seen,
    answer(by) {
      seen = [];
      answer = by;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function wholeRequest(text: string): Seen | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...rest] = text.slice(0, end).split('\r\n');
  const headers = rest.join('\n').toLowerCase();
  const length = Number(/^content-length: (\d+)$/m.exec(headers)?.[1] ?? '0');
  const body = text.slice(end + 4);
  return Buffer.byteLength(body) < length ? undefined : { line, headers, body };
}

/** An HTTP reply; its length is told, so that one that is cut short shows. */
export const http = (
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Answer => {
  const all = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} Whatever\r\nconnection: close\r\n${lines.join('')}\r\n`;
  return { bytes: Buffer.concat([Buffer.from(head), Buffer.from(body)]), after: 'end' };
};

/** A refusal in the words of the gateway. */
export const refusal = (
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Answer =>
  http(status, JSON.stringify({ error: 'A sentence', code: 'a_code' }), {
    'x-polysim-code': reason,
    ...headers,
  });
