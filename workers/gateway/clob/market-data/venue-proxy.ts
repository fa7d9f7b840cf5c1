import * as z from 'zod';
import { countSubrequest } from '../../../../durable-objects/rpc/subrequest-counter.ts';
import type { Reason } from '../../../../shared/errors/catalogue.ts';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { readText } from '../../../../shared/read-body.ts';
import { venueFetch } from '../../../../shared/venues/http/venue-fetch.ts';
import { route, type AnyRoute, type Call, type Method } from '../../http/route.ts';
import { errorBody } from '../../trading/v1-wire.ts';

/** What a venue may answer with under our name: nothing that a browser runs. */
const DATA = /^(?:application\/json|text\/plain)(?:;|$)/i;

/** A venue's refusal is a sentence. */
const MAX_REFUSAL_BYTES = 64 * 1024;

export interface ProxySpec<P, Q, B> {
  readonly method?: Method;
  /** Path below `/v1`, in OpenAPI form; the venue's path is the same. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  /** Code of what the venue does not know. */
  readonly missing?: 'TOKEN_NOT_FOUND' | 'MARKET_NOT_FOUND';
  /** What a query can be wrong in that the contract gives a code of its own. */
  readonly check?: (query: Q) => Reason | undefined;
}

/**
 * A public market-data route that is the venue's own: checked, counted, then passed through as a stream, with
 * the venue's status and text (contract: clob, "Account and market data").
 */
export function proxy<P = undefined, Q = undefined, B = undefined>(spec: ProxySpec<P, Q, B>): AnyRoute {
  return route<P, Q, B>({
    method: spec.method ?? 'GET',
    path: `/v1${spec.path}`,
    summary: spec.summary,
    tag: 'market data',
    auth: { kind: 'public' },
    ...(spec.params && { params: spec.params }),
    ...(spec.query && { query: spec.query }),
    ...(spec.body && { body: spec.body }),
    reply: { status: 200, schema: z.unknown() },
    handle(call) {
      const fault = spec.check?.(call.query);
      if (fault !== undefined) throw new RequestError(fault);
      return forward(call, spec.missing ?? 'TOKEN_NOT_FOUND');
    },
  });
}

async function forward<P, Q, B>(
  { env, url, request, query, body }: Call<P, Q, B>,
  missing: Reason,
): Promise<Response> {
  const target = `${env.POLYMARKET_CLOB_URL}${url.pathname.slice('/v1'.length)}${searchOf(query)}`;
  countSubrequest(env);
  const upstream = await send(target, request.method, body);
  const elsewhere = upstream.status >= 300 && upstream.status < 400;
  if (elsewhere || upstream.status >= 500 || upstream.status === 429) {
    await upstream.body?.cancel();
    const asked = Number(upstream.headers.get('retry-after') ?? '1');
    const retryAfter = Number.isFinite(asked) ? Math.max(1, Math.ceil(asked)) : 1;
    throw new RequestError('VENUE_UNAVAILABLE', { retryAfter });
  }
  if (upstream.status >= 400) throw await refusal(upstream, query, missing);
  const headers = new Headers();
  // These two headers of the venue's reply reach the caller; the rest is between the venue and us.
  const [type, retryAfter] = ['content-type', 'retry-after'].map((name) => upstream.headers.get(name));
  if (type) headers.set('content-type', DATA.test(type) ? type : 'application/octet-stream');
  if (retryAfter) headers.set('retry-after', retryAfter);
  return new Response(upstream.body, { status: upstream.status, headers });
}

/** The query as it was validated: what the venue sees is what was checked, each parameter once. */
function searchOf(query: unknown): string {
  const pairs = Object.entries(query ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

async function send(target: string, method: string, body: unknown): Promise<Response> {
  const payload =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  try {
    return await venueFetch(target, { method, ...payload });
  } catch {
    throw new RequestError('VENUE_UNAVAILABLE', { retryAfter: 1 });
  }
}

/** A venue's refusal with its own status and text, under our code. */
async function refusal(upstream: Response, query: unknown, missing: Reason): Promise<RequestError> {
  const parsed = errorBody.safeParse(await sentence(upstream).catch(() => undefined));
  const message = parsed.success ? parsed.data.error : 'The venue refused the request';
  return new RequestError(reasonOf(upstream.status, query, missing), { message, status: upstream.status });
}

const sentence = async (upstream: Response): Promise<unknown> =>
  JSON.parse(await readText(upstream, MAX_REFUSAL_BYTES));

/** Our own checks let only ids and cursors through: what the venue still refuses in a page is its cursor. */
function reasonOf(status: number, query: unknown, missing: Reason): Reason {
  if (status === 404) return missing;
  const paged = typeof query === 'object' && query !== null && 'next_cursor' in query;
  return paged ? 'INVALID_CURSOR' : 'VALIDATION_FAILED';
}
