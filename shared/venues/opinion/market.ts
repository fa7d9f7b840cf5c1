import * as z from 'zod';
import { failure } from '../../errors/failure.ts';
import { asMicro, SCALE, ZERO, type Micro } from '../../money/fixed.ts';
import { decimal } from '../money/venue-decimal.ts';
import type { Found, ListedMarket, ListedStatus } from '../port.ts';
import type { OpinionApi } from './api.ts';

/** `MarketData` and `ChildMarketData` of the venue, as far as they are used. */
export const marketSchema = z.object({
  marketId: z.number().int(),
  marketTitle: z.string(),
  status: z.number().int(),
  yesLabel: z.string().nullish(),
  noLabel: z.string().nullish(),
  yesTokenId: z.string().nullish(),
  noTokenId: z.string().nullish(),
  conditionId: z.string().nullish(),
  resultTokenId: z.string().nullish(),
  volume: decimal.nullish(),
  /** Unix seconds; 0 for none. */
  cutoffAt: z.number().nullish(),
  slug: z.string().nullish(),
});
export type WireMarket = z.infer<typeof marketSchema>;

/** A row of the catalogue: a binary market, or a categorical one, whose options are the markets. */
export const topicSchema = marketSchema.extend({
  /** 0 binary, 1 categorical. */
  marketType: z.number().int().nullish(),
  labels: z.array(z.string()).nullish(),
  childMarkets: z.array(marketSchema).nullish(),
});
export type WireTopic = z.infer<typeof topicSchema>;

export const detailSchema = z.object({ data: topicSchema.nullish() });

export const isCategorical = ({ marketType }: WireTopic): boolean => marketType === 1;

/** Created, Activated, Resolving, Resolved, Failed, Deleted are 1 to 6. */
const statusOf = ({ status }: WireMarket): ListedStatus =>
  status === 2 ? 'open' : status === 4 ? 'resolved' : 'closed';

export function toListed(wire: WireMarket, parent?: WireTopic): ListedMarket {
  const { yesTokenId: yes, noTokenId: no, resultTokenId: result } = wire;
  // The catalogue has no prices but the last one of all.
  const settled = (token: string | null | undefined): Micro | undefined => {
    if (!result || !token) return undefined;
    return token === result ? asMicro(SCALE) : ZERO;
  };
  return {
    id: String(wire.marketId),
    groupId: parent && String(parent.marketId),
    groupTitle: parent?.marketTitle,
    question: parent ? `${parent.marketTitle} ${wire.marketTitle}` : wire.marketTitle,
    status: statusOf(wire),
    type: 'binary',
    outcomes: [
      { name: wire.yesLabel || 'Yes', price: settled(yes), tokenId: yes || undefined },
      { name: wire.noLabel || 'No', price: settled(no), tokenId: no || undefined },
    ],
    volume: wire.volume ?? undefined,
    endDate: endOf(wire) ?? (parent && endOf(parent)),
    conditionId: wire.conditionId || undefined,
  };
}

/** JavaScript's last day, Unix seconds. */
const LAST_MOMENT = 8.64e12;

export const endOf = ({ cutoffAt }: WireMarket): string | undefined =>
  cutoffAt && cutoffAt > 0 && cutoffAt <= LAST_MOMENT ? new Date(cutoffAt * 1000).toISOString() : undefined;

/** Ids go into a path. */
const isId = (text: string): boolean => /^[1-9]\d{0,15}$/.test(text);

/** A market, kept for seconds. The id of a categorical market names an event. */
export async function knownMarket(api: OpinionApi, id: string): Promise<Found<ListedMarket>> {
  if (!isId(id)) return failure('MARKET_NOT_FOUND');
  const key = `${api.reader.endpoint.baseUrl} ${id}`;
  const kept = api.markets.get(key);
  if (kept) return { ok: true, value: kept };
  const found = await api.get(`/market/${id}`, {}, detailSchema);
  if (!found.ok) return found;
  const { data } = found.value;
  if (!data || isCategorical(data)) return failure('MARKET_NOT_FOUND');
  const parent = await parentOf(api, data);
  if (!parent.ok) return parent;
  const value = toListed(data, parent.value);
  api.markets.set(key, value);
  return { ok: true, value };
}

/** An option does not name its categorical market, but its slug leads there. Only options have no labels. */
async function parentOf(
  api: OpinionApi,
  { slug, labels, marketId }: WireTopic,
): Promise<Found<WireTopic | undefined>> {
  if (!slug || labels) return { ok: true, value: undefined };
  const found = await api.get(`/market/slug/${encodeURIComponent(slug)}`, {}, detailSchema);
  if (!found.ok) return found.reason === 'MARKET_NOT_FOUND' ? { ok: true, value: undefined } : found;
  const { data } = found.value;
  const holds = data && isCategorical(data) && data.childMarkets?.some((one) => one.marketId === marketId);
  return { ok: true, value: holds ? data : undefined };
}
