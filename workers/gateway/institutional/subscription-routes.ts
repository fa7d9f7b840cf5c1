import * as z from 'zod';
import { failure, RequestError } from '../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import { findCredential } from '../auth/find-credential.ts';
import { route, type AnyRoute, type Call } from '../http/route.ts';
import { authOf, deskAuth } from './desk.ts';
import { joinDeskSocket } from './stream-routes.ts';

type Kind = 'market_data' | 'orders' | 'positions';

/** What a subscription may ask for. Depth and aggregation are those of the one stream that all clients share. */
const symbols = z.array(z.string().regex(/^[\w:./-]{1,128}$/)).max(100);
const API = '/api/v1beta1';

/** The connector's event as the exchange itself would say it, in a line; `gap` is ours. */
const event = z.object({
  stream: z.string().optional(),
  type: z.enum(['snapshot', 'update', 'gap', 'heartbeat', 'error', 'pong']),
  body: z.looseObject({ echo: z.string().optional() }).optional(),
  message: z.string().optional(),
});

const MARKET: Kind = 'market_data';

/** `echo`: what is to be sent back once the line has been read. */
function lineOf(
  kind: Kind,
  text: string,
): { readonly text: string; readonly echo?: string | undefined } | undefined {
  const { data } = event.safeParse(JSON.parse(text));
  if (!data || data.type === 'pong') return undefined;
  if (data.type === 'error')
    return { text: line({ error: { code: 3, message: data.message ?? 'invalid', details: [] } }) };
  if (data.type === 'heartbeat') return { text: line({ result: { heartbeat: {} } }), echo: data.body?.echo };
  const name = kind === MARKET && data.type === 'snapshot' ? 'update' : data.type;
  return { text: line({ result: { [name]: data.body ?? {} } }) };
}
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Newline-delimited JSON, for as long as the caller reads it. */
async function subscribed(
  call: Call<unknown, unknown, unknown>,
  kind: Kind,
  named: readonly string[] | undefined,
) {
  if ((await authOf(call)) !== 'desk') {
    throw new RequestError('NOT_SUPPORTED', {
      message: "Streams are of the desk's own session: leave Authorization out",
    });
  }
  const credential = findCredential(call.request.headers);
  if (credential.kind !== 'key') throw new RequestError('MISSING_API_KEY');
  const joined = await joinDeskSocket(call.env, await sha256Hex(credential.key));
  if ('reason' in joined) throw new RequestError(joined);
  const socket = joined.webSocket;
  if (!socket) throw new RequestError(failure('VENUE_UNAVAILABLE', { retryAfter: 1 }));
  return new Response(lines(socket, kind, named), {
    headers: { 'content-type': 'application/x-ndjson' },
  });
}

function lines(socket: WebSocket, kind: Kind, named: readonly string[] | undefined): ReadableStream {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  let ended = false;
  const end = (error?: string): void => {
    if (ended) return;
    ended = true;
    socket.close(1000);
    const last = error === undefined ? '' : line({ error: { code: 14, message: error, details: [] } });
    void finish(writer, encoder.encode(waiting + last));
  };
  /** What came while the reader was still taking what came before. */
  let waiting = '';
  let asked: string | undefined;
  let isWriting = false;
  // All that waits in one go: line by line workerd passes on no more than some ten in a second when many wait.
  const write = async (): Promise<void> => {
    if (isWriting) return;
    isWriting = true;
    while (waiting !== '' && !ended) {
      const [text, echo] = [waiting, asked];
      waiting = '';
      asked = undefined;
      await writer.write(encoder.encode(text));
      // The reader has taken it, and so all before it.
      if (!ended) socket.send(JSON.stringify(echo === undefined ? { op: 'ping' } : { op: 'echo', echo }));
    }
    isWriting = false;
  };
  socket.addEventListener('message', ({ data }) => {
    const told = lineOf(kind, String(data));
    if (told === undefined || ended) return;
    waiting += told.text;
    asked = told.echo ?? asked;
    write().catch(() => end());
  });
  socket.addEventListener('close', ({ reason }) => end(reason === '' ? 'the stream has ended' : reason));
  socket.accept();
  socket.send(JSON.stringify({ op: 'subscribe', stream: kind, ...(named && { symbols: named }) }));
  return readable;
}

async function finish(writer: WritableStreamDefaultWriter<Uint8Array>, last: Uint8Array): Promise<void> {
  try {
    await writer.write(last);
    await writer.close();
  } catch {
    // The reader is gone.
  }
}

const shared = {
  method: 'POST',
  tag: 'exchange',
  auth: deskAuth,
  headers: [],
  reply: { status: 200, schema: z.looseObject({}), type: 'application/x-ndjson' },
} as const;

export const subscriptionRoutes: readonly AnyRoute[] = [
  route({
    ...shared,
    path: `${API}/create_market_data_subscription`,
    summary: 'Whole books of symbols, one JSON object a line, for as long as they are read',
    body: z.strictObject({ symbols: symbols.min(1) }),
    handle: (call) => subscribed(call, 'market_data', call.body.symbols),
  }),
  route({
    ...shared,
    path: `${API}/create_order_subscription`,
    summary: "The desk's open orders, then every execution, one JSON object a line",
    body: z.strictObject({ symbols: symbols.optional() }),
    handle: (call) => subscribed(call, 'orders', nonEmpty(call.body.symbols)),
  }),
  route({
    ...shared,
    path: `${API}/create_position_change_subscription`,
    summary: "The desk's positions, then each as it changes, one JSON object a line",
    body: z.strictObject({}),
    handle: (call) => subscribed(call, 'positions', undefined),
  }),
];

/** None means all. */
const nonEmpty = (list: readonly string[] | undefined): readonly string[] | undefined =>
  list?.length === 0 ? undefined : list;
