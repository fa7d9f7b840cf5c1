import { env } from 'cloudflare:workers';
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openSession, type TestSession } from '../../test/support/agent-sessions.ts';
import { micro, resolveMarket, setBook, tradableTokens } from '../../test/support/emulator-control.ts';
import { moveClock, resetClock } from '../../shared/clock.ts';
import { armFault, releaseFaults, type FaultPoint } from '../../shared/testing/fault-points.ts';
import { accountObject, agentSession } from '../rpc/stubs.ts';
import { Suggestions } from './suggestions.ts';

const tokens = (await tradableTokens()).filter((token) => token.tick === 10_000n);
const [token, resolving] = [tokens[3], tokens[4]];
if (!token || !resolving) throw new Error('the emulator has too few markets for these tests');

beforeAll(async () => {
  for (const { id } of [token, resolving])
    await setBook(id, [{ price: '0.40', size: '500000' }], [{ price: '0.50', size: '500000' }]);
});
afterEach(() => {
  releaseFaults();
  resetClock();
});

const buy = (session: TestSession, key?: string, size = '10') =>
  session
    .remote()
    .marketOrder(
      { tokenId: token.id, side: 'BUY', size: micro(size) },
      { key, expiresAt: null },
      session.caller,
    );
const redeem = (session: TestSession, key: string) =>
  session.remote().redeem([resolving.id], { key }, session.caller);
const told = async (answer: Promise<{ readonly ok: boolean; readonly reason?: string }>) => {
  const { ok, reason } = await answer;
  return ok ? 'done' : reason;
};
const orders = async ({ account }: TestSession): Promise<number> =>
  (await accountObject(env, account).trades({}, { limit: 100 })).length;
/** The process that has the session ends and another one begins; its memory is gone. */
const restart = ({ caller, id }: TestSession): Promise<void> =>
  evictDurableObject(env.AGENT_SESSION.getByName(`${caller.tenant}/${id}`));

describe('a second call under a key', () => {
  test('that is active: conflict, and one order', async () => {
    const session = await openSession(micro('100'));
    const answers = await Promise.all([
      told(buy(session, 'k')),
      told(buy(session, 'k')),
      told(buy(session, 'k')),
    ]);
    expect(answers.toSorted()).toEqual(['ATTEMPT_CONFLICT', 'ATTEMPT_CONFLICT', 'done']);
    expect(await orders(session)).toBe(1);
  });

  test('that was submitted: conflict, whatever it asks, and also after a restart', async () => {
    const session = await openSession(micro('100'));
    expect(await told(buy(session, 'k'))).toBe('done');
    expect(await told(buy(session, 'k'))).toBe('ATTEMPT_CONFLICT');
    expect(await told(buy(session, 'k', '5'))).toBe('ATTEMPT_CONFLICT');
    expect(await told(session.remote().redeem([token.id], { key: 'k' }, session.caller))).toBe(
      'ATTEMPT_CONFLICT',
    );
    await restart(session);
    expect(await told(buy(session, 'k'))).toBe('ATTEMPT_CONFLICT');
    expect(await orders(session)).toBe(1);
  });

  test('that failed before any effect: runs', async () => {
    const session = await openSession(micro('10'));
    expect(await told(buy(session, 'k', '10.5'))).toBe('INSUFFICIENT_BALANCE');
    expect(await told(buy(session, 'k', '9'))).toBe('done');
    expect(await told(buy(session, 'k', '0.5'))).toBe('ATTEMPT_CONFLICT');
  });

  test('of another run, and calls without a key: run', async () => {
    const session = await openSession(micro('100'));
    expect(await told(buy(session, 'k'))).toBe('done');
    expect(await told(session.remote().nextRun(session.caller))).toBe('done');
    expect(await told(buy(session, 'k'))).toBe('done');
    expect([await told(buy(session)), await told(buy(session))]).toEqual(['done', 'done']);
    expect(await orders(session)).toBe(4);
  });
});

describe('a process that ends in the middle of an attempt', () => {
  const cutShort = async (
    session: TestSession,
    point: FaultPoint,
    attempt: () => Promise<{ readonly ok: boolean }>,
  ) => {
    armFault(point, 'throw');
    await expect(told(attempt())).rejects.toThrow(point);
    await restart(session);
  };

  test('before the account is asked: the same key runs, once', async () => {
    const session = await openSession(micro('100'));
    await cutShort(session, 'session/attempt/written', () => buy(session, 'k'));
    expect(await orders(session)).toBe(0);
    expect([await told(buy(session, 'k')), await told(buy(session, 'k'))]).toEqual([
      'done',
      'ATTEMPT_CONFLICT',
    ]);
    expect(await orders(session)).toBe(1);
  });

  test('after the account has done it: the same key is a conflict, and what it bought is held', async () => {
    const session = await openSession(micro('100'));
    await cutShort(session, 'session/attempt/answered', () => buy(session, 'k'));
    expect(await told(buy(session, 'k'))).toBe('ATTEMPT_CONFLICT');
    expect(await orders(session)).toBe(1);
    const held = await session.remote().portfolio(session.caller);
    expect(held.ok && held.value.positions).toMatchObject([{ shares: micro('20') }]);
  });

  test('so long ago that the account has forgotten: a conflict all the same', async () => {
    const session = await openSession(micro('100'));
    await cutShort(session, 'session/attempt/written', () => buy(session, 'k'));
    moveClock({ kind: 'advance', ms: 25 * 3_600_000 });
    expect(await told(buy(session, 'k'))).toBe('ATTEMPT_CONFLICT');
    expect(await orders(session)).toBe(0);
  });

  test('in a redemption: paid once, whichever side of it the end is', async () => {
    const [early, late] = [await openSession(micro('100')), await openSession(micro('100'))];
    for (const one of [early, late]) {
      const order = { tokenId: resolving.id, side: 'BUY', size: micro('10') } as const;
      await one.remote().marketOrder(order, { expiresAt: null }, one.caller);
    }
    await resolveMarket(resolving.condition, resolving.id);
    // Markets are kept for 5 s in the isolate.
    moveClock({ kind: 'advance', ms: 6_000 });
    await cutShort(early, 'session/attempt/written', () => redeem(early, 'k'));
    expect(await told(redeem(early, 'k'))).toBe('done');
    await cutShort(late, 'session/attempt/answered', () => redeem(late, 'k'));
    expect(await told(redeem(late, 'k'))).toBe('ATTEMPT_CONFLICT');
    for (const one of [early, late]) {
      const { cash } = await accountObject(env, one.account).money();
      expect(cash).toBeGreaterThan(micro('10009'));
      expect(await told(redeem(one, 'other'))).toBe('POSITION_NOT_HELD');
    }
  });
});

test('a session that is stopped while it opens keeps none of the money', async () => {
  const { caller, account, id } = await openSession(micro('1'));
  const [tenant, number] = [caller.tenant, id + 1_000_000];
  const remote = agentSession(env, tenant, number);
  const record = { tenant, account, mode: 'auto', venue: 'paper', run: 1, status: 'created' } as const;
  armFault('session/open/recorded', 'hang');
  const opening = remote.open(
    { ...record, id: number, allocation: micro('9000'), createdAt: Date.now() },
    caller,
  );
  await expect.poll(() => told(remote.change('stop', caller))).toBe('done');
  releaseFaults();
  expect(await opening).toMatchObject({ value: { status: 'stopped' } });
  expect(
    await accountObject(env, account).sessionFunds({ session: number, venue: 'paper', caller }),
  ).toBeUndefined();
});

describe('an approval', () => {
  const suggested = async (): Promise<readonly [TestSession, number]> => {
    const session = await openSession(micro('100'), { mode: 'manual' });
    const answer = await buy(session);
    if (!answer.ok || answer.value.kind !== 'suggested') throw new Error('nothing was suggested');
    return [session, answer.value.id];
  };
  const approve = (session: TestSession, id: number) => told(session.remote().approve(id, session.caller));

  test('said three times at once executes once', async () => {
    const [session, id] = await suggested();
    const answers = await Promise.all([approve(session, id), approve(session, id), approve(session, id)]);
    expect(answers.toSorted()).toEqual(['SUGGESTION_CONFLICT', 'SUGGESTION_CONFLICT', 'done']);
    expect(await orders(session)).toBe(1);
  });

  test.each([
    ['session/suggestion/executing', 'done', 1],
    ['session/suggestion/answered', 'SUGGESTION_CONFLICT', 1],
  ] as const)('cut short at %s: said again it is %s', async (point, then, executed) => {
    const [session, id] = await suggested();
    armFault(point, 'throw');
    await expect(approve(session, id)).rejects.toThrow(point);
    await restart(session);
    expect(await approve(session, id)).toBe(then);
    expect(await orders(session)).toBe(executed);
  });

  test('that fails once the session has stopped leaves nothing open', async () => {
    const [session, id] = await suggested();
    armFault('session/suggestion/executing', 'hang');
    const approving = approve(session, id);
    const status = async () => {
      const found = await session
        .remote()
        .suggestions({ all: true, before: undefined, limit: 1 }, session.caller);
      return found.ok ? found.value[0]?.status : found.reason;
    };
    await expect.poll(status).toBe('executing');
    expect(await told(session.remote().change('stop', session.caller))).toBe('done');
    releaseFaults();
    expect(await approving).toBe('INSUFFICIENT_BALANCE');
    expect(await status()).toBe('cleared');
  });

  test('waits with 199 others at most, and clearing them makes room', async () => {
    const [session] = await suggested();
    const object = env.AGENT_SESSION.getByName(`${session.caller.tenant}/${session.id}`);
    await runInDurableObject(object, (_, { storage }) => {
      const suggestions = new Suggestions(storage.sql);
      const work = { kind: 'redeem', tokens: [token.id] } as const;
      for (let n = 1; n < 199; n += 1) suggestions.add({ run: 1, work, expiresAt: null }, Date.now());
    });
    expect([await told(buy(session)), await told(buy(session))]).toEqual(['done', 'SESSION_STATE_CONFLICT']);
    expect(await session.remote().clearSuggestions(session.caller)).toMatchObject({ value: 200 });
    expect(await told(buy(session))).toBe('done');
  });

  test('after its time is a conflict', async () => {
    const session = await openSession(micro('100'), { mode: 'manual' });
    const order = { tokenId: token.id, side: 'BUY', size: micro('10') } as const;
    const answer = await session
      .remote()
      .marketOrder(order, { expiresAt: Date.now() + 60_000 }, session.caller);
    if (!answer.ok || answer.value.kind !== 'suggested') throw new Error('nothing was suggested');
    moveClock({ kind: 'advance', ms: 60_001 });
    expect(await session.remote().approve(answer.value.id, session.caller)).toMatchObject({
      reason: 'SUGGESTION_CONFLICT',
      message: 'The suggestion has expired',
    });
    expect(await orders(session)).toBe(0);
  });
});
