import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ONE } from '../../lib/units.ts';
import { allowsFractions } from '../catalog/market.ts';
import { seedBooks, tick } from '../clock/tick.ts';
import { feeOfFill, TAKER_RATE } from '../fees.ts';
import { accountOf, settleMarket } from '../ledger.ts';
import { cancelWhere, clearMarket } from '../orders/cancel-order.ts';
import { placeOrder } from '../orders/place-order.ts';
import type { OrderTerms } from '../orders/records.ts';
import { availableCash } from '../orders/reserve.ts';
import { createVenue, type MarketState, type Venue } from '../state.ts';
import { VenueError } from '../venue-error.ts';

/** For machines a hundred times slower, and for shrinking a failure. */
const SLOW_MS = 120_000;

const USERS = ['user-a', 'user-b', 'user-c'];
/** Cent, tenth-of-a-cent and maker-fee markets. */
const MARKETS = [0, 1, 7, 8, 9];

interface Command {
  readonly kind: 'order' | 'tick' | 'cancel' | 'settle';
  readonly user: number;
  readonly market: number;
  readonly bid: boolean;
  /** Ticks from the middle of the market, so that most orders meet somebody. */
  readonly price: number;
  /** Hundredths of a contract. */
  readonly count: number;
  readonly timeInForce: OrderTerms['timeInForce'];
  readonly selfTrade: OrderTerms['selfTrade'];
}

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom('order', 'order', 'order', 'order', 'order', 'order', 'tick', 'cancel', 'settle'),
  user: fc.nat(USERS.length - 1),
  market: fc.constantFrom(...MARKETS),
  bid: fc.boolean(),
  price: fc.integer({ min: -8, max: 8 }),
  // Up to 200,000 contracts: some orders are beyond the cash of an account.
  count: fc.oneof(fc.integer({ min: 1, max: 300_000 }), fc.integer({ min: 1, max: 20_000_000 })),
  timeInForce: fc.constantFrom(
    'good_till_canceled',
    'good_till_canceled',
    'immediate_or_cancel',
    'fill_or_kill',
  ),
  selfTrade: fc.constantFrom('taker_at_cross', 'maker'),
});

function openVenue(seed = 1): Venue {
  const venue = createVenue(seed);
  seedBooks(venue);
  return venue;
}

function marketAt(venue: Venue, index: number): MarketState {
  const state = venue.markets[index];
  if (state === undefined) throw new Error(`no market ${index}`);
  return state;
}

let made = 0;

function run(venue: Venue, step: Command): void {
  const user = USERS[step.user] ?? '';
  const state = marketAt(venue, step.market);
  if (step.kind === 'tick') return tick(venue);
  if (step.kind === 'cancel') return cancelWhere(venue, (order) => order.userId === user);
  // Only one market may end, or the others would soon have nowhere to trade.
  if (step.kind === 'settle') return step.market === 1 ? settle(venue, state) : undefined;
  made += 1;
  try {
    placeOrder(venue, user, termsFor(state, step, `order-${made}`));
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
  }
}

function settle(venue: Venue, state: MarketState): void {
  clearMarket(venue, state);
  state.status = 'finalized';
  settleMarket(venue.ledger, state.market.ticker, 'yes', 0);
}

function termsFor({ market, mid }: MarketState, step: Command, clientOrderId: string): OrderTerms {
  const ticks = Number(ONE / market.tick);
  const price = BigInt(Math.min(ticks - 1, Math.max(1, mid + step.price))) * market.tick;
  const hundredths = BigInt(step.count) * (ONE / 100n);
  const count = allowsFractions(market) ? hundredths : hundredths - (hundredths % ONE) + ONE;
  return {
    ticker: market.ticker,
    clientOrderId,
    side: step.bid ? 'bid' : 'ask',
    count,
    price,
    timeInForce: step.timeInForce,
    selfTrade: step.selfTrade,
    postOnly: false,
    cancelOnPause: false,
    expirationTime: undefined,
  };
}

/** Cash, collateral and fees add up to deposits; every YES contract has its NO. */
function checkConservation(venue: Venue): void {
  const { ledger } = venue;
  const accounts = [...ledger.accounts.values(), ledger.house];
  const cash = accounts.reduce((sum, account) => sum + account.cash, 0n);
  const collateral = [...ledger.openInterest.values()].reduce((sum, open) => sum + open, 0n);
  expect(cash + collateral + ledger.collectedFees).toBe(ledger.deposits);
  for (const { market } of venue.markets) {
    const held = accounts.map((account) => account.positions.get(market.ticker)?.contracts ?? 0n);
    const yes = held.reduce((sum, contracts) => (contracts > 0n ? sum + contracts : sum), 0n);
    const no = held.reduce((sum, contracts) => (contracts < 0n ? sum - contracts : sum), 0n);
    const open = ledger.openInterest.get(market.ticker) ?? 0n;
    expect([yes, no]).toEqual([open, open]);
  }
}

function checkSolvency(venue: Venue): void {
  for (const user of USERS) {
    const account = accountOf(venue.ledger, user);
    expect(availableCash(venue, account)).toBeGreaterThanOrEqual(0n);
    for (const position of account.positions.values()) expect(position.cost).toBeGreaterThanOrEqual(0n);
  }
}

/** What orders, fills, positions and cash say is the same story. */
function checkAccounting(venue: Venue): void {
  for (const order of venue.orders.values()) {
    const filled = venue.fills.filter((fill) => fill.orderId === order.id);
    expect(filled.reduce((sum, fill) => sum + fill.count, 0n)).toBe(order.filled);
    expect(filled.reduce((sum, fill) => sum + fill.fee, 0n)).toBe(order.takerFees + order.makerFees);
    const rest = { resting: order.count - order.filled, canceled: 0n, executed: 0n }[order.status];
    expect(order.remaining).toBe(rest);
    expect(order.filled === order.count).toBe(order.status === 'executed');
  }
  for (const user of USERS) {
    const positions = [...accountOf(venue.ledger, user).positions.values()];
    const paid = positions.reduce((sum, position) => sum + position.fees, 0n);
    const fills = venue.fills.filter((fill) => fill.userId === user);
    expect(fills.reduce((sum, fill) => sum + fill.fee, 0n)).toBe(paid);
  }
}

function checkBooks(venue: Venue): void {
  for (const { book } of venue.markets) {
    expect((book.bids[0]?.price ?? 0n) < (book.asks[0]?.price ?? ONE)).toBe(true);
    for (const { remaining } of [...book.bids, ...book.asks]) expect(remaining).toBeGreaterThan(0n);
  }
}

describe('whatever users do', () => {
  test(
    'money and contracts are conserved, nobody goes below zero, books never cross',
    () => {
      expect.hasAssertions();
      fc.assert(
        fc.property(fc.array(command, { minLength: 20, maxLength: 120 }), (steps) => {
          const venue = openVenue();
          for (const step of steps) {
            run(venue, step);
            checkSolvency(venue);
          }
          checkConservation(venue);
          checkAccounting(venue);
          checkBooks(venue);
        }),
        { numRuns: 60 },
      );
    },
    SLOW_MS,
  );

  test('the random commands do trade: the property is not vacuous', () => {
    const venue = openVenue();
    for (const step of fc.sample(command, { numRuns: 400, seed: 1 })) run(venue, step);
    expect(venue.fills.length).toBeGreaterThan(100);
    expect(venue.fills.some((fill) => !fill.isTaker && fill.fee > 0n)).toBe(true);
    expect(venue.ledger.openInterest.size).toBeGreaterThan(2);
  });
});

describe('fees', () => {
  const dollar = (text: number): bigint => BigInt(Math.round(text * 1_000_000));

  test.each([
    [1, 0.52, 0.0175],
    [100, 0.5, 1.75],
    [1, 0.5, 0.0175],
    [100, 0.05, 0.3325],
    [1, 0.99, 0.0007],
  ])('%d contracts at %d cost %d', (count, price, fee) => {
    expect(feeOfFill(TAKER_RATE, dollar(count), dollar(price), 0n).fee).toBe(dollar(fee));
  });

  test(
    'many small fills cost what one large fill would, give or take the last cent',
    () => {
      fc.assert(
        fc.property(fc.integer({ min: 5, max: 95 }), fc.integer({ min: 200, max: 600 }), (cents, fills) => {
          const price = BigInt(cents) * 10_000n;
          let total = 0n;
          let overpaid = 0n;
          for (let i = 0; i < fills; i += 1) {
            const charged = feeOfFill(TAKER_RATE, 10n * ONE, price, overpaid);
            expect(charged.fee).toBeGreaterThanOrEqual(0n);
            total += charged.fee;
            ({ overpaid } = charged);
          }
          const once = feeOfFill(TAKER_RATE, BigInt(fills * 10) * ONE, price, 0n).fee;
          expect(total - once).toBeLessThanOrEqual(10_000n + 100n);
          expect(total).toBeGreaterThanOrEqual(once - 100n);
        }),
        { numRuns: 40 },
      );
    },
    SLOW_MS,
  );
});

describe('determinism', () => {
  const levels = (venue: Venue): unknown =>
    venue.markets.map(({ book }) =>
      [...book.bids, ...book.asks].map(({ side, price, remaining }) => [side, price, remaining]),
    );

  test('the same seed and number of ticks give the same books; ticks and other seeds do not', () => {
    const [one, two, other] = [openVenue(), openVenue(), openVenue(2)];
    for (const venue of [one, two]) for (let i = 0; i < 20; i += 1) tick(venue);
    expect(levels(one)).toEqual(levels(two));
    expect(levels(one)).not.toEqual(levels(openVenue()));
    expect(levels(other)).not.toEqual(levels(openVenue()));
  });

  test('every quote is on tick, in contracts of its market, inside the price range, on both sides', () => {
    const venue = openVenue();
    for (let i = 0; i < 100; i += 1) tick(venue);
    for (const { market, book, status } of venue.markets) {
      if (status !== 'active') continue;
      expect(Math.min(book.bids.length, book.asks.length)).toBeGreaterThan(0);
      const step = allowsFractions(market) ? ONE / 100n : ONE;
      for (const { price, remaining } of [...book.bids, ...book.asks]) {
        expect([price % market.tick, remaining % step, price > 0n, price < ONE]).toEqual([
          0n,
          0n,
          true,
          true,
        ]);
      }
    }
  });
});
