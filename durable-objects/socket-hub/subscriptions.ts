import type { Failure } from '../../shared/errors/failure.ts';
import type { PolymarketMarketData } from '../../shared/venues/polymarket/market-data/clob-market-data.ts';
import type { Followed } from './attachment.ts';
import type { SubscriptionFrame } from './frames.ts';

/** Tokens by market: what a frame asks for. */
export type Wanted = ReadonlyMap<string, readonly string[]>;

/**
 * The markets of a market-channel frame, each with the tokens asked for: both, where the market itself was
 * named. Tokens that are not known go to `refuse` and are left out.
 */
export async function wantedTokens(
  marketData: PolymarketMarketData,
  frame: SubscriptionFrame,
  refuse: (failure: Failure) => void,
): Promise<Wanted> {
  const [markets, conditions] = await Promise.all([
    Promise.all(frame.markets.map(async (id) => [id, await marketData.market(id)] as const)),
    Promise.all(frame.tokens.map(async (token) => [token, await marketData.conditionOf(token)] as const)),
  ]);
  const wanted = new Map<string, string[]>();
  for (const [id, market] of markets) {
    // An unknown market is refused by its feed.
    wanted.set(id, market.ok ? market.value.outcomes.map(({ tokenId }) => tokenId) : []);
  }
  for (const [token, condition] of conditions) {
    if (condition.ok) wanted.set(condition.value, [...(wanted.get(condition.value) ?? []), token]);
    else refuse({ ...condition, message: `${token}: ${sentenceOf(condition)}` });
  }
  return wanted;
}

const sentenceOf = (known: Failure): string =>
  known.reason === 'TOKEN_NOT_FOUND' ? 'no such token' : 'not known for the moment';

/** What a client follows once it also follows `wanted`. New and repeated ones wait for a snapshot. */
export function merged(followed: readonly Followed[], wanted: Wanted): readonly Followed[] {
  const kept = followed.filter(({ market }) => !wanted.has(market));
  const before = new Map(followed.map(({ market, tokens }) => [market, tokens]));
  const fresh = [...wanted].map(([market, tokens]): Followed => {
    const all = new Set([...(before.get(market) ?? []), ...tokens]);
    return { market, tokens: [...all], live: false };
  });
  return [...kept, ...fresh];
}

/** What remains without the markets and tokens of a frame, and the markets that went altogether. */
export function without(
  followed: readonly Followed[],
  frame: SubscriptionFrame,
): { readonly rest: readonly Followed[]; readonly gone: readonly string[] } {
  const tokens = new Set(frame.tokens);
  const gone = followed
    .filter((entry) => frame.markets.includes(entry.market) || isCovered(entry, tokens))
    .map(({ market }) => market);
  const rest = followed
    .filter(({ market }) => !gone.includes(market))
    .map((entry) => ({ ...entry, tokens: entry.tokens.filter((token) => !tokens.has(token)) }));
  return { rest, gone };
}

const isCovered = (entry: Followed, tokens: ReadonlySet<string>): boolean =>
  entry.tokens.length > 0 && entry.tokens.every((token) => tokens.has(token));
