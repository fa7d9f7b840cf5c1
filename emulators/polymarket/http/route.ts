import {
  json,
  type Handler as VenueHandler,
  type Reply,
  type Route as VenueRoute,
  type RouteRequest,
} from '../../lib/http/route.ts';
import { requireL2 } from '../auth/l2.ts';
import type { ApiKeyRecord } from '../auth/api-keys.ts';
import type { Venue } from '../state.ts';
import { invalidPayload } from '../venue-error.ts';

export { json, type Reply, type RouteRequest };
export type Handler = VenueHandler<Venue>;
export type Route = VenueRoute<Venue>;

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

/** @throws 400 `Invalid payload`. */
export function jsonBody(request: RouteRequest): unknown {
  try {
    return JSON.parse(request.rawBody);
  } catch {
    throw invalidPayload();
  }
}
