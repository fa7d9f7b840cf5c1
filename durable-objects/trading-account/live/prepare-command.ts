import { unsupported } from '../../../shared/venues/port/capabilities.ts';
import type { ClientOrder } from '../../../shared/venues/polymarket/orders/client-order.ts';
import type { OrderTerms } from '../../../shared/venues/port.ts';
import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import type { LiveReply, LiveWork, SentCommand, LiveSettlement } from './model.ts';
import { placeSettlement, sendCancel } from './settlement.ts';

/** A command that is checked and signed. */
export interface PreparedCommand {
  readonly sent: SentCommand;
  /** Of an order, where the venue trades tokens. */
  readonly tokenId?: string | undefined;
  send(): Promise<LiveSettlement>;
}

/** Checks and signs what is asked, for the venue of the session. Nothing that could have an effect leaves. */
export async function prepareCommand(
  work: LiveWork,
  client: VenueClient,
): Promise<PreparedCommand | (LiveReply & { readonly ok: false })> {
  if (work.kind === 'cancel') {
    const prepared = await client.prepareCancel(work.orderId);
    if (!prepared.ok) return prepared;
    return { sent: work, send: () => sendCancel(client, prepared.value) };
  }
  const prepared =
    work.kind === 'post' ? await signed(work.order, client) : await client.prepare(named(work.terms, client));
  if (!prepared.ok) return prepared;
  const { terms, dedupe } = prepared.value;
  const label = work.kind === 'place' ? work.label : undefined;
  return {
    sent: { kind: 'place', terms, dedupe, ...(label && { clientOrderId: label.id }) },
    tokenId: prepared.value.tokenId,
    send: async () => placeSettlement(await client.send(prepared.value)),
  };
}

const signed = (order: ClientOrder, { clob, capabilities }: VenueClient) =>
  clob
    ? clob.prepareSigned(order)
    : Promise.resolve(unsupported(capabilities.venue, 'orders that clients sign'));

/** A venue that knows orders by the client's id gets one: by it the order is found again. */
const named = (terms: OrderTerms, { capabilities }: VenueClient): OrderTerms =>
  capabilities.dedupe === 'client-order-id' && terms.clientOrderId === undefined
    ? { ...terms, clientOrderId: crypto.randomUUID() }
    : terms;
