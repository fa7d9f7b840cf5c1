import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSession, type TestSession } from '../../test/support/agent-sessions.ts';
import { hush, ring } from '../../test/support/alarms.ts';
import { micro, setBook, tickEmulator, tradableTokens } from '../../test/support/emulator-control.ts';
import { placing, polymarketBench, type LiveBench } from '../../test/support/live-bench.ts';
import { moveClock, resetClock } from '../../shared/clock.ts';
import type { Hex } from '../../shared/signing/checks.ts';
import type { OrderTerms } from '../../shared/venues/port.ts';
import { armFault, releaseFaults } from '../../shared/testing/fault-points.ts';

/** Polymarket holds orders on these markets back until its next tick. */
const slow = (await tradableTokens()).find(({ delayed }) => delayed);
/** Of no other test; on most markets five shares are the least that may rest. */
const quick = (await tradableTokens()).filter(({ tick, delayed }) => tick === 10_000n && !delayed).at(-4);
if (!slow || !quick) throw new Error('the emulator has too few markets');
const asked = { price: '0.50', size: '500' };

/** What the emulator gives a wallet, and the bench on top. */
const FUNDS = '200000';

let bench: LiveBench;
let account: string;
beforeEach(async () => {
  bench = await polymarketBench(2);
  account = `live-${crypto.randomUUID()}`;
  await bench.link(account);
  await hush(stub());
});
afterEach(() => {
  releaseFaults();
  resetClock();
});
const stub = () => env.TRADING_ACCOUNT.getByName(account);

const session = (allocation: string): Promise<TestSession> =>
  openSession(micro(allocation), { venue: 'polymarket', tenant: 'tnt_live', account });
/** An order of the account's own. */
const own = async (terms: Partial<OrderTerms>): Promise<string> => {
  const reply = await stub().submit(placing(bench, account, { terms: { ...bench.terms, ...terms } }));
  return reply.ok ? reply.order.status : reply.reason;
};
const redeemAll = () => {
  const { access, naming, maxWrites } = placing(bench, account);
  // The emulator's: 0x and 64 digits.
  const conditionId = slow.condition as Hex;
  return stub().submitCtf({
    caller: access.caller,
    work: { kind: 'redeem', conditionId },
    naming,
    maxWrites,
  });
};
const cash = ({ remote, caller }: TestSession) => remote().cash(caller);

test('a session sells all that it has, however little', async () => {
  await setBook(quick.id, [{ ...asked, price: '0.40' }], [asked]);
  const agent = await session('5');
  const order = (side: 'BUY' | 'SELL', size: string) =>
    agent
      .remote()
      .marketOrder({ tokenId: quick.id, side, size: micro(size) }, { expiresAt: null }, agent.caller);
  expect(await order('BUY', '1')).toMatchObject({ value: { value: { shares: micro('2') } } });
  expect(await order('SELL', '2')).toMatchObject({ value: { value: { shares: micro('2') } } });
  expect(await agent.remote().portfolio(agent.caller)).toMatchObject({ value: { positions: [] } });
});

test('an order that was held back and then found nothing gives back what it held: the alarm asks', async () => {
  await setBook(slow.id, [], [asked]);
  const agent = await session('15');
  const order = { tokenId: slow.id, side: 'BUY', size: micro('10') } as const;
  expect(await agent.remote().marketOrder(order, { expiresAt: null }, agent.caller)).toMatchObject({
    value: { value: { shares: 0n } },
  });
  // Nobody can say yet whose the shares are that the wallet may get at any moment.
  const sell = { marketId: slow.condition, side: 'SELL', price: micro('0.1'), size: micro('10') } as const;
  expect(await own(sell)).toBe('VENUE_UNAVAILABLE');
  expect(await redeemAll()).toMatchObject({ reason: 'VENUE_UNAVAILABLE' });
  await setBook(slow.id, [], []);
  await tickEmulator(1);
  await ring(stub());
  expect(await own(sell)).toBe('VENUE_UNAVAILABLE');
  moveClock({ kind: 'advance', ms: 61_000 });
  await ring(stub());
  // Nothing of ours stands in its way any more: the venue says that the wallet has none.
  await expect.poll(() => own(sell), { timeout: 10_000 }).toBe('INSUFFICIENT_BALANCE');
  expect(await cash(agent)).toMatchObject({ value: { cash: micro('15'), cashOut: 0n } });
});

test('a session is not opened with money that an order of the account itself is about to take', async () => {
  armFault('account/live/sent-durable', 'hang');
  const taking = own({});
  const opened = () => session(FUNDS).then(() => 'opened', String);
  await expect.poll(opened, { timeout: 10_000 }).toContain('VENUE_UNAVAILABLE');
  releaseFaults();
  expect(await taking).toBe('open');
  expect(await opened()).toContain('INSUFFICIENT_BALANCE');
});
