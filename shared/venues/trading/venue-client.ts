import type { Capabilities } from '../port/capabilities.ts';
import type {
  Balance,
  FillQuery,
  OrderQuery,
  OrderTerms,
  Position,
  PreparedCancel,
  PreparedOrder,
  Reconciled,
  SentOrder,
  TradingVenue,
  Venue,
  VenueFill,
  VenueOrder,
  VenueResult,
} from '../port.ts';
import type { PolymarketClient } from '../polymarket/account/polymarket-client.ts';
import type { Signed } from '../port/signer.ts';

/**
 * A venue on behalf of one account: the trading half with its signer in it, so that callers need not know which kind
 * of signer a venue wants. Methods as in `TradingVenue`.
 */
export interface VenueClient extends Pick<TradingVenue<unknown>, 'send' | 'sendCancel'> {
  readonly capabilities: Capabilities;
  /**
   * Whose orders this session sees, as text that is no secret. What was sent by another cannot be found by it, and
   * its absence then says nothing.
   */
  readonly identity: () => Promise<Signed<{ readonly identity: string }>>;
  prepare(terms: OrderTerms): Promise<VenueResult<PreparedOrder>>;
  prepareCancel(orderId: string): Promise<VenueResult<PreparedCancel>>;
  reconcile(sent: SentOrder): Promise<Reconciled>;
  order(id: string): Promise<VenueResult<VenueOrder>>;
  orders(query: OrderQuery): Promise<VenueResult<readonly VenueOrder[]>>;
  fills(query: FillQuery): Promise<VenueResult<readonly VenueFill[]>>;
  positions(): Promise<VenueResult<readonly Position[]>>;
  balance(): Promise<VenueResult<Balance>>;
  /** On Polymarket. */
  readonly clob?: PolymarketClient;
}

export const venueClientOf = <S>(
  venue: Venue<S>,
  signer: S,
  identity: VenueClient['identity'],
): VenueClient => ({
  capabilities: venue.capabilities,
  identity,
  prepare: (terms) => venue.prepare(terms, signer),
  send: (prepared) => venue.send(prepared),
  prepareCancel: (orderId) => venue.prepareCancel(orderId, signer),
  sendCancel: (prepared) => venue.sendCancel(prepared),
  reconcile: (sent) => venue.reconcile(sent, signer),
  order: (id) => venue.order(id, signer),
  orders: (query) => venue.orders(query, signer),
  fills: (query) => venue.fills(query, signer),
  positions: () => venue.positions(signer),
  balance: () => venue.balance(signer),
});
