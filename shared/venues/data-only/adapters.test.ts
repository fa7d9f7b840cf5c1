import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataVenueName } from '../../../emulators/data-venues/index.ts';
import { startForTest, type TestDataVenues } from '../../../emulators/data-venues/test/support.ts';
import { micro, valueOf } from '../../../test/support/venue-outcomes.ts';
import { VenueEndpoint, type Probe } from '../http/endpoint.ts';
import { LIMITLESS_PROBE } from '../limitless/api.ts';
import { LimitlessVenue } from '../limitless/venue.ts';
import { OPINION_PROBE } from '../opinion/api.ts';
import { OpinionVenue } from '../opinion/venue.ts';
import { priceIntervals, type DataVenue, type ListedMarket } from '../port.ts';
import { PREDICTFUN_PROBE } from '../predictfun/api.ts';
import { PredictFunVenue } from '../predictfun/venue.ts';
import type { DataOnlySettings } from './reader.ts';

interface Case {
  readonly make: new (settings: DataOnlySettings, line?: VenueEndpoint) => DataVenue;
  readonly probe: Probe;
  /** Markets that the venue lists. */
  readonly total: number;
  /** The emulator's route of a book, as its statistics count it. */
  readonly bookRoute: string;
  readonly tape: boolean;
}
const cases: Readonly<Record<DataVenueName, Case>> = {
  limitless: {
    make: LimitlessVenue,
    probe: LIMITLESS_PROBE,
    total: 29,
    bookRoute: 'GET /markets/:slug/orderbook',
    tape: true,
  },
  opinion: {
    make: OpinionVenue,
    probe: OPINION_PROBE,
    total: 30,
    bookRoute: 'GET /token/orderbook',
    tape: false,
  },
  predictfun: {
    make: PredictFunVenue,
    probe: PREDICTFUN_PROBE,
    total: 30,
    bookRoute: 'GET /markets/:id/orderbook',
    tape: true,
  },
};
const names = ['limitless', 'opinion', 'predictfun'] as const;

let emulators: TestDataVenues;
beforeAll(async () => {
  emulators = await startForTest();
});
afterAll(() => emulators.close());

/** With a line of its own: what one test breaks, no other sees. */
function venueOf(name: DataVenueName, apiKey?: string): DataVenue {
  const { make, probe } = cases[name];
  const url = emulators.url(name);
  return new make({ url, apiKey }, new VenueEndpoint({ baseUrl: url, probe }));
}

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

/** An open market of its own, the `at`-th: tests that share an emulator keep to different ones. */
async function openMarket(venue: DataVenue, at: number): Promise<ListedMarket> {
  const { items } = valueOf(await venue.markets({ limit: 100, status: 'open', search: 'above' }));
  const market = items[at];
  if (!market) throw new Error('no such market');
  return market;
}

const levels = {
  bids: [
    { price: 0.48, size: 7.5 },
    { price: '0.49', size: '500' },
  ],
  asks: [{ price: 0.52, size: 3 }],
};

describe.each(names)('data of %s', (name) => {
  const { total, bookRoute, tape } = cases[name];

  test('it reads and never trades', () => {
    const { has, orderTypes, onboarding, dedupe } = venueOf(name).capabilities;
    expect({ orderTypes, onboarding, dedupe }).toEqual({ orderTypes: [], onboarding: [], dedupe: null });
    expect(has).toMatchObject({ fetch_orderbook: true, create_order: false, fetch_trades: tape });
  });

  test('pages of any size list every market once', async () => {
    const venue = venueOf(name);
    for (const limit of [7, 100]) {
      const seen = await allMarkets(venue, limit);
      expect(seen).toHaveLength(total);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(total);
    }
    for (const cursor of ['!', btoa('0:-1')]) {
      const answer = await venue.markets({ limit: 5, cursor });
      expect(answer).toMatchObject({ ok: false });
    }
  });

  test('filters keep what they say, and none is dropped', async () => {
    const venue = venueOf(name);
    const counts = await Promise.all(
      (['open', 'closed', 'resolved'] as const).map(async (status) => {
        const { items } = valueOf(await venue.markets({ limit: 100, status }));
        expect(items.every((market) => market.status === status)).toBe(true);
        return items.length;
      }),
    );
    expect(counts.every((count) => count > 0)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
    const market = await openMarket(venue, 3);
    const hits = valueOf(await venue.markets({ limit: 100, search: market.question.toUpperCase() })).items;
    expect(hits.map(({ id }) => id)).toEqual([market.id]);
    const least = market.volume;
    expect(least).toBeGreaterThan(0n);
    const rich = valueOf(await venue.markets({ limit: 100, minVolume: least })).items;
    expect(rich.length).toBeLessThan(total);
    expect(rich.map(({ id }) => id)).toContain(market.id);
    const none = valueOf(await venue.markets({ limit: 100, minVolume: micro('999999999') })).items;
    expect(none).toEqual([]);
  });

  test('ids find their markets, also those that the venue no longer lists', async () => {
    const venue = venueOf(name);
    const listed = await allMarkets(venue, 100);
    const ids = listed.slice(0, 5).map(({ id }) => id);
    const found = valueOf(await venue.markets({ limit: 100, ids: [...ids, 'no-such-market', '1', '../x'] }));
    expect(found.items.map(({ id }) => id)).toEqual(ids);
    for (const id of ['no-such-market', '999999', '../markets', ''])
      expect(await venue.market(id)).toMatchObject({ reason: 'MARKET_NOT_FOUND' });
  });

  test('a group is an event, and its options tell the group’s question alone too', async () => {
    const venue = venueOf(name);
    const { items } = valueOf(await venue.events({ limit: 100, status: 'open' }));
    const event = items.find(({ markets }) => markets.length === 3);
    if (!event) throw new Error('no group');
    expect(event.markets.map(({ status }) => status)).toEqual(['open', 'resolved', 'closed']);
    expect(await venue.market(event.id)).toMatchObject({ reason: 'MARKET_NOT_FOUND' });
    const [option, ended] = event.markets;
    const alone = valueOf(await venue.market(option?.id ?? ''));
    expect(alone).toMatchObject({ groupId: event.id, question: option?.question });
    expect(alone.question).toContain(event.title);
    expect(ended?.outcomes.map(({ price }) => price)).toEqual([micro('1'), micro('0')]);
    expect(valueOf(await venue.events({ limit: 100, search: 'no such thing' })).items).toEqual([]);
  });

  test('a book has the outcome asked for, best levels first', async () => {
    const venue = venueOf(name);
    const market = await openMarket(venue, 0);
    await emulators.control(name, 'book', { market: market.id, ...levels });
    const yes = valueOf(await venue.book({ marketId: market.id }));
    expect(yes).toMatchObject({
      marketId: market.id,
      outcome: 'Yes',
      tokenId: market.outcomes[0]?.tokenId,
      bids: [
        { price: micro('0.49'), size: micro('500') },
        { price: micro('0.48'), size: micro('7.5') },
      ],
      asks: [{ price: micro('0.52'), size: micro('3') }],
    });
    const no = valueOf(await venue.book({ marketId: market.id, outcome: 'NO' }));
    expect(no).toMatchObject({
      outcome: 'No',
      tokenId: market.outcomes[1]?.tokenId,
      bids: [{ price: micro('0.48'), size: micro('3') }],
      asks: [
        { price: micro('0.51'), size: micro('500') },
        { price: micro('0.52'), size: micro('7.5') },
      ],
    });
    const maybe = await venue.book({ marketId: market.id, outcome: 'maybe' });
    expect(maybe).toMatchObject({ reason: 'VALIDATION_FAILED' });
  });

  test('a polled book is asked of the venue once in three seconds, a live one each time', async () => {
    const venue = venueOf(name);
    const { id: marketId } = await openMarket(venue, 1);
    const asked = async () => (await emulators.stats(name)).requests[bookRoute] ?? 0;
    const before = await asked();
    for (let read = 0; read < 3; read += 1) valueOf(await venue.book({ marketId }));
    expect((await asked()) - before).toBe(name === 'limitless' ? 3 : 1);
  });

  test('candles of every interval lie in order within their bounds', async () => {
    const venue = venueOf(name);
    const { id: marketId } = await openMarket(venue, 2);
    for (const interval of priceIntervals) {
      const candles = valueOf(await venue.prices({ marketId, outcome: 'No', interval }));
      // The hourly samples of Opinion may all lie before the last hour.
      expect(candles.length, interval).toBeGreaterThanOrEqual(interval === '1h' ? 0 : 1);
      let last = 0;
      for (const { at, open, high, low, close } of candles) {
        expect(at).toBeGreaterThan(last);
        expect(low <= open && low <= close && high >= open && high >= close).toBe(true);
        last = at;
      }
    }
    const yes = valueOf(await venue.prices({ marketId, interval: '1w' }));
    const closes = new Map(yes.map(({ at, close }) => [at, close]));
    const no = valueOf(await venue.prices({ marketId, outcome: 'No', interval: '1w' }));
    // An hour may have passed between the two.
    const shared = no.filter(({ at }) => closes.has(at));
    expect(shared.length).toBeGreaterThan(100);
    for (const { at, close } of shared) expect(closes.get(at)).toBe(1_000_000n - close);
  });

  test('it answers a ping and tells of an address', async () => {
    const venue = venueOf(name);
    expect(await venue.ping()).toBeUndefined();
    expect(valueOf(await venue.userActivity(`0x${'ab'.repeat(20)}`))).toBeDefined();
    expect(await venue.userActivity('../markets')).toMatchObject({ reason: 'VALIDATION_FAILED' });
  });

  const times = (count: number, fault: object) => ({ path: '/*', times: count, ...fault });
  test.each([
    ['429 twice', times(2, { kind: 'status', status: 429, headers: { 'retry-after': '0' } }), undefined],
    ['503 twice', times(2, { kind: 'status', status: 503 }), undefined],
    ['a broken connection', times(1, { kind: 'drop_before' }), undefined],
    ['503 for longer', times(3, { kind: 'status', status: 503 }), 'VENUE_UNAVAILABLE'],
    ['429 for longer', times(3, { kind: 'status', status: 429 }), 'VENUE_UNAVAILABLE'],
    ['half a body', times(1, { kind: 'malformed' }), 'VENUE_UNAVAILABLE'],
    ['another body', times(1, { kind: 'status', status: 200, body: { data: 7 } }), 'VENUE_UNAVAILABLE'],
    ['400', times(1, { kind: 'status', status: 400 }), 'VENUE_UNAVAILABLE'],
    ['a redirect', times(1, { kind: 'status', status: 302 }), 'VENUE_UNAVAILABLE'],
  ] as const)('reads and %s', async (_case, fault, reason) => {
    const before = (await emulators.stats(name)).counts.faults_fired;
    await emulators.control(name, 'faults', fault);
    const answer = await venueOf(name).markets({ limit: 1 });
    expect(answer).toMatchObject(reason ? { ok: false, reason } : { ok: true });
    expect((await emulators.stats(name)).counts.faults_fired - before).toBe(fault.times);
  });
});

describe.each([
  ['opinion', 'OPINION_API_KEY'],
  ['predictfun', 'PREDICTFUN_API_KEY'],
] as const)('the key of %s', (name, setting) => {
  const key = 'a-key-that-nobody-may-see';

  test('goes along, and its refusal is told without it', async () => {
    await emulators.control(name, 'api-key', { key });
    try {
      expect(await venueOf(name, key).markets({ limit: 1 })).toMatchObject({ ok: true });
      expect(await venueOf(name, key).ping()).toBeUndefined();
      for (const other of [undefined, '', `${key}-old`]) {
        const refused = await venueOf(name, other).markets({ limit: 1 });
        expect(refused).toMatchObject({ reason: 'VENUE_UNAVAILABLE', retryAfter: 60 });
        expect(JSON.stringify(refused)).toContain(setting);
        expect(JSON.stringify(refused)).not.toContain(key);
        expect(await venueOf(name, other).ping()).toMatchObject({ reason: 'VENUE_UNAVAILABLE' });
      }
    } finally {
      await emulators.control(name, 'api-key', { key: null });
    }
  });
});

test.each(['limitless', 'predictfun'] as const)(
  'trades of %s are told in the view of the outcome',
  async (name) => {
    const venue = venueOf(name);
    const { id: marketId } = await openMarket(venue, 2);
    const trade = { market: marketId, outcome: 1, side: 'BUY', price: '0.31', size: '12.5' };
    await emulators.control(name, 'trade', trade);
    const size = micro('12.5');
    const no = valueOf(await venue.trades({ marketId, outcome: 'no', limit: 1 }));
    expect(no.items).toMatchObject([{ outcome: 'No', side: 'BUY', price: micro('0.31'), size }]);
    const yes = valueOf(await venue.trades({ marketId, limit: 1 }));
    expect(yes.items).toMatchObject([{ outcome: 'Yes', side: 'SELL', price: micro('0.69'), size }]);
    const next = valueOf(await venue.trades({ marketId, limit: 1, cursor: yes.next }));
    expect(next.items[0]?.id).not.toBe(yes.items[0]?.id);
  },
);

test('Opinion tells no trades of a market', async () => {
  const venue = venueOf('opinion');
  expect(await venue.trades({ marketId: '1', limit: 5 })).toMatchObject({ reason: 'NOT_SUPPORTED' });
});

test('a pool of Limitless has no book, tape or history', async () => {
  const venue = venueOf('limitless');
  const { items } = valueOf(await venue.markets({ limit: 1, search: 'pools' }));
  const marketId = items[0]?.id ?? '';
  expect(valueOf(await venue.market(marketId)).status).toBe('open');
  const answers = [
    await venue.book({ marketId }),
    await venue.trades({ marketId, limit: 5 }),
    await venue.prices({ marketId, interval: '1d' }),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ reason: 'NOT_SUPPORTED' });
});

test('outcomes of other names answer to yes and no', async () => {
  const venue = venueOf('predictfun');
  const { items } = valueOf(await venue.markets({ limit: 1, search: 'up or down' }));
  const marketId = items[0]?.id ?? '';
  expect(valueOf(await venue.book({ marketId }))).toMatchObject({ outcome: 'Up' });
  expect(valueOf(await venue.book({ marketId, outcome: 'no' }))).toMatchObject({ outcome: 'Down' });
  expect(valueOf(await venue.book({ marketId, outcome: 'DOWN' }))).toMatchObject({ outcome: 'Down' });
});

test('fees: Predict.fun’s are of the cheaper side, the others’ are not told', async () => {
  const predictfun = venueOf('predictfun');
  const { id } = await openMarket(predictfun, 4);
  expect(valueOf(await predictfun.fee(id))).toEqual({
    rate: micro('0.02'),
    exponent: 1,
    unit: 1n,
    basis: 'cheaper-side',
  });
  for (const name of ['limitless', 'opinion'] as const)
    expect(await venueOf(name).fee('1')).toMatchObject({ reason: 'NOT_SUPPORTED' });
});

test('a venue that is gone is unavailable', async () => {
  const gone = await startForTest();
  const urls = names.map((name) => [name, gone.url(name)] as const);
  await gone.close();
  for (const [name, url] of urls) {
    const { make, probe } = cases[name];
    const venue = new make({ url }, new VenueEndpoint({ baseUrl: url, probe }));
    expect(await venue.markets({ limit: 1 })).toMatchObject({ reason: 'VENUE_UNAVAILABLE' });
    expect(await venue.ping()).toMatchObject({ reason: 'VENUE_UNAVAILABLE' });
  }
});
