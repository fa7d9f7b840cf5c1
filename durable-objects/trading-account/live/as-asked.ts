import type { VenueOrder } from '../../../shared/venues/port.ts';
import type { Sent, Settled } from './model.ts';
import { isTerminal } from './settling.ts';

/** An order as it was asked for, where the venue only remembers what was traded of it. */
export function asAsked(found: VenueOrder, sent: Sent & { readonly kind: 'place' }): VenueOrder {
  const { price, size, type } = sent.terms;
  const short = found.size < size && isTerminal(found);
  return {
    ...labelled(found, sent),
    price,
    size,
    type,
    ...(short && found.status === 'filled' && { status: 'cancelled' as const }),
  };
}

/** With the name that the caller gave it, which the venue does not know. */
export const labelled = (order: VenueOrder, sent: Sent | null): VenueOrder =>
  sent?.kind === 'place' && sent.clientOrderId !== undefined
    ? { ...order, clientOrderId: sent.clientOrderId }
    : order;

export const withLabel = (settled: Settled, sent: Sent): Settled =>
  settled.state === 'done' ? { ...settled, order: labelled(settled.order, sent) } : settled;
