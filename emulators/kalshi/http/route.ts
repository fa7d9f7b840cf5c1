import {
  json,
  type Handler as VenueHandler,
  type Reply,
  type Route as VenueRoute,
  type RouteRequest,
} from '../../lib/http/route.ts';
import type { ApiKeyRecord } from '../auth/api-key-record.ts';
import { requireKey } from '../auth/require-key.ts';
import type { Venue } from '../state.ts';
import { unreadable } from '../venue-error.ts';

export { json, type Reply, type RouteRequest };
export type Route = VenueRoute<Venue>;

export function route(method: string, pattern: string, handler: VenueHandler<Venue>): Route {
  return { method, pattern, handler };
}

/** A route behind a signature; the handler is told whose. */
export function signedRoute(
  method: string,
  pattern: string,
  handler: (venue: Venue, request: RouteRequest, caller: ApiKeyRecord) => Reply,
): Route {
  return {
    method,
    pattern,
    handler: (venue, request) => handler(venue, request, requireKey(venue, request)),
  };
}

/** @throws 400 `bad_request`. */
export function jsonBody(request: RouteRequest): unknown {
  try {
    return JSON.parse(request.rawBody);
  } catch {
    throw unreadable('the body is not JSON');
  }
}
