import { env } from 'cloudflare:workers';
import { evictDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moveClock, resetClock } from '../../../shared/clock.ts';
import { fireAlarm } from '../../../test/support/alarms.ts';
import {
  closeMarket,
  micro,
  resolveMarket,
  setBook,
  tradableTokens,
} from '../../../test/support/emulator-control.ts';
import { accountObject } from '../../rpc/stubs.ts';

const tokens = (await tradableTokens())
  .filter((token) => token.tick <= 10_000n)
  .toReversed()
  .values();

let token: { readonly id: string; readonly other: string; readonly condition: string };
let name: string;

beforeEach(async () => {
  const next = tokens.next();
  if (next.done) throw new Error('the emulator has too few markets for these tests');
  token = next.value;
  name = `settlement-${crypto.randomUUID()}`;
  await setBook(token.id, [{ price: '0.40', size: '500' }], [{ price: '0.50', size: '500' }]);
  const order = {
    tokenId: token.id,
    side: 'BUY',
    timeInForce: 'GTC',
    kind: 'limit',
    postOnly: false,
  } as const;
  const rest = { priceFromAmounts: false, owner: 'test', maker: '0xtest' } as const;
  await account().place({
    orders: [
      { ...order, ...rest, price: micro('0.5'), size: micro('100') },
      { ...order, ...rest, price: micro('0.1'), size: micro('50') },
    ],
    maxWrites: 10,
  });
});
afterEach(resetClock);

const account = () => accountObject(env, name);
const stub = () => env.TRADING_ACCOUNT.getByName(name);

/** Markets are kept for 5 s in the isolate: the alarm of a moment after that. */
const laterAlarm = async (): Promise<void> => {
  moveClock({ kind: 'advance', ms: 6_000 });
  await fireAlarm(stub());
  expect(await account().openOrders({}, { limit: 10 })).toEqual([]);
};

describe('a market that resolves', () => {
  test('ends resting orders, pays a winning share one dollar, once', async () => {
    const before = await account().money();
    await resolveMarket(token.condition, token.id);
    await laterAlarm();
    expect(await account().positions()).toMatchObject([{ token: token.id, settled: micro('1') }]);
    const [paid] = await account().redeem();
    expect(paid).toMatchObject({ shares: micro('100'), payout: micro('100') });
    expect(await account().redeem()).toEqual([]);
    const after = await account().money();
    expect(after.cash).toBe(before.cash + before.reserved + micro('100'));
    expect(after.cash + after.reserved + after.fees).toBe(after.deposits + after.realised);
    // The deposit, the fills and what was redeemed add up to it, also for whoever asks after a reset.
    const [bought] = await account().fills({}, undefined, 10);
    const told = { market: token.condition, outcome: bought?.outcome, shares: micro('100') };
    const history = await account().redemptions(Number.MAX_SAFE_INTEGER, 10);
    expect(history).toMatchObject([{ ...told, payout: micro('100'), realised: after.realised }]);
    expect(history[0]?.payout).toBe(
      after.cash - after.deposits + (bought?.notional ?? 0n) + (bought?.fee ?? 0n),
    );
    await account().restart();
    expect(await account().redemptions(Number.MAX_SAFE_INTEGER, 10)).toEqual(history);
    expect(await account().redemptions(history[0]?.id ?? 0, 10)).toEqual([]);
  });

  test('pays a losing share nothing, and the loss is realised', async () => {
    await resolveMarket(token.condition, token.other);
    await laterAlarm();
    const [paid] = await account().redeem([token.id]);
    expect(paid).toMatchObject({ payout: 0n, realised: 0n - micro('50') });
    expect(await account().positions()).toEqual([]);
  });
});

test('a market that closes without a winner ends resting orders and leaves positions as they are', async () => {
  await closeMarket(token.condition);
  await laterAlarm();
  expect(await account().positions()).toMatchObject([{ settled: null }]);
  expect(await account().redeem()).toEqual([]);
});

describe("the dead man's switch", () => {
  test('cancels every resting order when it lapses, and not before', async () => {
    moveClock({ kind: 'stand' });
    await account().heartbeat(60_000);
    moveClock({ kind: 'advance', ms: 74_999 });
    await fireAlarm(stub());
    expect(await account().openOrders({}, { limit: 10 })).toHaveLength(1);
    await evictDurableObject(stub());
    moveClock({ kind: 'advance', ms: 1 });
    await fireAlarm(stub());
    expect(await account().openOrders({}, { limit: 10 })).toEqual([]);
    expect((await account().money()).reserved).toBe(0n);
  });
});
