import * as z from 'zod';
import { invalidMember, RequestError } from '../../../../../shared/errors/failure.ts';
import type { Micro } from '../../../../../shared/money/fixed.ts';
import { executionPrice } from '../../../../../shared/venues/money/execution-price.ts';
import type { DataVenue, FeeCurve, Found } from '../../../../../shared/venues/port.ts';
import { route } from '../../../http/route.ts';
import { number } from '../../orders/order-wire.ts';
import { microQuery } from '../micro-query.ts';
import { selectMarket, selectorQuery, valueOrThrow } from '../market-selector.ts';

const amount = z.number().nullable();

export const executionPriceRoute = route({
  method: 'GET',
  path: '/api/v1/execution-price',
  summary: 'What a market order for so many contracts would cost or bring now; nothing is placed',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query: selectorQuery.extend({
    side: z.enum(['buy', 'sell']),
    /** Contracts. */
    amount: microQuery,
  }),
  reply: {
    status: 200,
    schema: z.object({
      avg_price: amount,
      total_cost: z.number(),
      filled_amount: z.number(),
      fully_filled: z.boolean(),
      slippage: amount,
      levels_consumed: z.number(),
      worst_price: amount,
      fee_estimate: amount,
      /** With the fee: of a buy what it costs, of a sale what it brings. */
      net_cost: amount,
      /**
       * Taker fee: contracts × rate × (price × (1 − price))^exponent; with the basis `cheaper-side`, contracts × rate ×
       * the smaller of price and 1 − price. Null where the exchange tells none.
       */
      fee_info: z
        .object({ rate: z.number(), exponent: z.number(), basis: z.literal('cheaper-side').optional() })
        .nullable(),
    }),
  },
  async handle({ env, query }) {
    if (query.amount <= 0n) throw new RequestError(invalidMember('amount', 'must be positive'));
    const { venue, exchange: _, ...of } = selectMarket(env, query);
    const [found, fee] = await Promise.all([venue.book(of), feeOf(venue, of.marketId)]);
    const book = valueOrThrow(found);
    const side = query.side === 'buy' ? 'BUY' : 'SELL';
    const levels = side === 'BUY' ? book.asks : book.bids;
    const curve = valueOrThrow(fee);
    const walk = executionPrice(levels, side, query.amount, { fee: curve ?? undefined });
    const charged = curve !== null && walk.filled > 0n;
    return {
      body: {
        avg_price: orNull(walk.average),
        total_cost: number(walk.total),
        filled_amount: number(walk.filled),
        fully_filled: walk.filled === query.amount,
        slippage: orNull(walk.slippage),
        levels_consumed: walk.levels,
        worst_price: orNull(walk.worst),
        fee_estimate: charged ? number(walk.fee) : null,
        net_cost: charged ? number(walk.net) : null,
        fee_info: curve && {
          rate: number(curve.rate),
          exponent: curve.exponent,
          ...(curve.basis && { basis: curve.basis }),
        },
      },
    };
  },
});

/** Null where the exchange tells no fees. That it does not answer now is a failure like any other. */
async function feeOf(venue: DataVenue, marketId: string): Promise<Found<FeeCurve | null>> {
  const found = await venue.fee(marketId);
  return !found.ok && found.reason === 'NOT_SUPPORTED' ? { ok: true, value: null } : found;
}

const orNull = (value: Micro | null): number | null => (value === null ? null : number(value));
