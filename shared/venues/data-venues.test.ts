import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as kalshi from '../../emulators/kalshi/test/support.ts';
import * as polymarket from '../../emulators/polymarket/test/support.ts';
import { micro, valueOf } from '../../test/support/venue-outcomes.ts';
import { kalshiSigner } from '../../test/support/venue-signers.ts';
import { KalshiVenue } from './kalshi/venue.ts';
import { PolymarketVenue } from './polymarket/venue.ts';
import { priceIntervals, type DataVenue, type ListedMarket } from './port.ts';

let poly: polymarket.TestEmulator;
let kal: kalshi.TestEmulator;
const venues = new Map<
  string,
  { readonly venue: DataVenue; readonly marketId: string; readonly total: number }
>();
const of = (name: string) => {
  const found = venues.get(name);
  if (!found) throw new Error(name);
  return found;
};

beforeAll(async () => {
  [poly, kal] = await Promise.all([polymarket.startForTest(), kalshi.startForTest()]);
  const market = await polymarket.marketOf(poly, 'plain');
  await kalshi.knownBook(kal);
  const { url } = poly;
  const settings = { clobUrl: url, gammaUrl: `${url}/gamma`, dataUrl: `${url}/data-api`, chainId: 137 };
  venues.set('polymarket', {
    venue: new PolymarketVenue(settings),
    marketId: market.conditionId,
    total: (await polymarket.allMarkets(poly)).length,
  });
  venues.set('kalshi', { venue: new KalshiVenue({ url: kal.url }), marketId: kalshi.MARKET, total: 15 });
});
afterAll(() => Promise.all([poly.close(), kal.close()]));

/** All pages, each of at most `limit`. */
async function allMarkets(venue: DataVenue, limit: number): Promise<readonly ListedMarket[]> {
  const seen: ListedMarket[] = [];
  for (let cursor: string | undefined; ;) {
    const page = valueOf(await venue.markets({ limit, cursor }));
    expect(page.items.length).toBeLessThanOrEqual(limit);
    seen.push(...page.items);
    cursor = page.next;
    if (cursor === undefined) return seen;
  }
}

describe.each(['polymarket', 'kalshi'])('data of %s', (name) => {
  test('pages of any size list every market once', async () => {
    const { venue, total } = of(name);
    for (const limit of [7, 100]) {
      const seen = await allMarkets(venue, limit);
      expect(seen).toHaveLength(total);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(total);
    }
    expect(await venue.markets({ limit: 5, cursor: '!' })).toMatchObject({ reason: 'INVALID_CURSOR' });
  });

  test('filters keep what they say, and none is dropped', async () => {
    const { venue, marketId, total } = of(name);
    const statuses = ['open', 'closed', 'resolved'] as const;
    const counts = await Promise.all(
      statuses.map(async (status) => {
        const { items } = valueOf(await venue.markets({ limit: 100, status }));
        expect(items.every((market) => market.status === status)).toBe(true);
        return items.length;
      }),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(counts.every((count) => count > 0)).toBe(true);
    const market = valueOf(await venue.market(marketId));
    const search = market.question.slice(2, 14).toUpperCase();
    const hits = valueOf(await venue.markets({ limit: 100, search })).items;
    expect(hits.map(({ id }) => id)).toContain(marketId);
    expect(hits.length).toBeLessThan(total);
    const rich = valueOf(await venue.markets({ limit: 100, minVolume: micro('999999999') })).items;
    expect(rich).toEqual([]);
    const ids = valueOf(await venue.markets({ limit: 100, ids: [marketId, 'no-such-market'] })).items;
    expect(ids.map(({ id }) => id)).toEqual([marketId]);
    expect(await venue.market('no-such-market')).toMatchObject({ reason: 'MARKET_NOT_FOUND' });
  });

  test('events hold their markets', async () => {
    const { venue, marketId } = of(name);
    const market = valueOf(await venue.market(marketId));
    const events = valueOf(await venue.events({ limit: 100, status: 'open' })).items;
    const event = events.find(({ id }) => id === market.groupId);
    expect(event?.markets.map(({ id }) => id)).toContain(marketId);
    expect(event?.status).toBe('open');
  });

  test('a book has the outcome asked for, best levels first', async () => {
    const { venue, marketId } = of(name);
    const yes = valueOf(await venue.book({ marketId }));
    expect(yes).toMatchObject({ outcome: 'Yes', tick: micro('0.01') });
    expect(yes.asks).toEqual([
      { price: micro('0.51'), size: micro('500') },
      { price: micro('0.52'), size: micro('500') },
    ]);
    const no = valueOf(await venue.book({ marketId, outcome: 'NO' }));
    expect(no.bids.map(({ price }) => price)).toEqual([micro('0.49'), micro('0.48')]);
    expect(await venue.book({ marketId, outcome: 'maybe' })).toMatchObject({ reason: 'VALIDATION_FAILED' });
  });

  test('candles of every interval lie in order within their bounds', async () => {
    const { venue, marketId } = of(name);
    for (const interval of priceIntervals) {
      const candles = valueOf(await venue.prices({ marketId, outcome: 'No', interval }));
      expect(candles.length, interval).toBeGreaterThan(0);
      let last = 0;
      for (const { at, open, high, low, close } of candles) {
        expect(at).toBeGreaterThan(last);
        expect(low <= open && low <= close && high >= open && high >= close).toBe(true);
        last = at;
      }
    }
  });

  test('it answers a ping', async () => {
    expect(await of(name).venue.ping()).toBeUndefined();
  });
});

test('a trade on Kalshi is told in the view of the outcome', async () => {
  const { venue, marketId } = of('kalshi');
  const trader = new KalshiVenue({ url: kal.url });
  const terms = {
    marketId,
    outcome: 'Yes',
    side: 'BUY',
    price: micro('0.51'),
    size: micro('3'),
    type: 'ioc',
    postOnly: false,
    clientOrderId: 'data-trade',
  } as const;
  await trader.send(valueOf(await trader.prepare(terms, kalshiSigner(kalshi.ALICE))));
  const told = { size: micro('3') };
  expect(valueOf(await venue.trades({ marketId, limit: 5 })).items).toMatchObject([
    { ...told, side: 'BUY', price: micro('0.51') },
  ]);
  expect(valueOf(await venue.trades({ marketId, outcome: 'no', limit: 5 })).items).toMatchObject([
    { ...told, side: 'SELL', price: micro('0.49') },
  ]);
});
