import { env } from 'cloudflare:workers';
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moveClock, resetClock } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { armFault, releaseFaults, type FaultPoint } from '../../../shared/testing/fault-points.ts';
import { fireAlarm } from '../../../test/support/alarms.ts';
import { micro, setBook, tradableTokens } from '../../../test/support/emulator-control.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { OrderRequest } from '../ledger/model.ts';
import type { CommandIdentity } from './command-identity.ts';
import type { Placing } from '../paper/commands.ts';

const token = (await tradableTokens()).find((candidate) => candidate.tick === 10_000n);
if (!token) throw new Error('the emulator has no market with a tick of 0.01');
await setBook(token.id, [{ price: '0.40', size: '5000' }], [{ price: '0.50', size: '100000' }]);

let name: string;
beforeEach(() => {
  name = `idempotency-${crypto.randomUUID()}`;
});
afterEach(() => {
  resetClock();
  releaseFaults();
});
const account = () => accountObject(env, name);
const stub = () => env.TRADING_ACCOUNT.getByName(name);

const buy = (change: Partial<OrderRequest> = {}): OrderRequest => ({
  tokenId: token.id,
  side: 'BUY',
  timeInForce: 'FOK',
  kind: 'market',
  price: micro('0.5'),
  size: micro('10'),
  postOnly: false,
  priceFromAmounts: false,
  owner: 'test',
  maker: '0xtest',
  ...change,
});
const place = (commandIdentity: CommandIdentity, order = buy(), maxWrites = 1_000): Promise<Placing> =>
  account().place({ orders: [order], commandIdentity, maxWrites });
const orderCount = () =>
  runInDurableObject(
    stub(),
    (_, state) => state.storage.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM orders').one().n,
  );
const named = (key: string, fingerprint = 'a'): CommandIdentity => ({ key, fingerprint });

describe('the same command under the same key', () => {
  test('500 at once: one order, and every caller gets it', async () => {
    const replies = await Promise.all(Array.from({ length: 500 }, () => place(named('k'))));
    expect(await orderCount()).toBe(1);
    const first = replies.find((reply) => reply.ok && !reply.replayed);
    const pending = { ok: false, reason: 'IDEMPOTENCY_CONFLICT_PENDING', retryAfter: 1 };
    const same = { ok: true, outcomes: first?.ok === true && first.outcomes };
    for (const reply of replies) expect(reply).toMatchObject(reply.ok ? same : pending);
    expect(replies.filter((reply) => reply.ok && !reply.replayed)).toHaveLength(1);
  });

  test('is answered with its first outcome after eviction, though the account has moved on', async () => {
    const first = await place(named('k'));
    await place(named('other', 'b'));
    await evictDurableObject(stub());
    const again = await place(named('k'));
    expect(again).toEqual({ ...first, replayed: true });
    expect(await orderCount()).toBe(2);
  });

  test('with another body is refused, and nothing happens', async () => {
    await place(named('k'));
    expect(await place(named('k', 'b'))).toMatchObject({ ok: false, reason: 'IDEMPOTENCY_KEY_REUSE' });
    expect(await orderCount()).toBe(1);
  });

  test('runs again if it failed without any effect', async () => {
    const refused = await place(named('k'), buy({ size: micro('90000') }));
    expect(refused).toMatchObject({ outcomes: [{ reason: 'INSUFFICIENT_BALANCE' }] });
    expect(await place(named('k', 'b'))).toMatchObject({
      ok: true,
      replayed: false,
      outcomes: [{ ok: true }],
    });
  });

  test('keeps the whole reply of several orders, also of those that were refused before they came', async () => {
    const refused = failure('MARKET_NOT_FOUND');
    const say = (orders: readonly OrderRequest[], places: readonly (Failure | undefined)[]) =>
      account().place({ orders, refused: places, commandIdentity: named('k'), maxWrites: 1_000 });
    const first = await say([buy()], [refused, undefined]);
    expect(first).toMatchObject({ outcomes: [refused, { ok: true }] });
    const again = { ...first, replayed: true };
    expect(await say([buy(), buy()], [undefined, undefined])).toEqual(again);
    expect(await say([], [refused, refused])).toEqual(again);
    expect(await orderCount()).toBe(1);
  });

  test('two keys with one body are two orders', async () => {
    await place(named('k1'));
    await place(named('k2'));
    expect(await orderCount()).toBe(2);
  });
});

describe('while a command waits for its quotes', () => {
  /** Runs a command up to the point, and there the other one comes. */
  async function meanwhile<T>(first: () => Promise<Placing>, other: () => Promise<T>): Promise<[Placing, T]> {
    armFault('account/place/quoted', 'hang');
    const running = first();
    const answer = await other();
    releaseFaults();
    return [await running, answer];
  }

  test('the same key is told to wait, with another body it is refused; then it is answered', async () => {
    const [first, pending] = await meanwhile(
      () => place(named('k')),
      () => place(named('k')),
    );
    expect(first).toMatchObject({ ok: true, replayed: false });
    expect(pending).toEqual({ ok: false, reason: 'IDEMPOTENCY_CONFLICT_PENDING', retryAfter: 1 });
    expect(await place(named('k'))).toEqual({ ...first, replayed: true });
    const [, reused] = await meanwhile(
      () => place(named('l')),
      () => place(named('l', 'b')),
    );
    expect(reused).toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSE' });
    expect(await orderCount()).toBe(2);
  });

  test("an SDK's retry is told to wait too; an equal command that is none is placed", async () => {
    const [, retry] = await meanwhile(
      () => place({ fingerprint: 'f' }),
      () => place({ fingerprint: 'f', sdkRetry: true }),
    );
    expect(retry).toMatchObject({ reason: 'IDEMPOTENCY_CONFLICT_PENDING' });
    const [, equal] = await meanwhile(
      () => place({ fingerprint: 'f' }),
      () => place({ fingerprint: 'f' }),
    );
    expect(equal).toMatchObject({ ok: true, replayed: false });
    expect(await orderCount()).toBe(3);
  });

  test('a command elsewhere takes its key: one account, one space of keys', async () => {
    const elsewhere = (): Promise<void> =>
      runInDurableObject(stub(), (_, { storage: { sql } }) => {
        sql.exec(`INSERT INTO live_commands (venue, state, tenant, account, key_id, request_id, stored, created_at)
          VALUES ('kalshi', 'pending', 't', 'a', 'k', 'r', 1, 0)`);
        sql.exec(`INSERT INTO live_names (name, fingerprint, command) VALUES ('key:k', 'a', 1)`);
      });
    const [first] = await meanwhile(() => place(named('k')), elsewhere);
    expect(first).toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSE' });
    expect(await orderCount()).toBe(0);
  });

  test('whether it succeeds, is refused or fails, its key is no longer taken', async () => {
    await meanwhile(
      () => place(named('k'), buy({ size: micro('90000') })),
      () => place(named('k'), buy({ size: micro('90000') })),
    );
    armFault('account/place/journal-written', 'throw');
    expect(await place(named('k'))).toMatchObject({ reason: 'EXECUTION_ERROR' });
    expect(await place(named('k'))).toMatchObject({ ok: true, replayed: false });
  });
});

describe('an object that is aborted', () => {
  test.each<FaultPoint>(['account/place/asked', 'account/place/quoted'])(
    'at %s forgets that the command was pending, and it runs',
    async (point) => {
      armFault(point, 'hang');
      const lost = place(named('k')).catch(() => 'lost');
      // The second is told to wait, so the first has come so far.
      await expect.poll(() => place(named('k'))).toMatchObject({ reason: 'IDEMPOTENCY_CONFLICT_PENDING' });
      await abortAllDurableObjects();
      releaseFaults();
      expect(await lost).toBe('lost');
      expect(await place(named('k'))).toMatchObject({ ok: true, replayed: false });
      expect(await orderCount()).toBe(1);
    },
  );
});

describe("an SDK's own retry without a key", () => {
  test('is the earlier attempt again within 90 s, and a new order after that', async () => {
    await place({ fingerprint: 'f' });
    // Each reply may be lost, and an SDK waits a minute for one: every attempt is counted from the one before it.
    for (let retry = 0; retry < 3; retry += 1) {
      expect(await place({ fingerprint: 'f', sdkRetry: true })).toMatchObject({ replayed: true });
      moveClock({ kind: 'advance', ms: 60_000 });
    }
    moveClock({ kind: 'advance', ms: 30_001 });
    expect(await place({ fingerprint: 'f', sdkRetry: true })).toMatchObject({ replayed: false });
    expect(await orderCount()).toBe(2);
  });

  test('a request that is no retry is a new order, however alike', async () => {
    await place({ fingerprint: 'f' });
    expect(await place({ fingerprint: 'f' })).toMatchObject({ replayed: false });
  });
});

describe('an order with an identity of its own', () => {
  const identity = { key: 'client:mine', fingerprint: 'x' };

  test('is placed once, whatever the command around it is called', async () => {
    const first = await place(named('k1'), buy({ identity, clientOrderId: 'mine' }));
    const again = await place(named('k2'), buy({ identity, clientOrderId: 'mine' }));
    expect(again.ok && again.outcomes[0]).toEqual({ ...(first.ok && first.outcomes[0]), replayed: true });
    expect(await orderCount()).toBe(1);
  });

  test('bound to a different order: DUPLICATE_CLIENT_ORDER_ID', async () => {
    await place(named('k1'), buy({ identity, clientOrderId: 'mine' }));
    const other = buy({ identity: { ...identity, fingerprint: 'y' }, clientOrderId: 'mine' });
    expect(await place(named('k2'), other)).toMatchObject({
      outcomes: [{ reason: 'DUPLICATE_CLIENT_ORDER_ID' }],
    });
  });
});

describe('a cancel at a live venue, which the gateway sends between its two calls', () => {
  const canceled = { canceled: ['0x1'], notCanceled: {} };

  test('does not take the key from a command that was done meanwhile: its retry is replayed', async () => {
    expect(await account().cancelOutcome(named('k', 'cancel'))).toEqual({ kind: 'new' });
    const first = await place(named('k'));
    await account().recordCancel(named('k', 'cancel'), canceled);
    expect(await place(named('k'))).toEqual({ ...first, replayed: true });
    expect(await orderCount()).toBe(1);
    expect(await account().cancelOutcome(named('k', 'cancel'))).toMatchObject({
      reason: 'IDEMPOTENCY_KEY_REUSE',
    });
  });

  test('keeps its first outcome when the same cancel is recorded twice', async () => {
    await account().recordCancel(named('k', 'cancel'), canceled);
    await account().recordCancel(named('k', 'cancel'), { ...canceled, canceled: ['0x2'] });
    expect(await account().cancelOutcome(named('k', 'cancel'))).toMatchObject({ outcome: canceled });
  });
});

describe('the journal', () => {
  test('keeps keys for a day and sweeps them by alarm', async () => {
    moveClock({ kind: 'stand' });
    await place(named('k'));
    moveClock({ kind: 'advance', ms: 86_399_999 });
    await fireAlarm(stub());
    expect(await place(named('k'))).toMatchObject({ replayed: true });
    moveClock({ kind: 'advance', ms: 1 });
    await fireAlarm(stub());
    expect(await place(named('k', 'b'))).toMatchObject({ replayed: false });
  });

  test('trade writes above the cap are refused at once; replays are not', async () => {
    await place(named('k'));
    // The market is not cached for this token yet in a fresh account, so the first write waits for the venue.
    const results = await Promise.all(['a', 'b', 'c'].map((key) => place(named(key, key), buy(), 1)));
    const refused = results.filter((result) => !result.ok);
    for (const reply of refused) expect(reply).toMatchObject({ reason: 'RATE_LIMITED', retryAfterMs: 50 });
    expect(await place(named('k'), buy(), 0)).toMatchObject({ replayed: true });
    expect(await place(named('z', 'z'), buy(), 0)).toMatchObject({ reason: 'RATE_LIMITED' });
  });
});
