import * as z from 'zod';
import type { Micro } from '../../shared/money/fixed.ts';
import { decimal } from '../../shared/venues/money/venue-decimal.ts';
import type { PublicTrade } from '../../shared/venues/port.ts';

/** Messages of the venue's market channel, as far as we read them (docs.polymarket.com/asyncapi.json). */
const level = z.object({ price: z.string(), size: z.string() });

const book = z.looseObject({
  event_type: z.literal('book'),
  asset_id: z.string(),
  timestamp: z.string(),
  hash: z.string().optional(),
  bids: z.array(level),
  asks: z.array(level),
});

const priceChange = z.looseObject({
  event_type: z.literal('price_change'),
  timestamp: z.string(),
  price_changes: z.array(
    z.looseObject({
      asset_id: z.string(),
      price: z.string(),
      size: z.string(),
      side: z.enum(['BUY', 'SELL']),
      hash: z.string().optional(),
    }),
  ),
});

const ofToken = z.looseObject({
  event_type: z.enum(['last_trade_price', 'tick_size_change', 'best_bid_ask']),
  asset_id: z.string(),
});

const resolved = z.looseObject({ event_type: z.literal('market_resolved') });

const venueEvent = z.discriminatedUnion('event_type', [book, priceChange, ofToken, resolved]);

export type BookEvent = z.infer<typeof book>;
export type PriceChangeEvent = z.infer<typeof priceChange>;
export type VenueEvent = z.infer<typeof venueEvent>;

/** Events of one message: the venue sends single objects and arrays. What we do not know is left out. */
export function readEvents(text: string): readonly VenueEvent[] {
  const value = parse(text);
  const events: VenueEvent[] = [];
  for (const candidate of Array.isArray(value) ? value : [value]) {
    const event = venueEvent.safeParse(candidate);
    if (event.success) events.push(event.data);
  }
  return events;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const lastTrade = z.object({
  event_type: z.literal('last_trade_price'),
  asset_id: z.string(),
  price: decimal,
  size: decimal,
  side: z.enum(['BUY', 'SELL']),
  timestamp: z.coerce.number(),
  transaction_hash: z.string().optional(),
});

/** The trade that an event tells of, and its token. Undefined for other events. */
export function tradeOf(
  event: VenueEvent,
): { readonly token: string; readonly trade: Omit<PublicTrade, 'outcome'> } | undefined {
  const read = lastTrade.safeParse(event);
  if (!read.success) return undefined;
  const { asset_id: token, price, size, side, timestamp: at, transaction_hash: id = '' } = read.data;
  return { token, trade: { id, side, price, size, at } };
}

const tickChange = z.object({ event_type: z.literal('tick_size_change'), new_tick_size: decimal });

/** The market's tick from now on. Undefined for other events. */
export function newTickOf(event: VenueEvent): Micro | undefined {
  return tickChange.safeParse(event).data?.new_tick_size;
}
