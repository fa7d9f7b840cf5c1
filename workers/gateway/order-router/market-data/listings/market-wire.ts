import * as z from 'zod';
import type { VenueName } from '../../../../../shared/venues/venue-names.ts';
import type { ListedEvent, ListedMarket, ListedStatus } from '../../../../../shared/venues/port.ts';
import { number } from '../../orders/order-wire.ts';
import { parsecId } from '../market-selector.ts';

/** Words of the wire. `open` is the older one for `active`: read, not written. */
export const marketStatus = z.enum(['active', 'open', 'closed', 'resolved']);
const wireStatus = z.enum(['active', 'closed', 'resolved']);

export const toStatus = (word: z.infer<typeof marketStatus> | undefined): ListedStatus | undefined =>
  word === 'active' ? 'open' : word;
const fromStatus = (status: ListedStatus): z.infer<typeof wireStatus> =>
  status === 'open' ? 'active' : status;

export const marketView = z.object({
  parsec_id: z.string(),
  parsec_group_id: z.string(),
  exchange: z.string(),
  exchange_market_id: z.string(),
  exchange_group_id: z.string(),
  question: z.string(),
  group_title: z.string(),
  status: wireStatus,
  market_type: z.enum(['binary', 'categorical']),
  outcome_count: z.number(),
  outcomes: z.array(
    z.object({ name: z.string(), price: z.number().optional(), token_id: z.string().optional() }),
  ),
  volume_total: z.number(),
  liquidity: z.number().optional(),
  tick_size: z.number().optional(),
  min_order_size: z.number().optional(),
  end_date: z.string().optional(),
  condition_id: z.string().optional(),
});

/** A market alone is a group of its own; a volume that the venue does not tell is 0. Amounts are JSON numbers. */
export function toMarketView(exchange: VenueName, market: ListedMarket): z.infer<typeof marketView> {
  const { id, groupId = id, volume, liquidity, tick, minSize, endDate, conditionId } = market;
  return {
    parsec_id: parsecId(exchange, id),
    parsec_group_id: parsecId(exchange, groupId),
    exchange,
    exchange_market_id: id,
    exchange_group_id: groupId,
    question: market.question,
    group_title: market.groupTitle ?? market.question,
    status: fromStatus(market.status),
    market_type: market.type,
    outcome_count: market.outcomes.length,
    outcomes: market.outcomes.map(({ name, price, tokenId }) => ({
      name,
      ...(price !== undefined && { price: number(price) }),
      ...(tokenId !== undefined && { token_id: tokenId }),
    })),
    volume_total: volume === undefined ? 0 : number(volume),
    ...(liquidity !== undefined && { liquidity: number(liquidity) }),
    ...(tick !== undefined && { tick_size: number(tick) }),
    ...(minSize !== undefined && { min_order_size: number(minSize) }),
    ...(endDate !== undefined && { end_date: endDate }),
    ...(conditionId !== undefined && { condition_id: conditionId }),
  };
}

export const eventView = z.object({
  event_id: z.string(),
  exchange_group_id: z.string(),
  title: z.string(),
  status: wireStatus,
  exchanges: z.array(z.string()),
  market_count: z.number(),
  total_volume: z.number(),
  category: z.string().optional(),
  close_time: z.string().optional(),
  /** With include_markets=true. */
  markets: z.array(marketView).optional(),
});

export function toEventView(
  exchange: VenueName,
  event: ListedEvent,
  withMarkets: boolean,
): z.infer<typeof eventView> {
  const { id, title, status, category, endDate, markets } = event;
  return {
    event_id: parsecId(exchange, id),
    exchange_group_id: id,
    title,
    status: fromStatus(status),
    exchanges: [exchange],
    market_count: markets.length,
    total_volume: volumeOf(event),
    ...(category !== undefined && { category }),
    ...(endDate !== undefined && { close_time: endDate }),
    ...(withMarkets && { markets: markets.map((market) => toMarketView(exchange, market)) }),
  };
}

/** What the venue says of the whole, else what its markets add up to. */
export const volumeOf = ({ volume, markets }: ListedEvent): number =>
  volume === undefined
    ? markets.reduce((sum, market) => sum + (market.volume === undefined ? 0 : number(market.volume)), 0)
    : number(volume);
