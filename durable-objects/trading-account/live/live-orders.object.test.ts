import { env } from 'cloudflare:workers';
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { moveClock, resetClock } from '../../../shared/clock.ts';
import { failure } from '../../../shared/errors/failure.ts';
import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import { clearAlarm, fireAlarm } from '../../../test/support/alarms.ts';
import { micro } from '../../../test/support/emulator-control.ts';
import {
  kalshiSetup,
  liveOrders,
  placing,
  type LiveVenueSetup,
} from '../../../test/support/live-venue-setup.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { CommandIdentity } from '../journal/command-identity.ts';
import type { LiveOrders } from './live-orders.ts';
import type { LiveReply } from './model.ts';

let bench: LiveVenueSetup;
beforeAll(async () => {
  bench = await kalshiSetup();
});
afterEach(() => resetClock());

let account: string;
beforeEach(async () => {
  account = `live-${crypto.randomUUID()}`;
  await bench.link(account);
  await clearAlarm(stub());
});
const stub = () => env.TRADING_ACCOUNT.getByName(account);

type Column = Readonly<Record<'state' | 'assumed', string | null>>;
const read = ({ sql }: DurableObjectStorage): readonly Column[] =>
  sql.exec<Column>('SELECT state, assumed FROM live_commands ORDER BY id').toArray();
const rows = (): Promise<readonly Column[]> => runInDurableObject(stub(), (_, { storage }) => read(storage));

/** Runs the account's live orders; `wrap` changes how its sessions behave. */
const withLive = <T>(
  act: (live: LiveOrders, storage: DurableObjectStorage) => Promise<T>,
  wrap: (session: VenueClient) => VenueClient = (session) => session,
): Promise<T> =>
  runInDurableObject(stub(), (_, { storage }) =>
    act(
      liveOrders(storage, () => wrap(bench.session(account))),
      storage,
    ),
  );

const idOf = (reply: LiveReply): string => (reply.ok ? reply.order.id : reply.reason);

test('`sent` is durable before the first outside byte', async () => {
  const events: string[] = [];
  await runInDurableObject(stub(), async (_, { storage }) => {
    const noticing = new Proxy(storage, {
      get(target, name) {
        if (name === 'sync')
          return async (): Promise<void> => {
            await target.sync();
            events.push(`durable: ${read(target)[0]?.state}`);
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const live = liveOrders(noticing, () => {
      const session = bench.session(account);
      return {
        ...session,
        send: (prepared) => {
          events.push('first byte');
          return session.send(prepared);
        },
      };
    });
    expect(await live.submit(placing(bench, account))).toMatchObject({ ok: true });
  });
  expect(events).toEqual(['durable: sent', 'first byte']);
});

test('a command whose lease has run out is never sent', async () => {
  const before = await bench.orders();
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  let prepared: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    prepared = resolve;
  });
  const reply = await withLive(
    async (live) => {
      const placed = live.submit(placing(bench, account));
      await arrived;
      moveClock({ kind: 'advance', ms: 31_000 });
      await live.alarm();
      go();
      return placed;
    },
    (session) => ({
      ...session,
      prepare: async (terms) => {
        const ready = await session.prepare(terms);
        prepared();
        await gate;
        return ready;
      },
    }),
  );
  expect(reply).toMatchObject({ ok: false, reason: 'VENUE_UNAVAILABLE' });
  expect([await bench.orders(), await rows()]).toEqual([before, [{ state: 'released', assumed: null }]]);
});

test('what was sent with one credential is never taken for absent by another', async () => {
  await withLive(
    (live) => live.submit(placing(bench, account)),
    (session) => ({ ...session, send: () => Promise.resolve({ tag: 'unknown' }) }),
  );
  const other = await kalshiSetup();
  await other.link(account);
  moveClock({ kind: 'advance', ms: 100_000 });
  await withLive((live) => live.alarm());
  expect(await rows()).toMatchObject([{ state: 'unknown' }]);
  await bench.link(account);
  moveClock({ kind: 'advance', ms: 100_000 });
  await withLive((live) => live.alarm());
  expect(await rows()).toMatchObject([{ state: 'released' }]);
});

test("a sale stays a sale, polled, listed and cancelled, though Kalshi's book knows only which side of it is taken", async () => {
  const selling = placing(bench, account, { terms: { ...bench.terms, side: 'SELL', price: micro('0.9') } });
  const sale = { outcome: 'Yes', side: 'SELL', price: micro('0.9'), size: bench.terms.size };
  await withLive(async (live) => {
    const placed = await live.submit(selling);
    expect(placed).toMatchObject({ ok: true, order: { ...sale, status: 'open' } });
    const id = idOf(placed);
    expect(await live.order(selling.access, id)).toMatchObject({ value: { ...sale, id, status: 'open' } });
    // Newest first; the member has orders of other tests too.
    const listed = await live.orders(selling.access, { status: 'open', limit: 1 });
    expect(listed).toMatchObject({ ok: true, value: [{ ...sale, id }] });
    // As Kalshi tells it: who sells Yes at 0.90 has bought No at 0.10.
    const bought = { outcome: 'No', side: 'BUY', price: micro('0.1'), size: micro('1') } as const;
    const fill = {
      id: 'f',
      orderId: id,
      marketId: bench.terms.marketId,
      isTaker: false,
      fee: micro('0'),
      at: 0,
    };
    const sold = { outcome: 'Yes', side: 'SELL', price: micro('0.9'), size: micro('1') };
    const strange = { ...fill, ...bought, orderId: 'placed elsewhere' };
    expect(live.fills('kalshi', [{ ...fill, ...bought }, strange])).toEqual([{ ...fill, ...sold }, strange]);
    const work = { kind: 'cancel', orderId: id } as const;
    const cancelled = await live.submit({ ...selling, commandIdentity: { fingerprint: 'cancel' }, work });
    expect(cancelled).toMatchObject({ ok: true, order: { ...sale, status: 'cancelled' } });
  });
});

test('what others left open, who never come again, keeps nobody from settling his own', async () => {
  const given = {
    kind: 'request',
    credential: { venue: 'kalshi', apiKeyId: '', privateKeyPem: '' },
  } as const;
  const { access } = placing(bench, account);
  const leave = (key: string): Promise<LiveReply> =>
    withLive(
      (live) =>
        live.submit(
          placing(bench, account, {
            access: { ...access, source: given },
            commandIdentity: { fingerprint: key, key },
          }),
        ),
      (session) => ({ ...session, send: () => Promise.resolve({ tag: 'unknown' }) }),
    );
  for (const key of ['a', 'b', 'c', 'd', 'e']) await leave(key);
  await (await kalshiSetup()).link(account);
  await leave('f');
  moveClock({ kind: 'advance', ms: 100_000 });
  // By a request that is about something else.
  await withLive((live) => live.orders({ ...access, source: given }, { status: 'open', limit: 1 }));
  expect((await rows()).map(({ state }) => state)).toEqual([...Array<string>(5).fill('unknown'), 'released']);
});

test("two requests alike are two orders; an SDK's own retry is the one before it, for 90 s", async () => {
  const submit = (sdkRetry: boolean): Promise<LiveReply> =>
    withLive((live) =>
      live.submit(placing(bench, account, { commandIdentity: { fingerprint: 'same', sdkRetry } })),
    );
  const ids = [idOf(await submit(false)), idOf(await submit(false))];
  expect(new Set(ids).size).toBe(2);
  expect(idOf(await submit(true))).toBe(ids[1]);
  expect((await rows()).map(({ assumed }) => assumed)).toEqual([null, 'recent']);
  // Each reply may be lost, and an SDK waits a minute for one.
  for (let retry = 0; retry < 2; retry += 1) {
    moveClock({ kind: 'advance', ms: 60_000 });
    expect(idOf(await submit(true))).toBe(ids[1]);
  }
  moveClock({ kind: 'advance', ms: 91_000 });
  expect(ids).not.toContain(idOf(await submit(true)));
});

test('an equal command that comes to nothing takes no name from the one before it', async () => {
  const submit = (commandIdentity: CommandIdentity, wrap?: (session: VenueClient) => VenueClient) =>
    withLive((live) => live.submit(placing(bench, account, { commandIdentity })), wrap);
  const first = await submit({ fingerprint: 'same' });
  const refused = await submit({ fingerprint: 'same' }, (session) => ({
    ...session,
    prepare: () => Promise.resolve(failure('INSUFFICIENT_BALANCE')),
  }));
  expect(refused).toMatchObject({ reason: 'INSUFFICIENT_BALANCE' });
  expect(await submit({ fingerprint: 'same', sdkRetry: true })).toEqual({ ...first, replayed: true });
});

test("what another's credential did is no command of this one's, however alike they are written", async () => {
  const { access } = placing(bench, account);
  const credential = { venue: 'kalshi', apiKeyId: '', privateKeyPem: '' } as const;
  const given = { ...access, source: { kind: 'request', credential } as const };
  const submit = (commandIdentity: CommandIdentity): Promise<LiveReply> =>
    withLive((live) => live.submit(placing(bench, account, { access: given, commandIdentity })));
  const named = await submit({ fingerprint: 'a', key: 'k' });
  const unnamed = await submit({ fingerprint: 'b' });
  await (await kalshiSetup()).link(account);
  expect(await submit({ fingerprint: 'a', key: 'k' })).toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSE' });
  const theirs = await submit({ fingerprint: 'b', sdkRetry: true });
  expect(theirs).toMatchObject({ ok: true, replayed: false });
  await bench.link(account);
  expect(await submit({ fingerprint: 'a', key: 'k' })).toEqual({ ...named, replayed: true });
  expect(await submit({ fingerprint: 'b', sdkRetry: true })).toEqual({ ...unnamed, replayed: true });
});

test('a retry long after a reply that never came is still the command before it', async () => {
  const commandIdentity = { fingerprint: 'same' };
  const lost = await withLive(
    (live) => live.submit(placing(bench, account, { commandIdentity })),
    (session) => ({
      ...session,
      send: async (prepared) => {
        await session.send(prepared);
        return { tag: 'unknown' };
      },
    }),
  );
  expect(lost).toMatchObject({ reason: 'PERSISTENCE_UNKNOWN' });
  moveClock({ kind: 'advance', ms: 10_000 });
  await withLive((live) => live.alarm());
  moveClock({ kind: 'advance', ms: 3_600_000 });
  const before = await bench.orders();
  const retry = placing(bench, account, { commandIdentity: { ...commandIdentity, sdkRetry: true } });
  expect(await withLive((live) => live.submit(retry))).toMatchObject({ ok: true, replayed: true });
  expect([await bench.orders(), await rows()]).toEqual([
    before,
    [{ state: 'done', assumed: 'retryable-status' }],
  ]);
});

test('no more trade writes are in flight than the tier has', async () => {
  const replies = await withLive((live) =>
    Promise.all(
      ['a', 'b', 'c'].map((key) =>
        live.submit(placing(bench, account, { commandIdentity: { fingerprint: key, key }, maxWrites: 2 })),
      ),
    ),
  );
  expect(replies.map((reply) => (reply.ok ? 'order' : reply.reason))).toEqual([
    'order',
    'order',
    'RATE_LIMITED',
  ]);
});

test('what ended is kept for a day, and what is unknown for as long as it is', async () => {
  await withLive((live) =>
    live.submit(placing(bench, account, { commandIdentity: { fingerprint: 'a', key: 'a' } })),
  );
  await withLive(
    (live) => live.submit(placing(bench, account, { commandIdentity: { fingerprint: 'b', key: 'b' } })),
    (session) => ({ ...session, send: () => Promise.resolve({ tag: 'unknown' }) }),
  );
  const day = 24 * 3_600_000;
  await withLive(async (live) => {
    const first = live.sweep(Date.now() + day - 60_000);
    expect(first).toBeGreaterThan(Date.now() + day - 60_000);
  });
  expect(await rows()).toHaveLength(2);
  await withLive(async (live) => {
    expect(live.sweep(Date.now() + day + 60_000)).toBe(Number.POSITIVE_INFINITY);
    expect([live.isNameUsed('key:a'), live.isNameUsed('key:b')]).toEqual([false, true]);
  });
  expect(await rows()).toMatchObject([{ state: 'unknown' }]);
});

test('a command never has the number of one that was forgotten: fees and claims outlive it', async () => {
  const submit = (key: string): Promise<LiveReply> =>
    withLive((live) => live.submit(placing(bench, account, { commandIdentity: { fingerprint: key, key } })));
  const numbers = (): Promise<readonly number[]> =>
    runInDurableObject(stub(), (_, { storage }) =>
      storage.sql
        .exec<{ id: number }>('SELECT id FROM live_commands ORDER BY id')
        .toArray()
        .map(({ id }) => id),
    );
  await submit('a');
  await submit('b');
  const [, last = 0] = await numbers();
  await withLive(async (live) => {
    expect(live.sweep(Date.now() + 25 * 3_600_000)).toBe(Number.POSITIVE_INFINITY);
    expect([live.isNameUsed('key:a'), live.isNameUsed('key:b')]).toEqual([false, false]);
  });
  await submit('b');
  expect(await numbers()).toEqual([last, last + 1]);
});

test("the account's own alarm settles what nobody asks about, also in a new instance", async () => {
  const before = await bench.orders();
  await bench.arm({ method: 'POST', path: bench.placePath, kind: 'drop_after' });
  const lost = await accountObject(env, account).submit(placing(bench, account));
  expect(lost).toMatchObject({ reason: 'PERSISTENCE_UNKNOWN' });
  expect(await rows()).toMatchObject([{ state: 'unknown' }]);
  await clearAlarm(stub());
  await evictDurableObject(stub());
  moveClock({ kind: 'advance', ms: 10_000 });
  await fireAlarm(stub());
  await expect.poll(rows).toMatchObject([{ state: 'done' }]);
  expect(await bench.orders()).toBe(before + 1);
});

test('what a dead instance left: nothing is sent, what was sent is asked about', async () => {
  const lasting = new Promise<never>(() => undefined);
  const begun = async (at: 'prepare' | 'send'): Promise<void> => {
    let arrived: () => void = () => undefined;
    const there = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await withLive(
      async (live) => {
        void live.submit(placing(bench, account, { commandIdentity: { fingerprint: at, key: at } }));
        await there;
      },
      (session) => ({
        ...session,
        [at]: () => {
          arrived();
          return lasting;
        },
      }),
    );
  };
  await begun('prepare');
  await begun('send');
  await abortAllDurableObjects();
  expect((await rows()).map(({ state }) => state)).toEqual(['released', 'unknown']);
});
