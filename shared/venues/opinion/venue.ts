import { unsupported } from '../port/capabilities.ts';
import { dataOnlyCapabilities } from '../data-only/capabilities.ts';
import type { DataOnlySettings } from '../data-only/reader.ts';
import type { VenueEndpoint } from '../http/endpoint.ts';
import type { DataVenue, EventQuery, MarketQuery, OutcomeQuery, PriceInterval } from '../port.ts';
import { OpinionApi } from './api.ts';
import { activity, priceHistory, readBook } from './market-reads.ts';
import { listEvents, listMarkets } from './listing.ts';
import { knownMarket } from './market.ts';

const opinionCapabilities = dataOnlyCapabilities('opinion', 'Opinion', { fetch_trades: false });

/**
 * Opinion, read only; books are polled. Market ids are numbers. Public pages read for it:
 * - docs.opinion.trade/developer-guide/opinion-open-api/overview: host, 15 requests a second for each key
 * - …/opinion-open-api/market, …/token, …/trade, …/models: the OpenAPI 3.0.3 of the venue with every path, parameter
 *   and member used here, header `apikey`, pages of at most 20, one book for each token, decimals as text
 * - docs.opinion.trade/trade-on-opinion.trade/fees and …/incentive-plans: notional × rate × p × (1 − p), least fee
 * From replies that public clients (ccxt, Synpath) recorded: the envelope is `errno`/`errmsg` (documented: `code`/`msg`;
 * both are read), refusals come in a 200 (10200 unknown market, 11001 and 11002 bad key), reads without a key are
 * served more slowly, prices are sampled hourly or daily, an option's slug leads to its categorical market.
 * Not confirmed, hence absent or NOT_SUPPORTED: the price step (the pages and the books differ), the fee rate of a market
 * (no public route tells it; it stands in a contract), trades of a market (only a wallet's are told).
 */
export class OpinionVenue implements DataVenue {
  readonly capabilities = opinionCapabilities;
  readonly #api: OpinionApi;

  constructor(settings: DataOnlySettings, line?: VenueEndpoint) {
    this.#api = new OpinionApi(settings, line);
  }

  markets = (query: MarketQuery) => listMarkets(this.#api, query);
  events = (query: EventQuery) => listEvents(this.#api, query);
  market = (id: string) => knownMarket(this.#api, id);
  book = (query: OutcomeQuery) => readBook(this.#api, query);
  trades = () => Promise.resolve(unsupported('opinion', 'trades of a market'));
  prices = (query: OutcomeQuery & { readonly interval: PriceInterval }) => priceHistory(this.#api, query);
  fee = () => Promise.resolve(unsupported('opinion', 'fee estimates'));
  userActivity = (address: string) => activity(this.#api, address);
  ping = () => this.#api.ping();
}
