import { asMicro, SCALE } from '../../../shared/money/fixed.ts';
import type { LiveVenue } from '../../../shared/venues/venue-names.ts';
import type { VenueFill, VenueOrder } from '../../../shared/venues/port.ts';
import type { SentCommand, LiveSettlement } from './model.ts';
import { isTerminal } from './settlement.ts';
import type { LiveTables } from './live-tables.ts';

/**
 * An order as this account asked for it, where the journal still knows: the venue may remember only what was traded of
 * it, and Kalshi, which has one book for both outcomes, whether it bids or asks there.
 */
export function asStated(tables: LiveTables, venue: LiveVenue, found: VenueOrder): VenueOrder {
  const sent = tables.placed(venue, found.id)?.sent;
  if (sent?.kind !== 'place') return found;
  const { outcome, side, price, size, type } = sent.terms;
  const short = found.size < size && isTerminal(found);
  return {
    ...labelled(found, sent),
    outcome,
    side,
    price,
    size,
    type,
    ...(short && found.status === 'filled' && { status: 'cancelled' as const }),
  };
}

/** A fill in the words of its order: Kalshi tells only which side of its book it took. */
export function fillAsStated(tables: LiveTables, venue: LiveVenue, fill: VenueFill): VenueFill {
  const sent = tables.placed(venue, fill.orderId)?.sent;
  if (sent?.kind !== 'place' || sent.terms.outcome === fill.outcome) return fill;
  const { outcome, side } = sent.terms;
  return { ...fill, outcome, side, price: asMicro(SCALE - fill.price) };
}

/** With the name that the caller gave it, which the venue does not know. */
export const labelled = (order: VenueOrder, sent: SentCommand | null): VenueOrder =>
  sent?.kind === 'place' && sent.clientOrderId !== undefined
    ? { ...order, clientOrderId: sent.clientOrderId }
    : order;

/** What became of a command, with the order in the words of whoever asked for it. */
export function inCallersTerms(
  tables: LiveTables,
  venue: LiveVenue,
  settled: LiveSettlement,
  sent: SentCommand,
): LiveSettlement {
  if (settled.state !== 'done') return settled;
  const { order } = settled;
  return {
    ...settled,
    order: sent.kind === 'cancel' ? asStated(tables, venue, order) : labelled(order, sent),
  };
}
