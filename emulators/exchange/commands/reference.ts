import * as z from 'zod';
import type { User } from '../auth/users.ts';
import { participantOf } from '../auth/users.ts';
import type { InstrumentBook } from '../engine/types.ts';
import { prune, type WireRecord } from '../engine/views.ts';
import type { Venue } from '../state.ts';
import { name, names, page, pageFields } from './wire.ts';

/** RefDataAPI, as far as prices and quantities can be read with it. */
export const instrumentsSchema = z.object({ symbols: names, product_id: name, ...pageFields });
export const nothingSchema = z.object({});

export function instruments(
  venue: Venue,
  _user: User,
  request: z.infer<typeof instrumentsSchema>,
): WireRecord {
  const wanted = new Set(request.symbols);
  const found = [...venue.engine.books.values()].filter(
    ({ instrument }) =>
      (wanted.size === 0 || wanted.has(instrument.symbol)) &&
      (request.product_id === '' || instrument.productId === request.product_id),
  );
  const { items, nextPageToken } = page(found, request);
  return prune({
    instruments: items.map(instrumentView),
    next_page_token: nextPageToken,
    eof: nextPageToken === '',
  });
}

export function symbols(venue: Venue): WireRecord {
  return { symbols: [...venue.engine.books.keys()] };
}

export function accounts(_venue: Venue, user: User): WireRecord {
  return { accounts: user.accounts };
}

export function whoami(_venue: Venue, user: User): WireRecord {
  return { user: participantOf(user), firm: `firms/${user.firm}` };
}

function instrumentView({ instrument, state }: InstrumentBook): WireRecord {
  return prune({
    symbol: instrument.symbol,
    description: instrument.description,
    product_id: instrument.productId,
    base_currency: 'USD',
    // A double on the wire, and of no use for money: the scales are what counts.
    tick_size: Number(instrument.tick) / Number(instrument.priceScale),
    multiplier: 1,
    minimum_trade_qty: String(instrument.minimumQuantity),
    price_scale: String(instrument.priceScale),
    fractional_qty_scale: String(instrument.quantityScale),
    state,
  });
}
