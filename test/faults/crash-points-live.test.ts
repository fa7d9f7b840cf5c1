import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FaultPoint } from '../../shared/testing/fault-points.ts';
import type { Answer } from '../end-to-end/support/ask.ts';
import {
  cancel,
  fault,
  liveNames,
  liveStage,
  newKey,
  onboarded,
  ordersPath,
  place,
  placedId,
  sdkRetry,
  shape,
  type LiveName,
  type LiveStage,
} from '../end-to-end/support/live-stage.ts';
import type { Trader } from '../end-to-end/support/trader.ts';
import { killAt, moveClock, resetClock, startInstrumented } from '../support/instruments.ts';
import type { OwnProgram } from '../support/program.ts';

// Rows of docs/consistency.md: workerd is killed while a live command stands at the point, started again, and asked
// again. The venues are processes of their own and live on.

/** Longer than any venue takes a request that is still on its way. */
const ABSENCE_HOLDS_MS = 61_000;
const resting = ['buy', 'Yes', 0.4, 10, 0, 'open'];

let program: OwnProgram;
let stages: Record<LiveName, { readonly stage: LiveStage; readonly trader: Trader }>;
beforeAll(async () => {
  program = await startInstrumented();
  const made = await Promise.all(
    liveNames.map(async (venue) => {
      const stage = await liveStage(program.file, venue, 0);
      await stage.book([['0.30', '5000']], [['0.50', '5000']]);
      return { stage, trader: await onboarded(program.file, stage) };
    }),
  );
  const [polymarket, kalshi] = made;
  if (!polymarket || !kalshi) throw new Error('two venues');
  stages = { polymarket, kalshi };
});
afterEach(() => resetClock(program));
afterAll(() => program.stop());

const expectPending = (answer: Answer): void =>
  expect([answer.status, answer.code], answer.text).toEqual([409, 'IDEMPOTENCY_CONFLICT_PENDING']);

/** Kills at a point while an order is placed; `again` says the same once more. */
async function crashed(venue: LiveName, point: FaultPoint) {
  const { stage, trader } = stages[venue];
  const count = await stage.orders();
  const headers = newKey();
  const again = (): Promise<Answer> => place(trader, stage, {}, headers);
  await killAt(program, point, again);
  const added = async (): Promise<number> => (await stage.orders()) - count;
  return { again, added, stage, trader };
}

/** The order that stands is the only one, and whoever asks again gets it byte for byte. */
async function expectOne(
  first: Answer,
  { again, added }: Awaited<ReturnType<typeof crashed>>,
): Promise<void> {
  expect(shape(first), first.text).toEqual(resting);
  const next = await again();
  expect([next.text, next.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
  expect(await added()).toBe(1);
}

describe('kill -9 while a live order is placed', () => {
  test.each<[FaultPoint, LiveName]>([
    ['account/live/admitted', 'kalshi'],
    ['account/live/prepared', 'polymarket'],
    ['account/live/sent-written', 'kalshi'],
  ])('%s (%s): nothing was sent, and the same command runs', async (point, venue) => {
    const crash = await crashed(venue, point);
    expect(await crash.added()).toBe(0);
    const first = await crash.again();
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    await expectOne(first, crash);
  });

  test.each(liveNames)(
    'account/live/sent-durable (%s): it waits until absence is certain, then runs',
    async (venue) => {
      const crash = await crashed(venue, 'account/live/sent-durable');
      expect(await crash.added()).toBe(0);
      expectPending(await crash.again());
      expect(await crash.added()).toBe(0);
      await moveClock(program, { kind: 'advance', ms: ABSENCE_HOLDS_MS });
      await expectOne(await crash.again(), crash);
    },
  );

  test.each<[FaultPoint, LiveName]>([
    ['account/live/answered', 'polymarket'],
    ['account/live/answered', 'kalshi'],
    ['account/live/outcome-written', 'polymarket'],
    ['gateway/request/handled', 'kalshi'],
  ])('%s (%s): the order stands, and the same command gives it', async (point, venue) => {
    const crash = await crashed(venue, point);
    expect(await crash.added()).toBe(1);
    const first = await crash.again();
    expect(first.headers.get('idempotency-replayed')).toBe('true');
    await expectOne(first, crash);
  });

  test("account/live/answered: an SDK's own retry, without a key, gives it too", async () => {
    const { stage, trader } = stages.kalshi;
    const count = await stage.orders();
    const odd = { size: 13 };
    await killAt(program, 'account/live/answered', () => place(trader, stage, odd));
    const retried = await place(trader, stage, odd, sdkRetry);
    expect(shape(retried), retried.text).toEqual(['buy', 'Yes', 0.4, 13, 0, 'open']);
    expect(await stage.orders()).toBe(count + 1);
  });

  test('account/live/reconciled: it was found and not written; the next one finds it again', async () => {
    const { stage, trader } = stages.polymarket;
    const count = await stage.orders();
    const headers = newKey();
    const again = (): Promise<Answer> => place(trader, stage, {}, headers);
    await fault(program.file, stage, { method: 'POST', path: stage.placePath, kind: 'drop_after' });
    expect((await again()).code).toBe('PERSISTENCE_UNKNOWN');
    await killAt(program, 'account/live/reconciled', again);
    const first = await again();
    await expectOne(first, { again, added: async () => (await stage.orders()) - count, stage, trader });
  });
});

describe('kill -9 while a live order is cancelled', () => {
  test.each<[FaultPoint, LiveName, boolean]>([
    ['account/live/prepared', 'kalshi', false],
    ['account/live/sent-durable', 'polymarket', false],
    ['account/live/answered', 'kalshi', true],
    ['account/live/answered', 'polymarket', true],
  ])('%s (%s): cancelled once, and the same command says so', async (point, venue, reached) => {
    const { stage, trader } = stages[venue];
    const id = placedId(await place(trader, stage));
    const headers = newKey();
    const again = (): Promise<Answer> => cancel(trader, stage, id, headers);
    await killAt(program, point, again);
    const polled = shape(await trader.call('GET', ordersPath(stage, id))).at(-1);
    expect(polled).toBe(reached ? 'cancelled' : 'open');
    if (point === 'account/live/sent-durable') {
      expectPending(await again());
      await moveClock(program, { kind: 'advance', ms: ABSENCE_HOLDS_MS });
    }
    const first = await again();
    expect([first.status, shape(first).at(-1)], first.text).toEqual([200, 'cancelled']);
    expect((await again()).text).toBe(first.text);
  });
});
