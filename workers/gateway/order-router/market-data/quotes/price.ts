import * as z from 'zod';
import { RequestError } from '../../../../../shared/errors/failure.ts';
import { unsupported } from '../../../../../shared/venues/port/capabilities.ts';
import { INTERVALS } from '../../../../../shared/venues/market-data/candles.ts';
import { priceIntervals, type Candle } from '../../../../../shared/venues/port.ts';
import { route } from '../../../http/route.ts';
import { number } from '../../orders/order-wire.ts';
import { resolveOutcome } from './resolve-outcome.ts';
import { parsecId, selectMarket, selectorQuery, valueOrThrow } from '../market-selector.ts';

const range = z.string().max(32).optional();

const candle = z.object({
  /** Beginning of the period, ISO-8601. */
  timestamp: z.string(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  /** Contracts; null where the exchange tells none. */
  volume: z.number().nullable(),
});

export const price = route({
  method: 'GET',
  path: '/api/v1/price',
  summary: 'Candles of an outcome, oldest first: interval is how far back they reach, 1m a month',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query: selectorQuery.extend({
    interval: z.enum(priceIntervals).default('1h'),
    // Ranges of one's own: no exchange's adapter has them.
    start_ts: range,
    end_ts: range,
    at_ts: range,
  }),
  reply: {
    status: 200,
    schema: z.object({
      parsec_id: z.string(),
      exchange: z.string(),
      market_id: z.string(),
      outcome: z.string(),
      interval: z.enum(priceIntervals),
      candles: z.array(candle),
    }),
  },
  async handle({ env, query }) {
    const of = selectMarket(env, query);
    const { exchange, venue, marketId } = of;
    if (query.start_ts !== undefined || query.end_ts !== undefined || query.at_ts !== undefined)
      throw new RequestError(unsupported(exchange, 'candles of a range: use interval'));
    const { interval } = query;
    const { name: outcome } = valueOrThrow(await resolveOutcome(of));
    const candles = valueOrThrow(await venue.prices({ marketId, outcome, interval }));
    const toView = toCandle(INTERVALS[interval].step);
    return {
      body: {
        parsec_id: parsecId(exchange, marketId),
        exchange,
        market_id: marketId,
        outcome,
        interval,
        candles: candles.map(toView),
      },
    };
  },
});

/** `step`: seconds of a period. */
const toCandle =
  (step: number) =>
  ({ at, open, high, low, close, volume }: Candle): z.infer<typeof candle> => ({
    timestamp: new Date((at - step) * 1000).toISOString(),
    open: number(open),
    high: number(high),
    low: number(low),
    close: number(close),
    volume: volume === undefined ? null : number(volume),
  });
