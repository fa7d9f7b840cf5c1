import * as z from 'zod';
import { failure } from '../../errors/failure.ts';
import { asMicro, SCALE, ZERO, type Micro } from '../../money/fixed.ts';
import { decimal, venueDecimal } from '../money/venue-decimal.ts';
import type { Found, ListedMarket, ListedStatus } from '../port.ts';
import type { LimitlessApi } from './api.ts';
import type { Known } from './known-market.ts';

/** A market of the venue as far as it is used: one of its own, or an option of a group. */
export const marketSchema = z.object({
  slug: z.string(),
  title: z.string(),
  status: z.string().nullish(),
  expired: z.boolean().nullish(),
  winningOutcomeIndex: z.number().int().nullish(),
  /** `clob` has a book, `amm` trades against a pool. */
  tradeType: z.string().nullish(),
  conditionId: z.string().nullish(),
  tokens: z.object({ yes: z.string().optional(), no: z.string().optional() }).nullish(),
  /** Of YES and of NO. */
  prices: z.array(z.union([z.number(), z.string()])).nullish(),
  /** In units of the collateral. */
  volumeFormatted: decimal.nullish(),
  collateralToken: z.object({ symbol: z.string() }).nullish(),
  /** Unix ms. */
  expirationTimestamp: z.union([z.number(), z.string()]).nullish(),
  groupSlug: z.string().nullish(),
});
export type WireMarket = z.infer<typeof marketSchema>;

/** A row of a listing: a market, or a group of them, which is an event. */
export const rowSchema = marketSchema.extend({
  marketType: z.string().nullish(),
  categories: z.array(z.string()).nullish(),
  markets: z.array(marketSchema).nullish(),
});
export type WireRow = z.infer<typeof rowSchema>;

export const isGroup = ({ marketType }: WireRow): boolean => marketType === 'group';

/** Slugs go into a path. */
const isSlug = (text: string): boolean => /^[\w.-]{1,300}$/.test(text);

export function statusOf({ status, expired, winningOutcomeIndex }: WireMarket): ListedStatus {
  if (winningOutcomeIndex != null || status === 'RESOLVED') return 'resolved';
  return status === 'FUNDED' && expired !== true ? 'open' : 'closed';
}

/** Undefined for anything but a probability: pools used to tell percents. */
function priceAt(market: WireMarket, index: 0 | 1): Micro | undefined {
  const { winningOutcomeIndex: winner, prices } = market;
  if (winner != null) return winner === index ? asMicro(SCALE) : ZERO;
  const told = prices?.[index];
  const price = told === undefined ? undefined : venueDecimal(told);
  return price !== undefined && price >= 0n && price <= SCALE ? price : undefined;
}

export function toListed(
  wire: WireMarket,
  group?: Pick<WireRow, 'slug' | 'title' | 'expirationTimestamp'>,
): ListedMarket {
  return {
    id: wire.slug,
    groupId: group?.slug,
    groupTitle: group?.title,
    question: group ? `${group.title} ${wire.title}` : wire.title,
    status: statusOf(wire),
    type: 'binary',
    outcomes: [
      { name: 'Yes', price: priceAt(wire, 0), tokenId: wire.tokens?.yes },
      { name: 'No', price: priceAt(wire, 1), tokenId: wire.tokens?.no },
    ],
    // Some pools hold other coins, whose units are no dollars.
    volume: wire.collateralToken?.symbol === 'USDC' ? (wire.volumeFormatted ?? undefined) : undefined,
    endDate: endOf(wire) ?? (group && endOf(group)),
    conditionId: wire.conditionId ?? undefined,
  };
}

export function endOf({ expirationTimestamp: at }: Pick<WireRow, 'expirationTimestamp'>): string | undefined {
  const date = new Date(Number(at ?? Number.NaN));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** What the venue has under a slug: a market or a group. */
async function readRow(api: LimitlessApi, slug: string): Promise<Found<WireRow>> {
  return isSlug(slug)
    ? api.reader.get(`/markets/${encodeURIComponent(slug)}`, {}, rowSchema)
    : failure('MARKET_NOT_FOUND');
}

/** A market, kept for seconds. A group's slug names no market. */
export async function knownMarket(api: LimitlessApi, slug: string): Promise<Found<Known>> {
  const key = `${api.reader.endpoint.baseUrl} ${slug}`;
  const kept = api.markets.get(key);
  if (kept) return { ok: true, value: kept };
  const found = await readRow(api, slug);
  if (!found.ok) return found;
  if (isGroup(found.value)) return failure('MARKET_NOT_FOUND');
  const group = await groupOf(api, found.value);
  if (!group.ok) return group;
  const value = {
    listed: toListed(found.value, group.value),
    pool: found.value.tradeType === 'amm',
  };
  api.markets.set(key, value);
  return { ok: true, value };
}

/** An option names its group but not the question that it answers. */
async function groupOf(
  api: LimitlessApi,
  { groupSlug }: WireMarket,
): Promise<Found<Pick<WireRow, 'slug' | 'title' | 'expirationTimestamp'> | undefined>> {
  if (!groupSlug) return { ok: true, value: undefined };
  const found = await readRow(api, groupSlug);
  if (!found.ok && found.reason === 'MARKET_NOT_FOUND') return { ok: true, value: undefined };
  return found;
}
