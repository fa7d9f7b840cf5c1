import { json, route, type Reply, type Route, type RouteRequest } from '../http/route.ts';
import type { MarketState, Venue } from '../state.ts';
import { gammaEventView, gammaMarketView } from './gamma-view.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 500;

export const gammaRoutes: readonly Route[] = [
  route('GET', '/gamma/markets', (venue, { query }) => {
    const rows = venue.markets.filter((state) => marketMatches(state, query));
    return json(windowOf(rows, query).map(gammaMarketView));
  }),
  route('GET', '/gamma/markets/:id', (venue, request) =>
    one(venue, (state) => state.market.gammaId === request.params['id']),
  ),
  route('GET', '/gamma/markets/slug/:slug', (venue, request) =>
    one(venue, (state) => state.market.slug === request.params['slug']),
  ),
  route('GET', '/gamma/events', (venue, { query }) => {
    const rows = eventsOf(venue).filter((states) => eventMatches(states, query));
    return json(windowOf(rows, query).map(eventView));
  }),
  route('GET', '/gamma/events/:id', (venue, request) => oneEvent(venue, request, 'id')),
  route('GET', '/gamma/events/slug/:slug', (venue, request) => oneEvent(venue, request, 'slug')),
];

function marketMatches(state: MarketState, query: URLSearchParams): boolean {
  const { market } = state;
  return (
    listAllows(query, 'condition_ids', [market.conditionId]) &&
    listAllows(query, 'clob_token_ids', [market.yesToken, market.noToken]) &&
    listAllows(query, 'slug', [market.slug]) &&
    listAllows(query, 'id', [market.gammaId]) &&
    flagAllows(query, 'closed', !state.accepting) &&
    flagAllows(query, 'active', true) &&
    flagAllows(query, 'archived', false)
  );
}

function eventMatches(states: readonly MarketState[], query: URLSearchParams): boolean {
  const event = states[0]?.market.event;
  if (event === undefined) return false;
  return (
    listAllows(query, 'slug', [event.slug]) &&
    listAllows(query, 'id', [event.id]) &&
    flagAllows(
      query,
      'closed',
      states.every((state) => !state.accepting),
    ) &&
    flagAllows(query, 'active', true)
  );
}

/** List filters come repeated or comma-separated; absent means everything. */
function listAllows(query: URLSearchParams, name: string, values: readonly string[]): boolean {
  const wanted = query.getAll(name).flatMap((text) => text.split(','));
  return wanted.length === 0 || values.some((value) => wanted.includes(value));
}

function flagAllows(query: URLSearchParams, name: string, value: boolean): boolean {
  const wanted = query.get(name);
  return wanted === null || wanted === String(value);
}

function windowOf<T>(rows: readonly T[], query: URLSearchParams): readonly T[] {
  const offset = numberOr(query.get('offset'), 0);
  const limit = Math.min(MAX_LIMIT, numberOr(query.get('limit'), DEFAULT_LIMIT));
  return rows.slice(offset, offset + limit);
}

function numberOr(text: string | null, fallback: number): number {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : fallback;
}

function one(venue: Venue, wanted: (state: MarketState) => boolean): Reply {
  const state = venue.markets.find(wanted);
  return state === undefined ? missing() : json(gammaMarketView(state));
}

function oneEvent(venue: Venue, request: RouteRequest, by: 'id' | 'slug'): Reply {
  const found = eventsOf(venue).find((states) => states[0]?.market.event[by] === request.params[by]);
  return found === undefined ? missing() : json(eventView(found));
}

function missing(): Reply {
  return json({ type: 'not found error', error: 'id not found' }, 404);
}

function eventsOf(venue: Venue): readonly (readonly MarketState[])[] {
  const events = new Map<string, MarketState[]>();
  for (const state of venue.markets) {
    const { id } = state.market.event;
    events.set(id, [...(events.get(id) ?? []), state]);
  }
  return [...events.values()];
}

function eventView(states: readonly MarketState[]): unknown {
  const event = states[0]?.market.event;
  return event === undefined ? null : gammaEventView(event, states);
}
