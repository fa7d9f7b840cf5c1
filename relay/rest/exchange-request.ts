import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Upstream } from '../config/presets.ts';

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** `Host` and TLS server name, where they are not the URL's. */
  readonly host: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What a request came to; `relay/routes.ts` says what each means. */
export type ExchangeReply =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      readonly contentType: string;
      readonly retryAfter: string | undefined;
      readonly body: string;
    }
  | { readonly outcome: 'not-sent'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string };

export type AskExchange = (request: ExchangeRequest) => Promise<ExchangeReply>;

/** Longer than a page of any list of the exchange. */
const MAX_REPLY_BYTES = 4 * 1024 * 1024;
const MAX_SOCKETS = 128;
/** Below what load balancers keep an idle connection for: a reused one that dies makes an outcome unknown. */
const IDLE_MS = 15_000;

/** Sends requests to the exchange's REST, each once, and tells truly whether one can have had an effect. */
export function createAsker(upstream: Upstream, timeoutMs: number): { ask: AskExchange; close(): void } {
  const pool = { keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_SOCKETS, timeout: IDLE_MS };
  const plain = new HttpAgent(pool);
  const secure = new HttpsAgent({ ...pool, ...(upstream.ca && { ca: upstream.ca }) });
  return {
    ask: (request) => send(request, request.url.protocol === 'https:' ? secure : plain, timeoutMs),
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

function send(request: ExchangeRequest, agent: HttpAgent, timeoutMs: number): Promise<ExchangeReply> {
  const { method, url, host, headers, body } = request;
  return new Promise((resolve) => {
    let isConnected = false;
    const options: RequestOptions & { readonly servername?: string } = {
      method,
      agent,
      headers: {
        ...headers,
        ...(host !== undefined && { host }),
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
      ...(host !== undefined && { servername: host.split(':')[0] ?? host }),
    };
    const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      read(response).then(
        (reply) => finish(reply),
        (error: unknown) => fail(error),
      );
    });
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const finish = (reply: ExchangeReply): void => {
      clearTimeout(timer);
      resolve(reply);
    };
    const fail = (error: unknown): void => {
      const reason = error instanceof Error ? error.message : String(error);
      finish({ outcome: isConnected ? 'unknown' : 'not-sent', reason });
      outgoing.destroy();
    };
    outgoing.on('error', fail);
    // Nothing is written before the connection is up, and for TLS before the other side has shown who it is.
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) isConnected = true;
      else {
        const ready = url.protocol === 'https:' ? 'secureConnect' : 'connect';
        socket.once(ready, () => (isConnected = true));
      }
    });
    outgoing.end(body);
  });
}

async function read(response: IncomingMessage): Promise<ExchangeReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error('the answer was cut off');
  return {
    outcome: 'answered',
    status: response.statusCode ?? 502,
    contentType: response.headers['content-type'] ?? 'application/json',
    retryAfter: response.headers['retry-after'],
    body: Buffer.concat(chunks).toString(),
  };
}
