import { failure } from '../../errors/failure.ts';
import { unsupported } from '../port/capabilities.ts';
import type { VenueEndpoint } from '../http/endpoint.ts';
import { sendOnce } from '../trading/send-once.ts';
import type {
  CancelOutcome,
  EventQuery,
  FillQuery,
  MarketQuery,
  OrderQuery,
  OrderTerms,
  OutcomeQuery,
  PlaceOutcome,
  PreparedCancel,
  PreparedOrder,
  PriceInterval,
  Reconciled,
  SentOrder,
  TradesQuery,
  Venue,
  VenueResult,
} from '../port.ts';
import type { KalshiSigner } from '../port/signer.ts';
import { balance, positions } from './portfolio.ts';
import { KalshiApi, type KalshiSettings } from './api.ts';
import { kalshiCapabilities } from './capabilities.ts';
import { feeCurve, priceHistory, publicTrades, readBook } from './market-reads.ts';
import { listEvents, listMarkets, oneMarket } from './listing.ts';
import { fills, findOrder, listOrders, reconcileOrder } from './order-lookup.ts';
import { prepareCancel, prepareOrder } from './prepare-order.ts';
import { cancelReplies, placeReplies } from './command-replies.ts';

/**
 * Kalshi, behind the port. Market ids are tickers; orders are found again by their client order id. Public pages read
 * for it:
 * - docs.kalshi.com/api-reference/orders/create-order-v2: one YES book, bid and ask, times in force
 * - docs.kalshi.com/getting_started/orderbook_responses: bids of both outcomes, ascending
 * - docs.kalshi.com/getting_started/quick_start_create_order: what a client order id is for
 * - docs.kalshi.com/getting_started/quick_start_authenticated_requests: headers and what is signed
 * - docs.kalshi.com/getting_started/order_errors, fixed_point_migration, fee_rounding
 * Members of bodies are those of `kalshi-typescript` 3.30.0.
 */
export class KalshiVenue implements Venue<KalshiSigner> {
  readonly capabilities = kalshiCapabilities;
  readonly #api: KalshiApi;

  constructor(settings: KalshiSettings, line?: VenueEndpoint) {
    this.#api = new KalshiApi(settings, line);
  }

  markets = (query: MarketQuery) => listMarkets(this.#api, query);
  events = (query: EventQuery) => listEvents(this.#api, query);
  market = (ticker: string) => oneMarket(this.#api, ticker);
  book = (query: OutcomeQuery) => readBook(this.#api, query);
  trades = (query: TradesQuery) => publicTrades(this.#api, query);
  prices = (query: OutcomeQuery & { readonly interval: PriceInterval }) => priceHistory(this.#api, query);
  fee = (ticker: string) => feeCurve(this.#api, ticker);
  userActivity = () => Promise.resolve(unsupported('kalshi', 'the activity of an address'));

  async ping() {
    return (await this.#api.endpoint.reachable(true))
      ? undefined
      : failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
  }

  prepare(terms: OrderTerms, signer: KalshiSigner): Promise<VenueResult<PreparedOrder>> {
    return prepareOrder(this.#api, terms, signer);
  }

  send(prepared: PreparedOrder): Promise<PlaceOutcome> {
    return sendOnce(this.#api.endpoint, prepared, placeReplies(prepared));
  }

  prepareCancel(orderId: string, signer: KalshiSigner): Promise<VenueResult<PreparedCancel>> {
    return prepareCancel(this.#api, orderId, signer);
  }

  sendCancel(prepared: PreparedCancel): Promise<CancelOutcome> {
    return sendOnce<CancelOutcome>(this.#api.endpoint, prepared, cancelReplies(prepared));
  }

  reconcile(sent: SentOrder, signer: KalshiSigner): Promise<Reconciled> {
    return reconcileOrder(this.#api, sent, signer);
  }

  order = (id: string, signer: KalshiSigner) => findOrder(this.#api, id, signer);
  orders = (query: OrderQuery, signer: KalshiSigner) => listOrders(this.#api, query, signer);
  fills = (query: FillQuery, signer: KalshiSigner) => fills(this.#api, query, signer);
  positions = (signer: KalshiSigner) => positions(this.#api, signer);
  balance = (signer: KalshiSigner) => balance(this.#api, signer);

  openOrders(signer: KalshiSigner, marketId?: string) {
    return this.orders({ status: 'open', marketId, limit: Number.POSITIVE_INFINITY }, signer);
  }

  async authenticate(signer: KalshiSigner): Promise<VenueResult<true>> {
    const found = await this.balance(signer);
    return found.ok ? { ok: true, value: true } : found;
  }
}
