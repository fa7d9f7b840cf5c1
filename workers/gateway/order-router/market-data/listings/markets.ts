import * as z from 'zod';
import { invalidMember, RequestError } from '../../../../../shared/errors/failure.ts';
import { isVenueName, type VenueName } from '../../../../../shared/venues/venue-names.ts';
import type { ListedMarket } from '../../../../../shared/venues/port.ts';
import { route, type Call } from '../../../http/route.ts';
import { microQuery } from '../micro-query.ts';
import { marketStatus, marketView, toMarketView, toStatus } from './market-wire.ts';
import {
  exchangeList,
  exchangesFor,
  exchangeStatus,
  mergeListings,
  pagination,
  refuseFaults,
  statusOf,
} from './merged-listing.ts';
import { MAX_PAGE_CURSOR } from '../page-cursor.ts';
import { parsecIdParts, venueFor } from '../market-selector.ts';

/** Markets of one page, and of one request by id (contract: router, "Market data"). */
const MAX_MARKETS = 100;

const query = z.strictObject({
  exchanges: exchangeList.optional(),
  status: marketStatus.optional(),
  search: z.string().min(1).max(200).optional(),
  min_volume: microQuery.optional(),
  min_liquidity: microQuery.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_MARKETS).default(MAX_MARKETS),
  cursor: z.string().max(MAX_PAGE_CURSOR).optional(),
  parsec_ids: z
    .string()
    .min(1)
    .max(MAX_MARKETS * 161)
    .optional(),
});

const reply = z.object({
  /** What was asked for: a listing, or markets by their ids. */
  scope: z.enum(['exchanges', 'parsec_ids']),
  markets: z.array(marketView),
  pagination,
  /** With parsec_ids: those that no exchange knows. */
  not_found_ids: z.array(z.string()).optional(),
  /** Ours: which exchanges have answered. */
  status: exchangeStatus,
});

export const markets = route({
  method: 'GET',
  path: '/api/v1/markets',
  summary: 'Markets of one or several exchanges, by pages, or up to 100 by their ids',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query,
  reply: { status: 200, schema: reply },
  async handle(call) {
    return { body: call.query.parsec_ids === undefined ? await listed(call) : await byId(call) };
  },
});

type MarketsCall = Call<unknown, z.infer<typeof query>, unknown>;
type Reply = z.infer<typeof reply>;

async function listed({ env, query: asked }: MarketsCall): Promise<Reply> {
  const { search, min_volume: minVolume, min_liquidity: minLiquidity, limit, cursor } = asked;
  const filters = { status: toStatus(asked.status), search, minVolume, minLiquidity };
  const page = await mergeListings(
    exchangesFor(env, asked.exchanges, 'fetch_markets'),
    { limit, cursor },
    (exchange, share, place) => venueFor(env, exchange).markets({ ...filters, limit: share, cursor: place }),
  );
  return {
    scope: 'exchanges',
    markets: page.rows.map(({ exchange, item }) => toMarketView(exchange, item)),
    pagination: page.pagination,
    status: page.status,
  };
}

/** In the order asked for. Where an exchange does not answer, nobody knows whether its markets are there. */
async function byId({ env, query: asked, url }: MarketsCall): Promise<Reply> {
  const ids = idsIn(asked.parsec_ids ?? '');
  const other = [...url.searchParams.keys()].find((name) => name !== 'parsec_ids');
  if (other !== undefined) throw new RequestError(invalidMember(other, 'does not go with parsec_ids'));
  const groups = Map.groupBy(
    ids.flatMap(({ exchange, id }) => (isVenueName(exchange) ? [{ exchange, id }] : [])),
    ({ exchange }) => exchange,
  );
  const answers = await Promise.all(
    [...groups].map(async ([exchange, rows]) => {
      const named = { ids: rows.map(({ id }) => id), limit: MAX_MARKETS };
      return [exchange, await venueFor(env, exchange).markets(named)] as const;
    }),
  );
  if (answers.length > 0) refuseFaults(answers.map(([, found]) => found));
  const found = new Map<string, readonly [VenueName, ListedMarket]>(
    answers.flatMap(([exchange, page]) =>
      page.ok ? page.value.items.map((item) => [keyOf(exchange, item.id), [exchange, item]] as const) : [],
    ),
  );
  const silent = new Set<string>(answers.flatMap(([exchange, page]) => (page.ok ? [] : [exchange])));
  const rows = ids.map((one) => ({ ...one, hit: found.get(keyOf(one.exchange, one.id)) }));
  const hits = rows.flatMap(({ hit }) => (hit ? [toMarketView(...hit)] : []));
  return {
    scope: 'parsec_ids',
    markets: hits,
    pagination: { count: hits.length, total: hits.length, has_more: false },
    not_found_ids: rows.filter(({ hit, exchange }) => !hit && !silent.has(exchange)).map(({ text }) => text),
    status: Object.fromEntries(answers.map(([exchange, page]) => [exchange, statusOf(page)])),
  };
}

/** Hexadecimal ids are one in either case; no venue has two that differ in nothing else. */
const keyOf = (exchange: string, id: string): string => `${exchange}:${id.toLowerCase()}`;

function idsIn(
  list: string,
): readonly { readonly text: string; readonly exchange: string; readonly id: string }[] {
  const texts = [...new Set(list.split(',').map((text) => text.trim()))];
  if (texts.length > MAX_MARKETS)
    throw new RequestError(invalidMember('parsec_ids', `at most ${MAX_MARKETS}`));
  return texts.map((text) => {
    const parts = parsecIdParts(text);
    if (!parts)
      throw new RequestError(invalidMember('parsec_ids', 'must be <exchange>:<market id>, parted by commas'));
    return { text, ...parts };
  });
}
