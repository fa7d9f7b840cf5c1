import type { IncomingHttpHeaders } from 'node:http';
import { requireL2 } from '../auth/l2.ts';
import type { ApiKeyRecord } from '../auth/api-keys.ts';
import type { Venue } from '../state.ts';
import { invalidPayload } from '../venue-error.ts';

export interface RouteRequest {
  readonly method: string;
  /** As sent, without the query: what L2 signatures cover. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export type Handler = (venue: Venue, request: RouteRequest) => Reply;

export interface Route {
  readonly method: string;
  /** Segments; one that starts with ':' binds a parameter. */
  readonly pattern: string;
  readonly handler: Handler;
}

export function route(method: string, pattern: string, handler: Handler): Route {
  return { method, pattern, handler };
}

/** A route behind L2 authentication; the handler is told who calls. */
export function l2Route(
  method: string,
  pattern: string,
  handler: (venue: Venue, request: RouteRequest, caller: ApiKeyRecord) => Reply,
): Route {
  return {
    method,
    pattern,
    handler: (venue, request) => handler(venue, request, requireL2(venue, request)),
  };
}

export function json(value: unknown, status = 200): Reply {
  return { status, body: JSON.stringify(value) };
}

/** @throws 400 `Invalid payload`. */
export function jsonBody(request: RouteRequest): unknown {
  try {
    return JSON.parse(request.rawBody);
  } catch {
    throw invalidPayload();
  }
}
