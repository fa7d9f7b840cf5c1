import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  CREDENTIAL_HEADER,
  OUTCOME_HEADER,
  REPLY_TOKEN_HEADER,
  TOKEN_HEADER,
} from '../../shared/relay/routes.ts';
import type { CallReply, Calls } from './calls.ts';

/** The gateway's own bound on bodies. */
const MAX_BODY_BYTES = 256 * 1024;
/** A gateway that has not sent its whole request by then is cut off, ms. */
const REQUEST_TIMEOUT_MS = 15_000;

/** The relay's door for calls; sessions come to it as upgrades. */
export function createCallServer(calls: Calls): Server {
  const server = createServer((request, response) => {
    serve(calls, request, response).catch(() => request.socket.destroy());
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  return server;
}

async function serve(calls: Calls, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    request.resume();
    response.writeHead(404, { [OUTCOME_HEADER]: 'not-sent' });
    response.end();
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { [OUTCOME_HEADER]: 'not-sent', connection: 'close' });
    response.end();
    return;
  }
  const reply = await calls.answer({
    path: request.url ?? '/',
    authorization: first(request.headers[TOKEN_HEADER]),
    credential: first(request.headers[CREDENTIAL_HEADER]),
    body,
  });
  response.writeHead(reply.status, headersOf(reply));
  response.end(reply.body);
}

const headersOf = (reply: CallReply): Readonly<Record<string, string>> => ({
  'content-type': reply.contentType,
  'content-length': String(Buffer.byteLength(reply.body)),
  'cache-control': 'no-store',
  [OUTCOME_HEADER]: reply.outcome,
  [REPLY_TOKEN_HEADER]: reply.token,
  ...(reply.retryAfter !== undefined && { 'retry-after': reply.retryAfter }),
});

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

const first = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
