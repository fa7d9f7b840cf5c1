import * as z from 'zod';
import { failure } from '../../../errors/failure.ts';
import { SCALE, type Micro } from '../../../money/fixed.ts';
import { decimal } from '../../money/venue-decimal.ts';
import type {
  EventQuery,
  ListedEvent,
  ListedMarket,
  ListedStatus,
  MarketQuery,
  Page,
  Found,
} from '../../port.ts';
import { mentions, scanPages, type VenuePage } from '../../market-data/scan-pages.ts';
import type { PolymarketApi } from '../api.ts';

/** Rows of one page of the gamma API; it has no cursor but counts rows. */
const PAGE = 100;

/** Lists come as JSON inside text. */
const list = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string()));

const header = z.object({ id: z.string(), title: z.string().optional() });
const marketSchema = z.object({
  conditionId: z.string(),
  question: z.string(),
  outcomes: list,
  outcomePrices: list.optional(),
  clobTokenIds: list.nullish(),
  /** `v2`: of Protocol V2, whose outcomes are traded by `positionIds`, whichever of both fields is there. */
  version: z.string().nullish(),
  positionIds: z.array(z.string()).nullish(),
  volume: decimal.optional(),
  liquidity: decimal.optional(),
  closed: z.boolean(),
  acceptingOrders: z.boolean().optional(),
  endDate: z.string().optional(),
  image: z.string().max(2_048).optional(),
  orderPriceMinTickSize: decimal.optional(),
  orderMinSize: decimal.optional(),
  umaResolutionStatus: z.string().nullish(),
  events: z.array(header).optional(),
});
const eventSchema = header.extend({
  closed: z.boolean(),
  category: z.string().optional(),
  endDate: z.string().optional(),
  volume: decimal.optional(),
  markets: z.array(marketSchema).optional(),
});
type WireMarket = z.infer<typeof marketSchema>;

/** Markets without tokens or with an unreadable list have never traded: they are left out, not the whole page. */
const rowsOf = <T>(schema: z.ZodType<T>) =>
  z.array(z.unknown()).transform((rows) =>
    rows.map((row) => {
      const parsed = schema.safeParse(row);
      return parsed.success ? parsed.data : undefined;
    }),
  );
const marketRows = rowsOf(marketSchema);
const eventRows = rowsOf(eventSchema);

/** `GET /markets` of the gamma API: open or closed is the venue's filter, the rest is applied here. */
export async function listMarkets(
  api: PolymarketApi,
  { ids, status, search, minVolume, minLiquidity, limit, cursor }: MarketQuery,
): Promise<Found<Page<ListedMarket>>> {
  const keep = (market: ListedMarket): boolean =>
    (status === undefined || market.status === status) &&
    mentions(search, market.question, market.groupTitle) &&
    atLeast(market.volume, minVolume) &&
    atLeast(market.liquidity, minLiquidity);
  if (ids) {
    const found = await marketsById(api, ids);
    return found.ok ? { ok: true, value: { items: found.value.filter(keep) } } : found;
  }
  const page = pages(api, '/markets', marketRows, status, (wire) => toListed(wire, wire.events?.[0]));
  return scanPages(page, keep, { limit, cursor });
}

/** The markets of these condition ids. Gamma names those that have ended only when it is asked for them. */
async function marketsById(
  api: PolymarketApi,
  ids: readonly string[],
): Promise<Found<readonly ListedMarket[]>> {
  const asked = ids.filter((id) => /^0x[0-9a-fA-F]{64}$/.test(id));
  const listed: ListedMarket[] = [];
  for (const closed of ['false', 'true']) {
    const missing = asked.filter((id) => !listed.some((market) => market.id === id));
    if (missing.length === 0) break;
    const query = new URLSearchParams({ closed, limit: String(PAGE) });
    for (const id of missing) query.append('condition_ids', id);
    const found = await api.get(api.gamma, `/markets?${query.toString()}`, marketRows);
    if (!found.ok) return found;
    listed.push(...found.value.flatMap((wire) => (wire ? [toListed(wire, wire.events?.[0])] : [])));
  }
  return { ok: true, value: listed };
}

export async function oneMarket(api: PolymarketApi, id: string): Promise<Found<ListedMarket>> {
  const found = await marketsById(api, [id]);
  if (!found.ok) return found;
  const [market] = found.value;
  return market ? { ok: true, value: market } : failure('MARKET_NOT_FOUND');
}

export async function listEvents(
  api: PolymarketApi,
  { status, search, limit, cursor }: EventQuery,
): Promise<Found<Page<ListedEvent>>> {
  const page = pages(api, '/events', eventRows, status, (wire): ListedEvent => {
    const markets = (wire.markets ?? []).map((market) => toListed(market, wire));
    const resolved = wire.closed && markets.every((market) => market.status === 'resolved');
    return {
      id: wire.id,
      title: wire.title ?? '',
      status: resolved ? 'resolved' : wire.closed ? 'closed' : 'open',
      category: wire.category,
      endDate: wire.endDate,
      volume: wire.volume,
      markets,
    };
  });
  const keep = (event: ListedEvent): boolean =>
    (status === undefined || event.status === status) && mentions(search, event.title);
  return scanPages(page, keep, { limit, cursor });
}

/** Pages of a gamma list by offset: a page that is not full is the last. */
function pages<W, T>(
  api: PolymarketApi,
  path: string,
  schema: z.ZodType<readonly (W | undefined)[]>,
  status: ListedStatus | undefined,
  toRow: (wire: W) => T,
): (cursor: string | undefined) => Promise<Found<VenuePage<T>>> {
  return async (cursor) => {
    const offset = Number(cursor ?? 0);
    if (!Number.isSafeInteger(offset) || offset < 0) return failure('INVALID_CURSOR');
    const query = new URLSearchParams({ limit: String(PAGE), offset: String(offset) });
    if (status !== undefined) query.set('closed', String(status !== 'open'));
    // Our own parameters are sound: what it refuses is how far the caller wants to go.
    const found = await api.get(api.gamma, `${path}?${query.toString()}`, schema, failure('INVALID_CURSOR'));
    if (!found.ok) return found;
    const next = found.value.length < PAGE ? undefined : String(offset + PAGE);
    return { ok: true, value: { rows: found.value.flatMap((wire) => (wire ? [toRow(wire)] : [])), next } };
  };
}

function toListed(wire: WireMarket, event: z.infer<typeof header> | undefined): ListedMarket {
  const prices = wire.outcomePrices?.map((price) => decimal.safeParse(price).data);
  const tokenIds = wire.version === 'v2' ? wire.positionIds : wire.clobTokenIds;
  return {
    id: wire.conditionId,
    groupId: event?.id,
    groupTitle: event?.title,
    question: wire.question,
    status: statusOf(wire, prices),
    // Every market of this venue has two outcomes; questions with more are events of several markets.
    type: 'binary',
    outcomes: wire.outcomes.map((name, index) => ({
      name,
      price: prices?.[index],
      tokenId: tokenIds?.[index],
    })),
    volume: wire.volume,
    liquidity: wire.liquidity,
    tick: wire.orderPriceMinTickSize,
    minSize: wire.orderMinSize,
    endDate: wire.endDate,
    imageUrl: wire.image,
    conditionId: wire.conditionId,
  };
}

function statusOf(wire: WireMarket, prices: readonly (Micro | undefined)[] | undefined): ListedStatus {
  if (!wire.closed) return 'open';
  const settled = prices?.some((price) => price === SCALE) === true;
  return wire.umaResolutionStatus === 'resolved' && settled ? 'resolved' : 'closed';
}

const atLeast = (value: Micro | undefined, least: Micro | undefined): boolean =>
  least === undefined || (value !== undefined && value >= least);
