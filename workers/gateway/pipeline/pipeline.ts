import { failure, RequestError, toWireError } from '../http/errors.ts';
import { authenticate } from '../auth/authenticate.ts';
import type { AdmissionReport } from '../auth/admission-report.ts';
import type { Env } from '../env.ts';
import { now } from '../../../shared/clock.ts';
import { rateLimitHeaders, type ResetForm } from '../../../shared/limits/rate-limit-headers.ts';
import { countedEnv, type SubrequestCounter } from '../../../durable-objects/rpc/subrequest-counter.ts';
import { poolHeaders } from '../../../shared/limits/customer-pool.ts';
import { pauseAt } from '../../../shared/testing/fault-points.ts';
import { logRequest, type RequestLog } from './access-log.ts';
import { withinInFlightCap } from './in-flight-cap.ts';
import { parseJson, readBody } from './body.ts';
import { queryOf } from './query.ts';
import { countRequest } from './request-counter.ts';
import { markSpan } from './request-span.ts';
import { loggableId, requestIdOf } from '../http/request-id.ts';
import type { AnyRoute, Call, Caller, Reply } from '../http/route.ts';
import { errorShapeOf } from '../http/wire-errors.ts';
import { validate } from './validate.ts';

/** What is known of a request outside its route. */
export interface Incoming {
  readonly env: Env;
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The way of a request (docs/architecture.md): id, body limit, authentication and admission, validation, the
 * handler, then the reply with its headers. Every failure becomes the surface's error; an unknown one its 500.
 */
export async function run(route: AnyRoute, incoming: Incoming): Promise<Response> {
  const started = Date.now();
  const { request } = incoming;
  const counter: SubrequestCounter = { subrequests: 0 };
  const env = countedEnv(incoming.env, counter);
  const requestId = requestIdOf(request.headers);
  const seen: AdmissionReport = {};
  let caller: Caller | undefined;
  let response: Response;
  let code: string | undefined;
  try {
    const url = new URL(request.url);
    const text = await readBody(request);
    if (INSTRUMENTED) await pauseAt('gateway/request/received');
    caller = await authenticate(
      route.auth,
      { request, url, body: text, address: addressOf(request, env) },
      env,
      seen,
    );
    if (INSTRUMENTED) await pauseAt('gateway/request/admitted');
    const call: Call<unknown, unknown, unknown> = {
      env,
      request,
      url,
      // What a handler is given may end in an audit chain, for good.
      requestId: loggableId(requestId),
      caller,
      declared: route.headers ?? [],
      params: route.params === undefined ? undefined : validate(route.params, incoming.params),
      query: queryOf(route, url),
      body: route.body === undefined ? undefined : bodyOf(route, request, text),
    };
    // The registry's handlers were checked against their schemas by `route`; here only the values meet again.
    const handle = route.handle as (call: Call<unknown, unknown, unknown>) => Promise<Reply>;
    response = toResponse(await withinInFlightCap(caller.principal, () => handle(call)));
    if (INSTRUMENTED) await pauseAt('gateway/request/handled');
  } catch (error) {
    const known =
      error instanceof RequestError ? error.failure : internal(error, loggableId(requestId), route.path);
    code = known.reason;
    const wire = toWireError(known, route.path, requestId, request.headers);
    response = Response.json(wire.body, { status: wire.status, headers: wire.headers });
  }
  finish(response, requestId, seen, errorShapeOf(route.path) === 'partner' ? 'left' : 'unix');
  observe(env, {
    requestId,
    route,
    method: request.method,
    caller,
    status: response.status,
    code,
    ms: Date.now() - started,
    hops: counter.subrequests,
  });
  return response;
}

/** Tells of a request in every way there is. Nothing of it is waited for. */
function observe(env: Env, log: RequestLog): void {
  logRequest(log);
  countRequest(env.REQUESTS, log);
  markSpan(log);
}

function bodyOf(route: AnyRoute, request: Request, text: string): unknown {
  const value = parseJson(text, request.headers.get('content-type'));
  return route.body === undefined ? undefined : validate(route.body, value, route.bodyFault);
}

function toResponse(reply: Reply): Response {
  if (reply instanceof Response) return reply;
  return Response.json(reply.body, {
    status: reply.status ?? 200,
    ...(reply.headers && { headers: reply.headers }),
  });
}

function finish(
  response: Response,
  requestId: string,
  seen: AdmissionReport,
  reset: ResetForm = 'unix',
): void {
  const { headers } = response;
  headers.set('x-request-id', requestId);
  headers.set('cache-control', 'no-store');
  // Text of a venue's or a caller's own is never a page of ours.
  headers.set('x-content-type-options', 'nosniff');
  if (seen.limit)
    for (const [name, value] of rateLimitHeaders(seen.limit, now(), reset)) headers.set(name, value);
  if (seen.pool) for (const [name, value] of poolHeaders(seen.pool)) headers.set(name, value);
  if (seen.betaExpired === true) headers.set('x-api-beta-cutoff', 'expired');
  if (seen.degraded === true) headers.set('x-ratelimit-status', 'degraded');
}

/** The caller's address by the header that the deployment trusts, else one shared name. */
function addressOf(request: Request, env: Env): string {
  const header = env.CLIENT_IP_HEADER;
  return (header === '' ? undefined : request.headers.get(header)?.slice(0, 64)) ?? 'local';
}

function internal(error: unknown, requestId: string, route: string): ReturnType<typeof failure> {
  // The message may name internals, never a secret: no code of ours puts one into an Error.
  const detail = error instanceof Error ? { name: error.name, message: error.message.slice(0, 500) } : {};
  console.error(JSON.stringify({ level: 'error', request_id: requestId, route, ...detail }));
  return failure('INTERNAL_ERROR');
}

/** A page or document outside the routes, with the headers of every reply. */
export function publish(request: Request, response: Response): Response {
  finish(response, requestIdOf(request.headers), {});
  return response;
}

/** The reply of paths and methods that no route has. */
export function refuse(incoming: Omit<Incoming, 'params'>, allow: readonly string[] | undefined): Response {
  const { env, request } = incoming;
  const requestId = requestIdOf(request.headers);
  const known = allow === undefined ? failure('NOT_FOUND') : failure('METHOD_NOT_ALLOWED', { allow });
  const wire = toWireError(known, new URL(request.url).pathname, requestId, request.headers);
  const response = Response.json(wire.body, { status: wire.status, headers: wire.headers });
  finish(response, requestId, {});
  const { method } = request;
  const rest = { route: undefined, caller: undefined, ms: 0, hops: 0 };
  observe(env, { requestId, method, status: response.status, code: known.reason, ...rest });
  return response;
}
