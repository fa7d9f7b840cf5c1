import { unsupported } from '../port/capabilities.ts';
import { dataOnlyCapabilities } from '../data-only/capabilities.ts';
import type { DataOnlySettings } from '../data-only/reader.ts';
import type { VenueEndpoint } from '../http/endpoint.ts';
import type {
  DataVenue,
  EventQuery,
  MarketQuery,
  OutcomeQuery,
  PriceInterval,
  TradesQuery,
} from '../port.ts';
import { LimitlessApi } from './api.ts';
import { activity, priceHistory, publicTrades, readBook } from './market-reads.ts';
import { listEvents, listMarkets, oneMarket } from './listing.ts';

/** The book is read from the venue each time. */
const limitlessCapabilities = dataOnlyCapabilities('limitless', 'Limitless');

/**
 * Limitless, read only. Market ids are slugs. Public pages read for it:
 * - docs.limitless.exchange/api-reference: host, public routes need no key, amounts × 10⁶, one request each 300 ms
 * - docs.limitless.exchange/api-reference/markets/get-active-markets, …/markets/get-market, …/trading/orderbook,
 *   …/trading/market-events, …/trading/historical-price, as told by the venue's OpenAPI 1.0 (paths, parameters,
 *   intervals 1h 6h 1d 1w 1m all) and by public clients that name these pages (ccxt, pmxt)
 * - academy.limitless.exchange/academies/api_academy/09_RateLimits.html: 429, `Retry-After`
 * Members of bodies: `@limitless-exchange/sdk` (price and size are numbers, sizes × 10⁶, the book is of YES) and replies
 * that those clients recorded; numbers and text are both taken. From such replies alone: pages of at most 25, groups
 * with their options in `markets`, `groupSlug` of an option, history newest first.
 * Not confirmed, hence absent or NOT_SUPPORTED: price step and least order (no page names them), fees (a curve that falls
 * with the price, known from clients alone), book, trades and history of markets that trade against a pool.
 */
export class LimitlessVenue implements DataVenue {
  readonly capabilities = limitlessCapabilities;
  readonly #api: LimitlessApi;

  constructor(settings: DataOnlySettings, line?: VenueEndpoint) {
    this.#api = new LimitlessApi(settings, line);
  }

  markets = (query: MarketQuery) => listMarkets(this.#api, query);
  events = (query: EventQuery) => listEvents(this.#api, query);
  market = (slug: string) => oneMarket(this.#api, slug);
  book = (query: OutcomeQuery) => readBook(this.#api, query);
  trades = (query: TradesQuery) => publicTrades(this.#api, query);
  prices = (query: OutcomeQuery & { readonly interval: PriceInterval }) => priceHistory(this.#api, query);
  fee = () => Promise.resolve(unsupported('limitless', 'fee estimates'));
  userActivity = (address: string) => activity(this.#api, address);
  ping = () => this.#api.reader.ping();
}
