import * as z from 'zod';
import { parseMicro } from '../../lib/units.ts';
import { ExchangeError, invalid } from '../exchange-error.ts';
import type { RouteRequest } from '../../lib/http/route.ts';
import type { InstrumentBook } from '../engine/types.ts';
import type { Venue } from '../state.ts';

/** What the control API takes: plain snake_case JSON; integers over the scales as text or number. */
const label = z.string().regex(/^[\w-]{1,60}$/);
const integer = z.union([z.string().regex(/^\d{1,15}$/), z.number().int().min(0)]).transform(BigInt);
const levels = z
  .array(z.object({ px: integer, qty: integer }))
  .max(500)
  .default([]);
const dollars = z.union([z.string(), z.number()]).transform((value, context) => {
  const micro = parseMicro(String(value));
  if (micro !== undefined) return micro;
  context.addIssue({ code: 'custom', message: 'a decimal with at most 6 places' });
  return z.NEVER;
});
const duration = z.number().int().min(1).max(1e10);
const count = z.number().int().min(0).max(1_000_000).default(0);
const kind = z.enum(['market_data', 'orders', 'positions', 'drop_copy']);

export const userSchema = z.object({
  name: label,
  firm: label,
  accounts: z.array(label).min(1).max(50),
  password: z.string().min(1).max(1000).optional(),
});
export const registrationSchema = z.object({ username: label });
export const clientSchema = z.object({
  client_id: z.string().min(1).max(200),
  public_key: z.string().max(10_000),
  username: label,
});
export const tokensSchema = z.object({
  access_ttl_ms: duration.optional(),
  refresh_ttl_ms: duration.optional(),
  v1_ttl_ms: duration.optional(),
});
export const clockSchema = z.object({ offset_ms: z.number().int().min(-1e11).max(1e11) });
export const tickSchema = z.object({ n: z.number().int().min(1).max(10_000).default(1) });
export const bookSchema = z.object({ symbol: z.string(), bids: levels, offers: levels });
export const symbolSchema = z.object({ symbol: z.string().optional() });
export const instrumentSchema = z.object({
  symbol: z.string(),
  state: z.enum([
    'INSTRUMENT_STATE_CLOSED',
    'INSTRUMENT_STATE_OPEN',
    'INSTRUMENT_STATE_SUSPENDED',
    'INSTRUMENT_STATE_HALTED',
  ]),
});
export const fundSchema = z.object({ account: z.string().max(200), usd: dollars });
export const cutSchema = z.object({
  kind: kind.optional(),
  firm: label.optional(),
  how: z.enum(['status', 'connection']).default('status'),
  /** As on REST: 503 is UNAVAILABLE. */
  status: z.number().int().min(400).max(599).default(503),
});
export const streamsSchema = z.object({
  cap: z.number().int().min(0).max(10_000).optional(),
  heartbeat_ms: z.number().int().min(10).max(3_600_000).optional(),
  hold: z.boolean().optional(),
});
export const connectionsSchema = z.object({ refuse: z.boolean() });
export const rateLimitsSchema = z.object({
  enabled: z.boolean().optional(),
  limits: z
    .array(z.object({ method: z.string().max(60), burst: z.number().int().min(1), per_ms: duration }))
    .max(50)
    .default([]),
});
export const generateSchema = z.object({
  books: count,
  executions: count,
  per_second: z.number().int().min(0).max(100_000).default(0),
  username: label.optional(),
  account: z.string().max(200).default(''),
  symbols: z.array(z.string()).max(1000).default([]),
});

/** @throws INVALID_ARGUMENT. */
export function readControl<T>(schema: z.ZodType<T>, { rawBody }: RouteRequest): T {
  const parsed = schema.safeParse(parse(rawBody === '' ? '{}' : rawBody));
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  return parsed.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('the body is not JSON');
  }
}

/** @throws NOT_FOUND. */
export function requireBook(venue: Venue, symbol: string): InstrumentBook {
  const book = venue.engine.books.get(symbol);
  if (book === undefined) throw new ExchangeError('NOT_FOUND', `no instrument ${symbol}`);
  return book;
}
