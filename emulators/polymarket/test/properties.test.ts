import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activate, deriveKey } from '../auth/api-keys.ts';
import { tokenBook } from '../book/mirror.ts';
import { ROUNDING } from '../catalog/market.ts';
import { seedBooks, tick } from '../clock/tick.ts';
import { sharesOf } from '../ledger.ts';
import { cancelMatching } from '../orders/cancel-order.ts';
import { freeCash } from '../orders/order-table.ts';
import type { OrderRequest } from '../orders/parse-order.ts';
import { placeVerified } from '../orders/place-order.ts';
import { hashId } from '../../lib/random.ts';
import { createVenue, type MarketState, type Venue } from '../state.ts';
import { ONE } from '../../lib/units.ts';
import { VenueError } from '../venue-error.ts';

const TRADERS = ['a', 'b', 'c'].map((digit) => `0x${digit.repeat(40)}`);

interface Command {
  readonly kind: 'order' | 'tick' | 'cancel';
  readonly trader: number;
  readonly market: number;
  readonly yes: boolean;
  readonly buy: boolean;
  /** Ticks from the middle of the market, so that most orders meet somebody. */
  readonly price: number;
  /** Hundredths of a share. */
  readonly size: number;
  readonly orderType: 'GTC' | 'FOK' | 'FAK';
}

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom('order', 'order', 'order', 'order', 'tick', 'cancel'),
  trader: fc.nat(TRADERS.length - 1),
  market: fc.constantFrom(0, 1, 3, 4, 8, 9, 10),
  yes: fc.boolean(),
  buy: fc.boolean(),
  price: fc.integer({ min: -8, max: 8 }),
  size: fc.integer({ min: 500, max: 200_000 }),
  orderType: fc.constantFrom('GTC', 'GTC', 'FOK', 'FAK'),
});

function openVenue(seed = 1): Venue {
  const venue = createVenue(seed, 2);
  seedBooks(venue);
  return venue;
}

function marketAt(venue: Venue, index: number): MarketState {
  const state = venue.markets[index];
  if (state === undefined) throw new Error(`no market ${index}`);
  return state;
}

let salt = 0;

function run(venue: Venue, step: Command): void {
  const trader = TRADERS[step.trader] ?? '';
  if (step.kind === 'tick') return tick(venue);
  if (step.kind === 'cancel') return void cancelMatching(venue, trader, {});
  const state = marketAt(venue, step.market);
  const caller = deriveKey(venue.apiKeys, trader, 0);
  activate(venue.apiKeys, caller);
  salt += 1;
  try {
    const verified = { id: hashId('test', salt), caller, builderKey: undefined };
    placeVerified(venue, state, requestFor(state, step, trader), verified);
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
  }
  return undefined;
}

function requestFor({ market, mid }: MarketState, step: Command, trader: string): OrderRequest {
  const ticks = Number(ONE / market.tick);
  const inYes = Math.min(ticks - 1, Math.max(1, mid + step.price));
  const price = BigInt(step.yes ? inYes : ticks - inYes) * market.tick;
  const sized = BigInt(step.size) * (ONE / 100n);
  // A market buy is sized in dollars; everything else in shares.
  const budget = step.buy && step.orderType !== 'GTC';
  const grain = 10n ** BigInt(6 - ROUNDING[market.tickText].amount);
  const shares = budget ? ((sized * ONE) / price / grain) * grain : sized;
  const usd = budget ? sized : (sized * price) / ONE;
  return {
    owner: '',
    orderType: step.orderType,
    deferExec: false,
    postOnly: false,
    order: {
      version: 2,
      salt: String(salt),
      maker: trader,
      signer: trader,
      tokenId: step.yes ? market.yesToken : market.noToken,
      makerAmount: String(step.buy ? usd : shares),
      takerAmount: String(step.buy ? shares : usd),
      expiration: '0',
      signatureType: 0,
      sideText: step.buy ? 'BUY' : 'SELL',
      signature: '0x',
      timestamp: '1',
      metadata: hashId('metadata'),
      builder: hashId('builder'),
    },
  };
}

/** Cash, collateral and fees add up to deposits; every share has its opposite. */
function checkConservation(venue: Venue): void {
  const { ledger } = venue;
  const accounts = [...ledger.accounts.values(), ledger.house];
  const cash = accounts.reduce((sum, account) => sum + account.cash, 0n);
  const collateral = [...ledger.sets.values()].reduce((sum, sets) => sum + sets, 0n);
  expect(cash + collateral + ledger.collectedFees).toBe(ledger.deposits);
  for (const { market } of venue.markets) {
    const held = (token: string): bigint =>
      accounts.reduce((sum, account) => sum + sharesOf(account, token), 0n);
    const sets = ledger.sets.get(market.conditionId) ?? 0n;
    expect([held(market.yesToken), held(market.noToken)]).toEqual([sets, sets]);
  }
}

function checkSolvency(venue: Venue): void {
  for (const trader of TRADERS) {
    expect(freeCash(venue, trader)).toBeGreaterThanOrEqual(0n);
    const holdings = venue.ledger.accounts.get(trader)?.holdings.values() ?? [];
    expect([...holdings].filter((holding) => holding.shares < 0n)).toEqual([]);
  }
}

function checkBooks(venue: Venue): void {
  for (const { book } of venue.markets) {
    const yes = tokenBook(book, true);
    const no = tokenBook(book, false);
    expect(no.bids).toEqual(yes.asks.map(({ price, size }) => ({ price: ONE - price, size })));
    expect(no.asks).toEqual(yes.bids.map(({ price, size }) => ({ price: ONE - price, size })));
    expect((yes.bids[0]?.price ?? 0n) < (yes.asks[0]?.price ?? ONE)).toBe(true);
  }
}

describe('whatever traders do', () => {
  test('cash and shares are conserved, nobody goes below zero, books mirror and never cross', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(fc.array(command, { minLength: 20, maxLength: 120 }), (steps) => {
        const venue = openVenue();
        for (const step of steps) run(venue, step);
        checkConservation(venue);
        checkSolvency(venue);
        checkBooks(venue);
      }),
      { numRuns: 60 },
    );
  });

  test('the random commands do trade: the property is not vacuous', () => {
    const venue = openVenue();
    for (const step of fc.sample(command, { numRuns: 400, seed: 1 })) run(venue, step);
    expect(venue.trades.size).toBeGreaterThan(100);
    expect([...venue.ledger.sets.values()].some((sets) => sets > 0n)).toBe(true);
    expect([...venue.trades.values()].some((trade) => trade.takerKey === null)).toBe(true);
  });
});

function levels(venue: Venue): unknown {
  return venue.markets.map(({ market, book }) => [market.yesToken, tokenBook(book, true)]);
}

describe('determinism', () => {
  test('the same seed and number of ticks give the same books, whatever else happened', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(30), (seed, ticks) => {
        const [one, two] = [openVenue(seed), openVenue(seed)];
        for (let i = 0; i < ticks; i += 1) tick(one);
        for (let i = 0; i < ticks; i += 1) tick(two);
        expect(levels(one)).toEqual(levels(two));
      }),
      { numRuns: 20 },
    );
  });

  test('another seed gives other tokens, and ticks move the books', () => {
    const [one, two, moved] = [openVenue(1), openVenue(2), openVenue(1)];
    expect(marketAt(one, 0).market.yesToken).not.toBe(marketAt(two, 0).market.yesToken);
    tick(moved);
    expect(levels(moved)).not.toEqual(levels(one));
  });

  test('every quote is on tick, inside the price range, on both sides', () => {
    const venue = openVenue();
    for (let i = 0; i < 200; i += 1) tick(venue);
    for (const { market, book, accepting } of venue.markets) {
      if (!accepting) continue;
      expect(book.bids.length).toBeGreaterThan(0);
      expect(book.asks.length).toBeGreaterThan(0);
      for (const { price } of [...book.bids, ...book.asks]) {
        expect([price % market.tick, price > 0n, price < ONE]).toEqual([0n, true, true]);
      }
    }
  });
});
