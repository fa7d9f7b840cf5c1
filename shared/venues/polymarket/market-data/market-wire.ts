import * as z from 'zod';
import { asMicro, compare, parseMicro, SCALE, type Micro } from '../../../money/fixed.ts';
import type { Book, Level, Market, Outcome } from '../../port.ts';

/**
 * Shapes of the venue's public reads, as far as we use them: GET /markets-by-token/{token},
 * GET /clob-markets/{condition}, GET /markets/{condition}, GET /book and POST /books
 * (docs.polymarket.com/api-reference/markets/get-clob-market-info and .../orderbook).
 */
export const tokenSchema = z.object({ condition_id: z.string() });

export const detailSchema = z.object({
  t: z.array(z.object({ t: z.string(), o: z.string() }).nullable()),
  mts: z.number(),
  mos: z.number().optional(),
  nr: z.boolean().optional(),
  fd: z.object({ r: z.number().optional(), e: z.number().int().min(0).max(8).optional() }).nullish(),
});

export const marketSchema = z.object({
  closed: z.boolean(),
  active: z.boolean().optional(),
  accepting_orders: z.boolean().optional(),
  tokens: z.array(z.object({ token_id: z.string(), winner: z.boolean().optional() })),
});

const levelSchema = z.object({ price: z.string(), size: z.string() });
export const bookSchema = z.object({
  asset_id: z.string(),
  /** Unix ms. */
  timestamp: z.string().optional(),
  bids: z.array(levelSchema),
  asks: z.array(levelSchema),
});

/** A JSON number of the venue's configuration (tick, minimum, fee rate), exactly. */
const configured = (value: number): Micro => parseMicro(value.toFixed(6)) ?? asMicro(0n);

export function toMarket(
  conditionId: string,
  detail: z.infer<typeof detailSchema>,
  market: z.infer<typeof marketSchema>,
): Market {
  const winners = new Set(
    market.tokens.filter((token) => token.winner === true).map((token) => token.token_id),
  );
  const outcomes: Outcome[] = [];
  for (const token of detail.t) {
    if (token) outcomes.push({ tokenId: token.t, label: token.o, winner: winners.has(token.t) });
  }
  const open = !market.closed && market.active !== false && market.accepting_orders !== false;
  return {
    conditionId,
    outcomes,
    tick: configured(detail.mts),
    minSize: configured(detail.mos ?? 0),
    negRisk: detail.nr ?? false,
    feeRate: configured(detail.fd?.r ?? 0),
    feeExponent: detail.fd?.e ?? 1,
    status: winners.size > 0 ? 'resolved' : open ? 'open' : 'closed',
  };
}

/** The wire has the best level last; inside, it stands first. Unreadable or empty levels are left out. */
export function toBook(wire: z.infer<typeof bookSchema>): Book {
  const at = Number(wire.timestamp);
  return {
    tokenId: wire.asset_id,
    bids: toLevels(wire.bids, -1),
    asks: toLevels(wire.asks, 1),
    ...(Number.isSafeInteger(at) && at > 0 && { at }),
  };
}

function toLevels(wire: readonly z.infer<typeof levelSchema>[], direction: 1 | -1): readonly Level[] {
  const levels: Level[] = [];
  for (const { price, size } of wire) {
    const level = { price: parseMicro(price), size: parseMicro(size) };
    if (level.price === undefined || level.size === undefined) continue;
    if (level.price <= 0n || level.price >= SCALE || level.size <= 0n) continue;
    levels.push({ price: level.price, size: level.size });
  }
  return levels.sort((a, b) => direction * compare(a.price, b.price));
}
