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
import { PredictFunApi } from './api.ts';
import { activity, feeCurve, priceHistory, publicTrades, readBook } from './market-reads.ts';
import { listEvents, listMarkets, oneMarket } from './listing.ts';

const predictFunCapabilities = dataOnlyCapabilities('predictfun', 'Predict.fun');

/**
 * Predict.fun, read only; books are polled. Market ids are numbers, events are the venue's categories. Public pages read
 * for it:
 * - dev.predict.fun/introduction: host, every path begins with /v1, header `x-api-key` on every request of mainnet
 * - dev.predict.fun/trading/place-orders: `outcomes[].onChainId`, `indexSet` 1 is Yes and 2 is No, `decimalPrecision`,
 *   `feeRateBps`, `tradingStatus`
 * - dev.predict.fun pages of the API, by the replies and parameters that public clients tell of them (ccxt,
 *   exchange-now/go-predict-fun, Synpath): get-markets-25326905e0, get-market-by-id-25552989e0,
 *   get-the-orderbook-for-a-market-25326908e0 (YES prices, [price, size]), get-categories-25326910e0,
 *   get-order-match-events-25663812e0 (amounts × 10¹⁸)
 * - docs.predict.fun/the-basics/predict-fees-and-limits: takers pay rate × min(price, 1 − price) × size, makers nothing
 * From clients alone: `includeStats`, `/markets/{id}/timeseries` (`metric=chance`, percent, Unix seconds), pages of 100,
 * the words of `status`. Whether the venue takes fewer than all fees (discounts) is known to nobody but it.
 * Not confirmed, hence absent or NOT_SUPPORTED: the least order in shares, books of markets with more than two outcomes.
 */
export class PredictFunVenue implements DataVenue {
  readonly capabilities = predictFunCapabilities;
  readonly #api: PredictFunApi;

  constructor(settings: DataOnlySettings, line?: VenueEndpoint) {
    this.#api = new PredictFunApi(settings, line);
  }

  markets = (query: MarketQuery) => listMarkets(this.#api, query);
  events = (query: EventQuery) => listEvents(this.#api, query);
  market = (id: string) => oneMarket(this.#api, id);
  book = (query: OutcomeQuery) => readBook(this.#api, query);
  trades = (query: TradesQuery) => publicTrades(this.#api, query);
  prices = (query: OutcomeQuery & { readonly interval: PriceInterval }) => priceHistory(this.#api, query);
  fee = (marketId: string) => feeCurve(this.#api, marketId);
  userActivity = (address: string) => activity(this.#api, address);
  ping = () => this.#api.reader.ping();
}
