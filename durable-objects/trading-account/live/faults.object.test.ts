import { env } from 'cloudflare:workers';
import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { moveClock, resetClock } from '../../../shared/clock.ts';
import type { LiveVenue } from '../../../shared/venues/venue-names.ts';
import type { OrderTerms } from '../../../shared/venues/port.ts';
import { clearAlarm } from '../../../test/support/alarms.ts';
import {
  kalshiSetup,
  liveOrders,
  placing,
  polymarketSetup,
  type EndpointChange,
  type LiveVenueSetup,
} from '../../../test/support/live-venue-setup.ts';
import type { LiveReply } from './model.ts';

// The fault table of docs/consistency.md. The object is the real one, and so are its vault and the venue's wire; what
// a test brings is the line to the venue, with a timeout that does not take ten seconds and a circuit of its own.

/** Longer than a busy machine takes to answer on loopback; only the line that hangs has it. */
const TIMEOUT_MS = 2_500;
/** Later than the first look at the venue is due, and far from when absence is believed. */
const SOON_MS = 5_000;
const ABSENCE_HOLDS_MS = 61_000;

let benches: Record<LiveVenue, LiveVenueSetup>;
beforeAll(async () => {
  const [polymarket, kalshi] = await Promise.all([polymarketSetup(), kalshiSetup()]);
  benches = { polymarket, kalshi };
});
afterEach(() => resetClock());

let account: string;
beforeEach(() => {
  account = `live-${crypto.randomUUID()}`;
});
const stub = () => env.TRADING_ACCOUNT.getByName(account);

/** What a test may do with the account's live orders. */
interface Live {
  place(retry?: boolean): Promise<LiveReply>;
  alarm(): Promise<void>;
}

const withLive = <T>(
  bench: LiveVenueSetup,
  change: EndpointChange,
  terms: OrderTerms,
  act: (live: Live) => Promise<T>,
) =>
  runInDurableObject(stub(), (_, { storage }) => {
    const live = liveOrders(storage, () => bench.session(account, change));
    return act({
      place: (sdkRetry = false) =>
        live.submit(placing(bench, account, { terms, commandIdentity: { fingerprint: 'asked', sdkRetry } })),
      alarm: () => live.alarm(),
    });
  });

const states = (): Promise<readonly string[]> =>
  runInDurableObject(stub(), (_, { storage }) =>
    storage.sql
      .exec<{ state: string }>('SELECT state FROM live_commands ORDER BY id')
      .toArray()
      .map(({ state }) => state),
  );

function told(reply: LiveReply): string {
  if (reply.ok) return 'order';
  const after = 'retryAfter' in reply ? ` after ${reply.retryAfter} s` : '';
  return `${reply.reason}${after}`;
}

interface Row {
  readonly fault?: Readonly<Record<string, unknown>>;
  readonly change?: EndpointChange;
  readonly orders: number;
  readonly reply: string;
  readonly state: string;
  /** After the venue has been asked; the same as `state` where there is nothing to ask. */
  readonly soon: string;
  readonly late: string;
}

const waits = { reply: 'PERSISTENCE_UNKNOWN', state: 'unknown' } as const;
const found = { ...waits, orders: 1, soon: 'done', late: 'done' } as const;
const lost = { ...waits, orders: 0, soon: 'unknown', late: 'released' } as const;
const free = {
  orders: 0,
  reply: 'VENUE_UNAVAILABLE after ',
  state: 'released',
  soon: 'released',
  late: 'released',
} as const;

const table: readonly (readonly [string, Row])[] = [
  // Nobody listens at port 1.
  ['connection refused', { ...free, change: { baseUrl: 'http://127.0.0.1:1' } }],
  ['reset before the request was read', { ...lost, fault: { kind: 'drop_before' } }],
  ['reset after the request was read', { ...found, fault: { kind: 'drop_after' } }],
  ['5xx after execution', { ...found, fault: { kind: 'status', status: 502, after_processing: true } }],
  [
    '429',
    {
      ...free,
      reply: 'VENUE_UNAVAILABLE after 7 s',
      fault: { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
    },
  ],
  ['no answer in time', { ...lost, fault: { kind: 'hang' }, change: { timeoutMs: TIMEOUT_MS } }],
  ['malformed JSON after execution', { ...found, fault: { kind: 'malformed', after_processing: true } }],
  [
    'our clock 5 s behind',
    {
      change: { now: () => Date.now() - 5_000 },
      orders: 1,
      reply: 'order',
      state: 'done',
      soon: 'done',
      late: 'done',
    },
  ],
];

const refused = (status: number, body: unknown, reply: string): Row => ({
  ...free,
  reply,
  fault: { kind: 'status', status, body },
});
const said = (error: string, more: object = {}): object => ({ error, ...more });

/** What only Polymarket says (polymarket-today 6, "Refusals and modes"). */
const polymarketTable: typeof table = [
  ['425 while its engine restarts', { ...lost, fault: { kind: 'status', status: 425 } }],
  [
    'post-only minutes',
    refused(
      503,
      said('post-only mode: only post-only orders and cancels are allowed', { retry_after_seconds: 41 }),
      'VENUE_UNAVAILABLE after 41 s',
    ),
  ],
  ['cancel-only', refused(503, said('Trading is currently cancel-only.'), 'VENUE_UNAVAILABLE after 30 s')],
  ['its place refused', refused(403, said('Trading restricted in your region'), 'VENUE_LOCATION_REFUSED')],
  ['its place refused by a page', refused(403, '<html></html>', 'VENUE_LOCATION_REFUSED')],
  ['account closed', refused(400, said("'0x00' address in closed only mode"), 'VENUE_ACCOUNT_REFUSED')],
];

describe.each(['polymarket', 'kalshi'] as const)('%s', (venue) => {
  test.each(venue === 'polymarket' ? [...table, ...polymarketTable] : table)('%s', async (_, row) => {
    const bench = benches[venue];
    await bench.link(account);
    await clearAlarm(stub());
    const before = await bench.orders();
    if (row.fault) await bench.arm({ method: 'POST', path: bench.placePath, ...row.fault });
    await withLive(bench, row.change ?? {}, bench.terms, async (live) => {
      const reply = await live.place();
      expect(told(reply)).toContain(row.reply);
      expect(await states()).toEqual([row.state]);
    });
    expect((await bench.orders()) - before).toBe(row.orders);
    await withLive(bench, {}, bench.terms, async (live) => {
      moveClock({ kind: 'advance', ms: SOON_MS });
      await live.alarm();
      expect(await states()).toEqual([row.soon]);
      moveClock({ kind: 'advance', ms: ABSENCE_HOLDS_MS });
      await live.alarm();
      expect(await states()).toEqual([row.late]);
      // The retry of an SDK that was told 5xx, or nothing at all: the one order, placed now or then.
      const again = await live.place(true);
      expect(again).toMatchObject({ ok: true, replayed: row.late === 'done' });
      expect((await bench.orders()) - before).toBe(1);
    });
  });
});

describe('client order ids of kalshi', () => {
  const named = (): OrderTerms => ({ ...benches.kalshi.terms, clientOrderId: crypto.randomUUID() });

  test('one that the venue knows from elsewhere: 409, and no second order', async () => {
    const bench = benches.kalshi;
    const terms = named();
    await bench.link(account);
    await clearAlarm(stub());
    const session = bench.session(account);
    const prepared = await session.prepare(terms);
    if (!prepared.ok) throw new Error(prepared.reason);
    expect(await session.send(prepared.value)).toMatchObject({ tag: 'accepted' });
    const before = await bench.orders();
    const reply = await withLive(bench, {}, terms, (live) => live.place());
    expect(told(reply)).toBe('DUPLICATE_CLIENT_ORDER_ID');
    expect([await bench.orders(), await states()]).toEqual([before, ['released']]);
  });

  test('one of our own: the first order, without a key and without a retry header', async () => {
    const bench = benches.kalshi;
    const terms = named();
    await bench.link(account);
    await clearAlarm(stub());
    const before = await bench.orders();
    const [first, again] = await withLive(bench, {}, terms, async (live) => [
      await live.place(),
      await live.place(),
    ]);
    expect(first).toMatchObject({ ok: true, replayed: false });
    expect(again).toEqual({ ...first, replayed: true });
    expect(await bench.orders()).toBe(before + 1);
  });
});
