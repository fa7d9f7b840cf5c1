import * as z from 'zod';
import type { VenueEndpoint } from '../http/endpoint.ts';
import { sendOnce } from '../trading/send-once.ts';
import { failure } from '../../errors/failure.ts';
import type {
  CancelOutcome,
  EventQuery,
  FillQuery,
  MarketQuery,
  NotAccepted,
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
import { signerRefused } from '../trading/signer-failures.ts';
import type { PolymarketSigner } from '../port/signer.ts';
import { balance, feeCurve, fills, positions } from './account/portfolio.ts';
import { PolymarketApi, type PolymarketSettings } from './api.ts';
import { polymarketCapabilities } from './capabilities.ts';
import { cancelMany } from './orders/cancel-orders.ts';
import type { ClientOrder } from './orders/client-order.ts';
import type { CancelledMany, PolymarketClient } from './account/polymarket-client.ts';
import { activity, outcomeBook, priceHistory, publicTrades } from './market-data/market-reads.ts';
import { listEvents, listMarkets, oneMarket } from './market-data/listing.ts';
import { findOrder, listOrders, reconcileOrder } from './account/order-lookup.ts';
import { prepareOrder } from './orders/prepare-order.ts';
import { prepareClientOrder } from './orders/prepare-client-order.ts';
import { withinLimits } from './signer-limits.ts';
import { cancelReplies, placeReplies } from './orders/command-replies.ts';

const CANCEL_PATH = '/order';

/**
 * Polymarket, behind the port. Market ids are condition ids; orders are known by the EIP-712 hash that was signed.
 * Public pages read for it:
 * - docs.polymarket.com/trading/orders/overview: order types, FOK and FAK buys in dollars, post-only, GTD's minute
 * - docs.polymarket.com/api-reference/authentication: L1 and L2 headers
 * - docs.polymarket.com/resources/error-codes: texts of refusals
 * - docs.polymarket.com/api-reference/core/get-current-positions-for-a-user: `sizeThreshold` is 1 unless it is sent
 * - docs.polymarket.com/api-reference/markets/list-markets: filters of the gamma API
 * Bodies and rounding are those of `@polymarket/clob-client-v2` 1.1.0.
 */
export class PolymarketVenue implements Venue<PolymarketSigner> {
  readonly capabilities = polymarketCapabilities;
  readonly #api: PolymarketApi;

  constructor(settings: PolymarketSettings, clob?: VenueEndpoint) {
    this.#api = new PolymarketApi(settings, clob);
  }

  markets = (query: MarketQuery) => listMarkets(this.#api, query);
  events = (query: EventQuery) => listEvents(this.#api, query);
  market = (id: string) => oneMarket(this.#api, id);
  book = (query: OutcomeQuery) => outcomeBook(this.#api, query);
  trades = (query: TradesQuery) => publicTrades(this.#api, query);
  prices = (query: OutcomeQuery & { readonly interval: PriceInterval }) => priceHistory(this.#api, query);
  fee = (marketId: string) => feeCurve(this.#api, marketId);
  userActivity = (address: string) => activity(this.#api, address);

  async ping() {
    return (await this.#api.clob.reachable(true))
      ? undefined
      : failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
  }

  prepare(terms: OrderTerms, signer: PolymarketSigner): Promise<VenueResult<PreparedOrder>> {
    return prepareOrder(this.#api, terms, signer);
  }

  /** See `ClobSession`. */
  prepareSigned(order: ClientOrder, signer: PolymarketSigner): Promise<VenueResult<PreparedOrder>> {
    return prepareClientOrder(this.#api, order, signer);
  }

  /** What only this venue has, for one signer. */
  clob(signer: PolymarketSigner): PolymarketClient {
    return {
      prepareSigned: (order) => this.prepareSigned(order, signer),
      cancel: (scope): Promise<VenueResult<CancelledMany | NotAccepted>> =>
        cancelMany(this.#api, scope, signer),
      read: (path, query) => this.#api.signed(signer, path, query, z.unknown()),
      async signatureType() {
        const who = await signer.identity();
        return who.ok ? { ok: true, value: who.identity.signatureType } : signerRefused(who);
      },
    };
  }

  send(prepared: PreparedOrder): Promise<PlaceOutcome> {
    const limits = withinLimits(this.#api.limits, prepared.request.headers, 'orders', 1);
    return sendOnce(this.#api.clob, prepared, { ...placeReplies(prepared), ...limits });
  }

  async prepareCancel(orderId: string, signer: PolymarketSigner): Promise<VenueResult<PreparedCancel>> {
    if (!/^0x[0-9a-fA-F]{64}$/.test(orderId)) return failure('ORDER_NOT_FOUND');
    const body = JSON.stringify({ orderID: orderId });
    const timestamp = await this.#api.seconds();
    const signed = await signer.l2Headers({ method: 'DELETE', path: CANCEL_PATH, body, timestamp });
    if (!signed.ok) return signerRefused(signed);
    const headers = { 'content-type': 'application/json', ...signed.headers };
    const url = `${this.#api.clob.baseUrl}${CANCEL_PATH}`;
    return {
      ok: true,
      value: {
        venue: 'polymarket',
        kind: 'cancel',
        orderId,
        request: { method: 'DELETE', url, headers, body },
      },
    };
  }

  sendCancel(prepared: PreparedCancel): Promise<CancelOutcome> {
    const limits = withinLimits(this.#api.limits, prepared.request.headers, 'cancels', 1);
    return sendOnce<CancelOutcome>(this.#api.clob, prepared, { ...cancelReplies(prepared), ...limits });
  }

  reconcile(sent: SentOrder, signer: PolymarketSigner): Promise<Reconciled> {
    return reconcileOrder(this.#api, sent, signer);
  }

  order = (id: string, signer: PolymarketSigner) => findOrder(this.#api, id, signer);
  orders = (query: OrderQuery, signer: PolymarketSigner) => listOrders(this.#api, query, signer);
  fills = (query: FillQuery, signer: PolymarketSigner) => fills(this.#api, query, signer);
  positions = (signer: PolymarketSigner) => positions(this.#api, signer);
  balance = (signer: PolymarketSigner) => balance(this.#api, signer);

  openOrders(signer: PolymarketSigner, marketId?: string) {
    return this.orders({ status: 'open', marketId, limit: Number.POSITIVE_INFINITY }, signer);
  }

  async authenticate(signer: PolymarketSigner): Promise<VenueResult<true>> {
    const found = await this.balance(signer);
    return found.ok ? { ok: true, value: true } : found;
  }
}
