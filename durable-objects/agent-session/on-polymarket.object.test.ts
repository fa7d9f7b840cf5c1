import { env } from 'cloudflare:workers';
import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSession, type TestSession } from '../../test/support/agent-sessions.ts';
import { clearAlarm } from '../../test/support/alarms.ts';
import { micro, setBook, tradableTokens } from '../../test/support/emulator-control.ts';
import {
  liveOrders,
  placing,
  polymarketSetup,
  type LiveVenueSetup,
} from '../../test/support/live-venue-setup.ts';
import { moveClock, resetClock } from '../../shared/clock.ts';
import { armFault, releaseFaults } from '../../shared/testing/fault-points.ts';
import { PolymarketMarketData } from '../../shared/venues/polymarket/market-data/clob-market-data.ts';
import type { VenueOrder } from '../../shared/venues/port.ts';
import { AllocationBook } from '../trading-account/allocations/allocation-book.ts';
import { Claims } from '../trading-account/allocations/claims.ts';
import { AllocationGuard } from '../trading-account/live/allocation-guard.ts';

const token = (await tradableTokens()).filter(({ tick }) => tick === 10_000n).at(-5);
if (!token) throw new Error('the emulator has too few markets for these tests');

/** What the emulator gives a wallet, and the bench on top. */
const FUNDS = '200000';

let bench: LiveVenueSetup;
let account: string;
beforeEach(async () => {
  bench = await polymarketSetup(2);
  account = `live-${crypto.randomUUID()}`;
  await bench.link(account);
  await clearAlarm(stub());
});
afterEach(() => {
  releaseFaults();
  resetClock();
});
const stub = () => env.TRADING_ACCOUNT.getByName(account);
const session = (allocation: string): Promise<TestSession> =>
  openSession(micro(allocation), { venue: 'polymarket', tenant: 'tnt_live', account });

test('a session sells all that it has, however little', async () => {
  await setBook(token.id, [{ price: '0.40', size: '50' }], [{ price: '0.50', size: '30' }]);
  const agent = await session('5');
  const order = (side: 'BUY' | 'SELL', size: string) =>
    agent
      .remote()
      .marketOrder({ tokenId: token.id, side, size: micro(size) }, { expiresAt: null }, agent.caller);
  expect(await order('BUY', '1')).toMatchObject({ value: { value: { shares: micro('2') } } });
  expect(await order('SELL', '2')).toMatchObject({ value: { value: { shares: micro('2') } } });
  expect(await agent.remote().portfolio(agent.caller)).toMatchObject({ value: { positions: [] } });
});

test('a session is not opened with money that an order of the account itself is about to take', async () => {
  armFault('account/live/sent-durable', 'hang');
  const taking = stub().submit(placing(bench, account));
  const opened = () => session(FUNDS).then(() => 'opened', String);
  await expect.poll(opened).toContain('VENUE_UNAVAILABLE');
  releaseFaults();
  expect(await taking).toMatchObject({ order: { status: 'open' } });
  expect(await opened()).toContain('INSUFFICIENT_BALANCE');
});

// The venue holds orders on some markets back for seconds, and forgets one that finds nothing when its turn comes. Its
// ticks are every test's here, so that the order is held back by the test: the venue never hears of it.
test('an order that was held back and then found nothing gives back what it held: the alarm asks', () =>
  runInDurableObject(stub(), async (_, { storage }) => {
    const venue = bench.session(account);
    const who = await venue.identity();
    if (!who.ok) throw new Error('the vault has no such wallet');
    const terms = { ...bench.terms, marketId: token.condition };
    const traded = { token: token.id, market: token.condition, outcome: 'Yes' };
    const order: VenueOrder = {
      ...terms,
      id: `0x${'ab'.repeat(32)}`,
      tokenId: token.id,
      filled: micro('0'),
      status: 'pending',
      createdAt: 0,
      updatedAt: 0,
    };
    const held = { ...venue, send: () => Promise.resolve({ tag: 'accepted', order } as const) };
    const book = new AllocationBook(storage.sql);
    const claims = new Claims(storage.sql, book);
    const data = new PolymarketMarketData(env.POLYMARKET_CLOB_URL);
    const guard = new AllocationGuard(book, claims, (id) => data.market(id));
    const live = liveOrders(storage, () => held, undefined, guard);
    book.open(1, who.identity, micro('15'), micro('15'), 0);

    const fee = { feeRate: micro('0.02'), feeExponent: 1 };
    const claim = { session: 1, side: 'BUY', traded, size: micro('10'), fee } as const;
    expect(await live.submit(placing(bench, account, { claim, terms }))).toMatchObject({ ok: true });
    const part = () => book.sessionFunds(1)?.allocation;
    expect(part()).toMatchObject({ cash: micro('4.8'), cashOut: micro('10.2') });
    await live.alarm();
    expect(part()).toMatchObject({ cash: micro('4.8') });
    // All that the wallet has of the market is not redeemed: who could say whose it is.
    const all = { wallet: who.identity, market: token.condition, payouts: {} };
    expect(claims.expect(100, all)).toMatchObject({ reason: 'VENUE_UNAVAILABLE' });
    // Nor sold: the wallet may get the session's shares at any moment.
    const commandIdentity = { fingerprint: 'another' };
    const sell = () =>
      live.submit(placing(bench, account, { commandIdentity, terms: { ...terms, side: 'SELL' } }));
    expect(await sell()).toMatchObject({ reason: 'VENUE_UNAVAILABLE' });
    moveClock({ kind: 'advance', ms: 61_000 });
    await live.alarm();
    expect(part()).toMatchObject({ cash: micro('15'), cashOut: 0n });
    expect(claims.expect(100, all)).toBeUndefined();
    expect(await sell()).toMatchObject({ ok: true });
  }));
