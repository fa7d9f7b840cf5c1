import * as z from 'zod';
import { failure } from '../../errors/failure.ts';
import { asMicro, parseMicro, type Micro } from '../../money/fixed.ts';
import { refuseOutcome } from '../market-data/refuse-outcome.ts';
import { INTERVALS } from '../market-data/candles.ts';
import { decimal } from '../money/venue-decimal.ts';
import type {
  Candle,
  FeeCurve,
  OutcomeBook,
  OutcomeQuery,
  Page,
  PriceInterval,
  PublicTrade,
  TradesQuery,
  Found,
  Level,
} from '../port.ts';
import { scanPages } from '../market-data/scan-pages.ts';
import type { KalshiApi, KalshiBids } from './api.ts';
import { COUNT_STEP, isTicker, marketTerms, seriesOf } from './market.ts';
import {
  complement,
  fromBook,
  kalshiOutcomes,
  outcomeBook,
  outcomeNamed,
  type KalshiOutcome,
} from './outcome-view.ts';

/** Feeds look at the newest every few seconds: five times fewer than the venue would give. */
const TRADES_PER_PAGE = 200;
/** Takers pay 7 % × contracts × p × (1 − p), times the multiplier of the series, in hundredths of a cent. */
const TAKER_RATE = 0.07;
const FEE_UNIT = 100n;

const level = z.tuple([decimal, decimal]).transform(([price, size]): Level => ({ price, size }));
const bookSchema = z.object({
  orderbook_fp: z.object({ yes_dollars: z.array(level).nullable(), no_dollars: z.array(level).nullable() }),
});
const tradesSchema = z.object({
  trades: z.array(
    z.object({
      trade_id: z.string(),
      count_fp: decimal,
      yes_price_dollars: decimal,
      taker_book_side: z.enum(['bid', 'ask']),
      created_time: z.string(),
    }),
  ),
  cursor: z.string().nullish(),
});
/** Prices are absent from candles without a trade. */
const range = z.object({
  open_dollars: decimal.nullish(),
  high_dollars: decimal.nullish(),
  low_dollars: decimal.nullish(),
  close_dollars: decimal.nullish(),
});
const candlesSchema = z.object({
  candlesticks: z.array(z.object({ end_period_ts: z.number(), price: range, volume_fp: decimal.optional() })),
});
const seriesSchema = z.object({ series: z.object({ fee_multiplier: z.number().min(0).max(10).optional() }) });

/** The venue's one book in the outcome's view. */
export async function readBook(
  api: KalshiApi,
  { marketId, outcome: name }: OutcomeQuery,
): Promise<Found<OutcomeBook>> {
  const outcome = outcomeNamed(name);
  if (!outcome) return refuseOutcome(name, kalshiOutcomes);
  const market = await marketTerms(api, marketId);
  if (!market.ok) return market;
  const bids = await bidsOf(api, marketId);
  if (!bids.ok) return bids;
  const { yes, no, at } = bids.value;
  return {
    ok: true,
    value: {
      marketId,
      outcome,
      ...outcomeBook(yes, no, outcome),
      at,
      tick: market.value.tick,
      minSize: COUNT_STEP,
    },
  };
}

/** The venue's book as it gives it, kept for a moment: both outcomes are views of it. */
async function bidsOf(api: KalshiApi, ticker: string): Promise<Found<KalshiBids>> {
  const key = `${api.endpoint.baseUrl} ${ticker}`;
  const known = api.bids.get(key);
  if (known) return { ok: true, value: known };
  const found = await api.get(`/markets/${ticker}/orderbook`, new URLSearchParams(), bookSchema);
  if (!found.ok) return found;
  const { yes_dollars: yes, no_dollars: no } = found.value.orderbook_fp;
  const value = { yes: yes ?? [], no: no ?? [], at: Date.now() };
  api.bids.set(key, value);
  return { ok: true, value };
}

export async function publicTrades(
  api: KalshiApi,
  { marketId, outcome: name, limit, cursor }: TradesQuery,
): Promise<Found<Page<PublicTrade>>> {
  const outcome = outcomeNamed(name);
  if (!outcome) return refuseOutcome(name, kalshiOutcomes);
  const market = await marketTerms(api, marketId);
  if (!market.ok) return market;
  return scanPages(
    async (page) => {
      const query = new URLSearchParams({ ticker: marketId, limit: String(TRADES_PER_PAGE) });
      if (page !== undefined) query.set('cursor', page);
      const found = await api.get('/markets/trades', query, tradesSchema);
      if (!found.ok) return found;
      const rows = found.value.trades.map((trade) => ({
        id: trade.trade_id,
        ...fromBook({ side: trade.taker_book_side, price: trade.yes_price_dollars }, outcome),
        size: trade.count_fp,
        at: Date.parse(trade.created_time),
      }));
      return { ok: true, value: { rows, next: found.value.cursor || undefined } };
    },
    () => true,
    { limit, cursor },
  );
}

export async function priceHistory(
  api: KalshiApi,
  { marketId, outcome: name, interval }: OutcomeQuery & { readonly interval: PriceInterval },
): Promise<Found<readonly Candle[]>> {
  const outcome = outcomeNamed(name);
  if (!outcome) return refuseOutcome(name, kalshiOutcomes);
  const series = await seriesOf(api, marketId);
  if (!series.ok) return series;
  const { span, step } = INTERVALS[interval];
  const end = Math.floor((await api.endpoint.venueTime()) / 1000);
  const query = new URLSearchParams({
    start_ts: String(end - span),
    end_ts: String(end),
    period_interval: String(step / 60),
  });
  const path = `/series/${encodeURIComponent(series.value)}/markets/${marketId}/candlesticks`;
  const found = await api.get(path, query, candlesSchema);
  if (!found.ok) return found;
  return {
    ok: true,
    value: found.value.candlesticks.flatMap(({ end_period_ts: at, price, volume_fp: volume }) => {
      const { open_dollars: open, high_dollars: high, low_dollars: low, close_dollars: close } = price;
      if (open == null || high == null || low == null || close == null) return [];
      return [{ at, ...inView({ open, high, low, close }, outcome), volume }];
    }),
  };
}

type Prices = Readonly<Record<'open' | 'high' | 'low' | 'close', Micro>>;

/** NO was dearest where YES was cheapest. */
const inView = ({ open, high, low, close }: Prices, outcome: KalshiOutcome): Prices =>
  outcome === 'Yes'
    ? { open, high, low, close }
    : { open: complement(open), high: complement(low), low: complement(high), close: complement(close) };

export async function feeCurve(api: KalshiApi, ticker: string): Promise<Found<FeeCurve>> {
  if (!isTicker(ticker)) return failure('MARKET_NOT_FOUND');
  const series = await seriesOf(api, ticker);
  if (!series.ok) return series;
  const path = `/series/${encodeURIComponent(series.value)}`;
  const found = await api.get(path, new URLSearchParams(), seriesSchema);
  if (!found.ok) return found;
  const rate = parseMicro((TAKER_RATE * (found.value.series.fee_multiplier ?? 1)).toFixed(6)) ?? asMicro(0n);
  return { ok: true, value: { rate, exponent: 1, unit: FEE_UNIT } };
}
