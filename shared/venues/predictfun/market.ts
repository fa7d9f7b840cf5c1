import * as z from 'zod';
import { failure } from '../../errors/failure.ts';
import { asMicro, SCALE, ZERO, type Micro } from '../../money/fixed.ts';
import { quantity, sharePrice } from '../money/venue-decimal.ts';
import type { Found, ListedMarket, ListedOutcome, ListedStatus } from '../port.ts';
import type { Known, PredictFunApi } from './api.ts';

const quote = z.object({ price: sharePrice }).nullish();

const outcomeSchema = z.object({
  name: z.string(),
  /** 1 is YES, 2 is NO on a binary market. */
  indexSet: z.number().int(),
  onChainId: z.string(),
  status: z.string().nullish(),
  bestBid: quote,
  bestAsk: quote,
});

const statsSchema = z
  .object({ volumeTotalUsd: quantity.nullish(), totalLiquidityUsd: quantity.nullish() })
  .nullish();

/** A market of the venue as far as it is used. */
export const marketSchema = z.object({
  id: z.number().int(),
  title: z.string(),
  question: z.string(),
  status: z.string(),
  tradingStatus: z.string().nullish(),
  categorySlug: z.string().nullish(),
  conditionId: z.string().nullish(),
  decimalPrecision: z.number().int().min(1).max(6).nullish(),
  feeRateBps: z.number().int().min(0).max(10_000).nullish(),
  outcomes: z.array(outcomeSchema).min(2),
  stats: statsSchema,
});
export type WireMarket = z.infer<typeof marketSchema>;

export const categorySchema = z.object({
  slug: z.string(),
  title: z.string(),
  endsAt: z.string().nullish(),
  tags: z.array(z.object({ name: z.string() })).nullish(),
  markets: z.array(marketSchema).nullish(),
  stats: statsSchema,
});
export type WireCategory = z.infer<typeof categorySchema>;

/** The words before a result is proposed. The venue calls a market open for longer than it trades. */
const TRADING: ReadonlySet<string> = new Set(['REGISTERED', 'UNPAUSED']);

function statusOf({ status, tradingStatus }: WireMarket): ListedStatus {
  if (status === 'RESOLVED' || status === 'SETTLED') return 'resolved';
  return tradingStatus === 'OPEN' && TRADING.has(status) ? 'open' : 'closed';
}

/** The middle of the best levels; the result once there is one. */
function priceOf({ status, bestBid: bid, bestAsk: ask }: z.infer<typeof outcomeSchema>): Micro | undefined {
  if (status === 'WON') return asMicro(SCALE);
  if (status === 'LOST') return ZERO;
  return bid && ask ? asMicro((bid.price + ask.price) / 2n) : undefined;
}

/** YES first. */
const outcomesOf = ({ outcomes }: WireMarket): readonly ListedOutcome[] =>
  outcomes
    .toSorted((a, b) => a.indexSet - b.indexSet)
    .map((outcome) => ({ name: outcome.name, price: priceOf(outcome), tokenId: outcome.onChainId }));

export function toListed(wire: WireMarket, category?: WireCategory): ListedMarket {
  const { question, title, decimalPrecision: decimals } = wire;
  return {
    id: String(wire.id),
    groupId: wire.categorySlug ?? category?.slug,
    groupTitle: category?.title,
    // Within a category the title is the option.
    question: question.toLowerCase().includes(title.toLowerCase()) ? question : `${question} ${title}`,
    status: statusOf(wire),
    type: wire.outcomes.length > 2 ? 'categorical' : 'binary',
    outcomes: outcomesOf(wire),
    volume: wire.stats?.volumeTotalUsd ?? undefined,
    liquidity: wire.stats?.totalLiquidityUsd ?? undefined,
    tick: decimals == null ? undefined : asMicro(SCALE / 10n ** BigInt(decimals)),
    endDate: category?.endsAt ?? undefined,
    conditionId: wire.conditionId ?? undefined,
  };
}

/** Hundredths of a percent to millionths. */
const BASIS_POINT = 100n;

/** Ids go into a path. */
const isId = (text: string): boolean => /^[1-9]\d{0,15}$/.test(text);

/** A market, kept for seconds. */
export async function knownMarket(api: PredictFunApi, id: string): Promise<Found<Known>> {
  if (!isId(id)) return failure('MARKET_NOT_FOUND');
  const key = `${api.reader.endpoint.baseUrl} ${id}`;
  const kept = api.markets.get(key);
  if (kept) return { ok: true, value: kept };
  const schema = z.object({ data: marketSchema });
  const found = await api.reader.get(`/markets/${id}`, { includeStats: 'true' }, schema);
  if (!found.ok) return found;
  const { data } = found.value;
  const feeRate = data.feeRateBps == null ? undefined : asMicro(BigInt(data.feeRateBps) * BASIS_POINT);
  const value = { listed: toListed(data), feeRate };
  api.markets.set(key, value);
  return { ok: true, value };
}
