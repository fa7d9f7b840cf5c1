import { dataVenue } from '../../shared/venues/data-venues.ts';
import type { VenueName } from '../../shared/venues/venue-names.ts';
import type { ObjectEnv } from '../bindings.ts';
import type { FeedMarket } from './feed-market.ts';
import type { MarketRef } from '../../shared/market-feeds/feed-name.ts';
import { Poller } from './poller.ts';
import type { RouterViews } from './router-views.ts';
import { SILENCE_MS, Upstream } from './upstream.ts';
import { readEvents, type VenueEvent } from './venue-events.ts';

/** The one way from a venue to a feed, kept up until `stop`. */
export interface FeedSource {
  /** Someone follows an outcome that nobody followed before. */
  poke(): void;
  stop(): void;
}

/**
 * How often a venue is asked whose live feed we do not listen to. Limitless's and Kalshi's own clients see changes at
 * once; Opinion and Predict.fun are polled every 3 s by contract (router, "Routes"). See docs/decisions/0018.
 */
const POLL_EVERY_MS: Readonly<Record<VenueName, number>> = {
  polymarket: 1_000,
  paper: 1_000,
  kalshi: 1_000,
  limitless: 1_000,
  opinion: 3_000,
  predictfun: 3_000,
};
/** By then a channel that works has told its books. */
const SEED_AFTER_MS = 1_000;
/** Polls in a row that may fail before the book that was read last says nothing any more. */
const POLLS_MISSED = 5;

export const staleAfterMs = ({ exchange }: MarketRef): number =>
  exchange === 'polymarket' ? SILENCE_MS : POLLS_MISSED * POLL_EVERY_MS[exchange];

export interface SourceOptions {
  readonly env: ObjectEnv;
  readonly ref: MarketRef;
  readonly market: FeedMarket;
  readonly views: RouterViews;
  /** Takes the events of a venue that has a market channel. */
  readonly event: (event: VenueEvent) => void;
}

export function openSource({ env, ref, market, views, event }: SourceOptions): FeedSource {
  if (ref.exchange === 'polymarket') {
    const tokens = market.outcomes.flatMap(({ tokenId }) => tokenId ?? []);
    const upstream = new Upstream(env.POLYMARKET_WS_URL, tokens, {
      message: (text) => {
        views.found();
        for (const told of readEvents(text)) event(told);
      },
      lost: () => views.lost(),
    });
    const seeding = new Set<ReturnType<typeof setTimeout>>();
    return {
      // It tells of all outcomes from the beginning, if at all.
      poke: () => {
        const timer = setTimeout(() => {
          seeding.delete(timer);
          void seed(env, ref, views);
        }, SEED_AFTER_MS);
        seeding.add(timer);
      },
      stop: () => {
        for (const timer of seeding) clearTimeout(timer);
        upstream.stop();
      },
    };
  }
  return new Poller({
    venue: dataVenue(ref.exchange, env),
    marketId: ref.marketId,
    everyMs: POLL_EVERY_MS[ref.exchange],
    outcomes: () => views.outcomes(),
    book: ({ outcome, at, ...sides }) => views.book(outcome, sides, at),
    trade: (outcome, trade) => views.trade(outcome, trade),
    lost: (outcome) => views.lost(outcome),
  });
}

/** Reads the books that someone waits for and the channel has not told. */
async function seed(env: ObjectEnv, { exchange, marketId }: MarketRef, views: RouterViews): Promise<void> {
  await Promise.all(
    [...views.untold()].map(async (outcome) => {
      const found = await dataVenue(exchange, env).book({ marketId, outcome });
      if (found.ok) views.seed(outcome, found.value, found.value.at);
    }),
  );
}
