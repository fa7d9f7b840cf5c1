import * as z from 'zod';
import { countSubrequest } from '../../../../durable-objects/rpc/subrequest-counter.ts';
import { venueFetch } from '../../../../shared/venues/http/venue-fetch.ts';
import type { Env } from '../../env.ts';
import type { AnyRoute } from '../../http/route.ts';
import { proxy } from './venue-proxy.ts';
import { conditionId, tokenId } from '../../trading/v1-wire.ts';

const byToken = z.object({ token_id: tokenId });
const sided = byToken.extend({ side: z.enum(['BUY', 'SELL', 'buy', 'sell']) });
const manyTokens = z
  .array(z.object({ token_id: tokenId, side: z.enum(['BUY', 'SELL', '']).optional() }))
  .max(500);
const cursor = z.object({ next_cursor: z.string().max(128).optional() });
const condition = z.object({ condition: conditionId });
const token = z.object({ token: tokenId });

const text = z.string().max(32).optional();
const history = z.object({ market: tokenId, startTs: text, endTs: text, interval: text, fidelity: text });

/** Intervals of `GET /v1/prices-history`, as the venue names them. */
const intervals: ReadonlySet<string> = new Set(['1h', '6h', '1d', '1w', 'max']);

function checkHistory(
  query: z.infer<typeof history>,
): 'INVALID_INTERVAL' | 'INVALID_TIME_FILTER' | undefined {
  if (query.interval !== undefined && !intervals.has(query.interval)) return 'INVALID_INTERVAL';
  if (query.fidelity !== undefined && !/^\d{1,6}$/.test(query.fidelity)) return 'INVALID_INTERVAL';
  const times = [query.startTs, query.endTs].filter((value) => value !== undefined);
  return times.every((value) => /^\d{1,12}$/.test(value)) ? undefined : 'INVALID_TIME_FILTER';
}

export const marketDataRoutes: readonly AnyRoute[] = [
  proxy({ path: '/tick-size', summary: 'Tick size of a token', query: byToken }),
  proxy({ path: '/tick-size/{token}', summary: 'Tick size of a token', params: token }),
  proxy({ path: '/neg-risk', summary: 'Whether a token is negative-risk', query: byToken }),
  proxy({ path: '/fee-rate', summary: 'Base fee of a token', query: byToken }),
  proxy({ path: '/book', summary: 'Order book of a token', query: byToken }),
  proxy({ method: 'POST', path: '/books', summary: 'Order books of several tokens', body: manyTokens }),
  proxy({ path: '/price', summary: 'Best price of a side', query: sided }),
  proxy({ method: 'POST', path: '/prices', summary: 'Best prices of several tokens', body: manyTokens }),
  proxy({ path: '/midpoint', summary: 'Midpoint of a token', query: byToken }),
  proxy({ method: 'POST', path: '/midpoints', summary: 'Midpoints of several tokens', body: manyTokens }),
  proxy({ path: '/spread', summary: 'Spread of a token', query: byToken }),
  proxy({ method: 'POST', path: '/spreads', summary: 'Spreads of several tokens', body: manyTokens }),
  proxy({ path: '/last-trade-price', summary: 'Last trade price of a token', query: byToken }),
  proxy({
    method: 'POST',
    path: '/last-trades-prices',
    summary: 'Last trade prices of several tokens',
    body: manyTokens,
  }),
  proxy({
    path: '/prices-history',
    summary: 'Price history of a token',
    query: history,
    check: checkHistory,
  }),
  proxy({ path: '/markets-by-token/{token}', summary: 'Market of a token', params: token }),
  proxy({
    path: '/clob-markets/{condition}',
    summary: 'Trading parameters of a market',
    params: condition,
    missing: 'MARKET_NOT_FOUND',
  }),
  proxy({ path: '/markets', summary: 'Markets, by pages', query: cursor }),
  proxy({
    path: '/markets/{condition}',
    summary: 'One market',
    params: condition,
    missing: 'MARKET_NOT_FOUND',
  }),
  proxy({ path: '/simplified-markets', summary: 'Markets in short, by pages', query: cursor }),
  proxy({ path: '/sampling-markets', summary: 'Markets with rewards, by pages', query: cursor }),
  proxy({ path: '/sampling-simplified-markets', summary: 'Markets with rewards, in short', query: cursor }),
];

/** A readiness probe that waits longer than this has its answer. */
const PROBE_TIMEOUT_MS = 2_000;

/** Whether the market-data source answers, for the readiness probe. */
export async function sourceAnswers(env: Env): Promise<boolean> {
  countSubrequest(env);
  try {
    const response = await venueFetch(`${env.POLYMARKET_CLOB_URL}/ok`, {}, PROBE_TIMEOUT_MS);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
