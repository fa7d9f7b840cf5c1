import * as z from 'zod';
import { json, type Route, type RouteRequest } from '../lib/http/route.ts';
import { hashId } from '../lib/random.ts';
import { ONE, parseMicro, type Micro } from '../lib/units.ts';
import { recordTrade } from './clock.ts';
import { marketNamed, type Market, type Venue } from './model.ts';

/** A control call that makes no sense: 400 with a sentence. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/**
 * The test's hand on the venue. Local only, no part of any venue's API. Decimals are strings or numbers; a market is
 * named by its slug or its number.
 */
const decimal = z.union([z.string(), z.number()]).transform((value, context): Micro => {
  const micro = parseMicro(String(value));
  if (micro !== undefined) return micro;
  context.addIssue({ code: 'custom', message: 'a decimal with at most 6 places' });
  return z.NEVER;
});
const market = z.union([z.string(), z.number()]).transform(String);
const outcome = z.union([z.literal(0), z.literal(1)]);
const levels = z
  .array(z.object({ price: decimal, size: decimal }))
  .max(500)
  .default([]);

const stepsSchema = z.object({ n: z.number().int().min(1).max(10_000).default(1) });
const bookSchema = z.object({ market, bids: levels, asks: levels });
const tradeSchema = z.object({
  market,
  outcome: outcome.default(0),
  side: z.enum(['BUY', 'SELL']),
  price: decimal,
  size: decimal,
});
const closeSchema = z.object({ market });
const resolveSchema = z.object({ market, outcome });
const keySchema = z.object({ key: z.string().min(1).max(200).nullable() });

export const controlRoutes: readonly Route<Venue>[] = [
  post('tick', stepsSchema, (venue, { n }) => {
    if (venue.manualSteps === undefined) throw new ControlError('the machine’s clock goes');
    venue.manualSteps += n;
    return { steps: venue.manualSteps };
  }),
  // Levels of YES; the market stands still from then on.
  post('book', bookSchema, (venue, body) => {
    const { bids, asks } = body;
    if ([...bids, ...asks].some(({ price }) => price <= 0n || price >= ONE))
      throw new ControlError('prices must be inside (0, 1)');
    named(venue, body.market).fixed = {
      bids: bids.toSorted((a, b) => (a.price > b.price ? -1 : 1)),
      asks: asks.toSorted((a, b) => (a.price < b.price ? -1 : 1)),
    };
    return { levels: bids.length + asks.length };
  }),
  post('trade', tradeSchema, (venue, { market: name, ...trade }) => {
    const found = named(venue, name);
    const id = hashId(found.slug, 'control', found.trades.length);
    recordTrade(found, { ...trade, id, atMs: Date.now() });
    return { id };
  }),
  post('close', closeSchema, (venue, body) => {
    named(venue, body.market).status = 'closed';
    return { ok: true };
  }),
  post('resolve', resolveSchema, (venue, body) => {
    const found = named(venue, body.market);
    found.status = 'resolved';
    found.winner = body.outcome;
    return { ok: true };
  }),
  // Null lets everybody in again.
  post('api-key', keySchema, (venue, { key }) => {
    venue.apiKey = key ?? undefined;
    return { required: key !== null };
  }),
];

function post<T>(name: string, schema: z.ZodType<T>, run: (venue: Venue, body: T) => object): Route<Venue> {
  return {
    method: 'POST',
    pattern: `/__control/${name}`,
    handler: (venue, request) => json(run(venue, read(schema, request))),
  };
}

export function read<T>(schema: z.ZodType<T>, request: RouteRequest): T {
  let body: unknown;
  try {
    body = request.rawBody === '' ? {} : JSON.parse(request.rawBody);
  } catch {
    throw new ControlError('the body is not JSON');
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ControlError(z.prettifyError(parsed.error));
  return parsed.data;
}

function named(venue: Venue, name: string): Market {
  const found = marketNamed(venue, name);
  if (found === undefined) throw new ControlError('no such market');
  return found;
}
