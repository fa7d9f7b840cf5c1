import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { restingOf, priceOf, opposite, reaches } from '../engine/book.ts';
import { cancelOrder, expireOrders } from '../engine/cancel-order.ts';
import { createEffects, type Effects } from '../engine/effects.ts';
import { accountOf, createEngine, type Engine } from '../engine/engine.ts';
import { insertOrder } from '../engine/insert-order.ts';
import { buildCatalogue, CASH_SCALE } from '../engine/instrument.ts';
import { buyingPowerOf } from '../engine/judge-order.ts';
import { replaceOrder } from '../engine/replace-order.ts';
import type { WireValue } from '../engine/views.ts';
import type { InstrumentBook, OrderRecord, OrderTerms, Owner, Side, TimeInForce } from '../engine/types.ts';

/** For machines a hundred times slower, and for shrinking a failure. */
const SLOW_MS = 120_000;
const START = 1_800_000_000_000;
const DEPOSIT = 200n * CASH_SCALE;

/** Two accounts of one firm, and one of another. Little money, so that some orders are beyond it. */
const OWNERS: readonly Owner[] = ['A/accounts/one', 'A/accounts/two', 'B/accounts/one'].map((name) => ({
  firm: name.slice(0, 1),
  participant: `firms/${name.slice(0, 1)}/users/u`,
  account: `firms/${name}`,
  synthetic: false,
}));
/** Whole contracts and cents, and hundredths of contracts in cents. */
const INSTRUMENTS = buildCatalogue(3).filter((_instrument, index) => index !== 1);

interface Command {
  readonly kind: 'insert' | 'cancel' | 'replace' | 'time';
  readonly owner: number;
  readonly instrument: number;
  readonly side: Side;
  readonly type: OrderTerms['type'];
  readonly time: TimeInForce;
  /** Cents around the middle, so that most orders meet somebody. */
  readonly price: number;
  readonly stop: number;
  readonly quantity: number;
  readonly cash: boolean;
  readonly minimum: number;
  readonly postOnly: boolean;
  readonly selfMatchId: string;
  readonly instruction: OrderTerms['selfMatchInstruction'];
  readonly pick: number;
}

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom('insert', 'insert', 'insert', 'insert', 'insert', 'replace', 'cancel', 'time'),
  owner: fc.nat(OWNERS.length - 1),
  instrument: fc.nat(INSTRUMENTS.length - 1),
  side: fc.constantFrom('SIDE_BUY', 'SIDE_SELL'),
  type: fc.constantFrom(
    'ORDER_TYPE_LIMIT',
    'ORDER_TYPE_LIMIT',
    'ORDER_TYPE_LIMIT',
    'ORDER_TYPE_MARKET_TO_LIMIT',
    'ORDER_TYPE_STOP',
    'ORDER_TYPE_STOP_LIMIT',
  ),
  time: fc.constantFrom(
    'TIME_IN_FORCE_DAY',
    'TIME_IN_FORCE_GOOD_TILL_CANCEL',
    'TIME_IN_FORCE_GOOD_TILL_TIME',
    'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL',
    'TIME_IN_FORCE_FILL_OR_KILL',
  ),
  price: fc.integer({ min: 44, max: 56 }),
  stop: fc.integer({ min: 44, max: 56 }),
  quantity: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 400 })),
  cash: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
  minimum: fc.integer({ min: 0, max: 20 }),
  postOnly: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
  selfMatchId: fc.constantFrom('', '', 'desk'),
  instruction: fc.constantFrom(
    'SELF_MATCH_PREVENTION_INSTRUCTION_REJECT_AGGRESSOR',
    'SELF_MATCH_PREVENTION_INSTRUCTION_CANCEL_RESTING',
    'SELF_MATCH_PREVENTION_INSTRUCTION_REMOVE_BOTH',
  ),
  pick: fc.nat(1000),
});

const commands = fc.array(command, { minLength: 20, maxLength: 80 });

/** Never used: an index is always below the length. */
const nobody: Owner = { firm: '', participant: '', account: '', synthetic: true };

interface World {
  readonly engine: Engine;
  nowMs: number;
  made: number;
}

function createWorld(): World {
  const engine = createEngine(INSTRUMENTS);
  for (const { account } of OWNERS) accountOf(engine, account, START).cash = DEPOSIT;
  return { engine, nowMs: START, made: 0 };
}

/** @returns what the command did, and the order if one was inserted. */
function run(world: World, step: Command): { readonly effects: Effects; readonly order?: OrderRecord } {
  world.nowMs += step.kind === 'time' ? 10_000 : 1;
  const effects = createEffects(world.nowMs);
  const owner = OWNERS[step.owner] ?? nobody;
  world.made += 1;
  if (step.kind === 'insert')
    return { effects, order: insertOrder(world.engine, owner, termsOf(world, step), effects) };
  if (step.kind === 'time') expireOrders(world.engine, effects, step.pick % 5 === 0);
  const target = [...world.engine.orders.values()][step.pick % Math.max(1, world.engine.orders.size)];
  if (target === undefined || step.kind === 'time') return { effects };
  const request = { orderId: target.id, symbol: '', clordId: `c${world.made}` };
  if (step.kind === 'cancel') cancelOrder(world.engine, target.owner, request, effects);
  else {
    const { priceScale, quantityScale } = INSTRUMENTS[0] ?? { priceScale: 1n, quantityScale: 1n };
    replaceOrder(
      world.engine,
      target.owner,
      {
        ...request,
        price: step.cash ? undefined : (BigInt(step.price) * priceScale) / 100n,
        orderQty: step.postOnly ? undefined : BigInt(step.quantity) * quantityScale,
        stopPrice: undefined,
        timeInForce: undefined,
        goodTillMs: undefined,
        postOnly: step.postOnly,
      },
      effects,
    );
  }
  return { effects };
}

function termsOf(world: World, step: Command): OrderTerms {
  const instrument = INSTRUMENTS[step.instrument] ?? INSTRUMENTS[0];
  if (instrument === undefined) throw new Error('no instrument');
  const { priceScale, symbol } = instrument;
  const isStop = step.type === 'ORDER_TYPE_STOP' || step.type === 'ORDER_TYPE_STOP_LIMIT';
  const isLimit = step.type === 'ORDER_TYPE_LIMIT' || step.type === 'ORDER_TYPE_STOP_LIMIT';
  const immediate =
    step.time === 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL' || step.time === 'TIME_IN_FORCE_FILL_OR_KILL';
  const quantity = BigInt(step.quantity);
  const cents = (value: number): bigint => (BigInt(value) * priceScale) / 100n;
  const byCash = step.cash && !isStop;
  return {
    symbol,
    side: step.side,
    type: step.type,
    orderQty: byCash ? undefined : quantity,
    cashOrderQty: byCash ? quantity * priceScale : undefined,
    price: isLimit ? cents(step.price) : undefined,
    stopPrice: isStop ? cents(step.stop) : undefined,
    minQty: immediate && BigInt(step.minimum) <= quantity ? BigInt(step.minimum) : 0n,
    timeInForce: step.time,
    goodTillMs: step.time === 'TIME_IN_FORCE_GOOD_TILL_TIME' ? world.nowMs + 5000 : undefined,
    postOnly: step.postOnly && !immediate && step.type === 'ORDER_TYPE_LIMIT',
    clordId: `c${world.made}`,
    allOrNone: false,
    selfMatchId: step.selfMatchId,
    selfMatchInstruction: step.instruction,
    labels: {},
  };
}

function holdsFor(steps: readonly Command[], check: (world: World, step: Command) => void): void {
  const world = createWorld();
  for (const step of steps) check(world, step);
}

function checkProperty(check: (steps: readonly Command[]) => void): void {
  fc.assert(fc.property(commands, check), { numRuns: 60 });
}

function positionsOf(engine: Engine, symbol: string): readonly bigint[] {
  return [...engine.accounts.values()].map(({ positions }) => positions.get(symbol)?.net ?? 0n);
}

describe('whatever traders do', () => {
  test(
    'cash and contracts are conserved, and nobody commits more than they have',
    () => {
      checkProperty((steps) =>
        holdsFor(steps, (world, step) => {
          run(world, step);
          const { engine } = world;
          const cash = [...engine.accounts.values()].reduce((sum, account) => sum + account.cash, 0n);
          expect(cash).toBe(DEPOSIT * BigInt(OWNERS.length));
          for (const { symbol } of INSTRUMENTS) {
            const nets = positionsOf(engine, symbol);
            expect(nets.reduce((sum, net) => sum + net, 0n)).toBe(0n);
            const open = nets.reduce((sum, net) => (net > 0n ? sum + net : sum), 0n);
            expect(engine.books.get(symbol)?.stats.openInterest).toBe(open);
          }
          for (const { account } of OWNERS)
            expect(buyingPowerOf(engine, account, START)).toBeGreaterThanOrEqual(0n);
        }),
      );
    },
    SLOW_MS,
  );

  test(
    'books are never crossed, hold open orders only, and by price then time',
    () => {
      checkProperty((steps) =>
        holdsFor(steps, (world, step) => {
          run(world, step);
          for (const book of world.engine.books.values()) checkBook(book);
          const resting = [...world.engine.books.values()].flatMap(({ bids, offers, stops }) => [
            ...bids,
            ...offers,
            ...stops,
          ]);
          const open = [...world.engine.accounts.values()].flatMap(({ openOrders }) => [...openOrders]);
          expect(new Set(resting)).toEqual(new Set(open));
          expect(resting).toHaveLength(open.length);
        }),
      );
    },
    SLOW_MS,
  );

  test(
    'an order trades with the best prices first, the oldest within a price, and never beyond its limit',
    () => {
      checkProperty((steps) =>
        holdsFor(steps, (world, step) => {
          const before = new Map(
            [...world.engine.books].map(([symbol, { bids, offers }]) => [
              symbol,
              { bids: [...bids], offers: [...offers] },
            ]),
          );
          const { effects, order } = run(world, step);
          if (order === undefined) return;
          const { symbol, side } = order.terms;
          const queue = before.get(symbol)?.[side === 'SIDE_BUY' ? 'offers' : 'bids'] ?? [];
          const passive = effects.executions
            .filter(
              (one) =>
                one.symbol === symbol &&
                one.view['aggressor'] === undefined &&
                one.view['trade_id'] !== undefined,
            )
            .map(({ orderId }) => queue.findIndex(({ id }) => id === orderId))
            // Stops that the trades set off come after, and meet others.
            .filter((at) => at !== -1);
          const first = effects.executions.filter(
            (one) => one.orderId === order.id && one.view['aggressor'] === true,
          );
          const own = passive.slice(0, first.length);
          expect(own).toEqual([...own].sort((a, b) => a - b));
          // Whoever stood before the last one that traded is gone: traded too, or taken away by self-match prevention.
          for (const { leavesQty } of queue.slice(0, Math.max(0, ...own))) expect(leavesQty).toBe(0n);
          const limit = order.limits.price ?? 0n;
          expect(first.every(({ view }) => reaches(side, limit, integer(view['last_px'])))).toBe(true);
        }),
      );
    },
    SLOW_MS,
  );

  test(
    'nobody trades with themselves',
    () => {
      checkProperty((steps) =>
        holdsFor(steps, (world, step) => {
          const { effects } = run(world, step);
          const sides = new Map<string, OrderRecord[]>();
          for (const { view, orderId } of effects.executions) {
            const order = world.engine.orders.get(orderId);
            if (view['trade_id'] === undefined || order === undefined) continue;
            const id = textOf(view['trade_id']);
            sides.set(id, [...(sides.get(id) ?? []), order]);
          }
          for (const [taker, maker] of sides.values()) {
            expect(taker?.owner.account).not.toBe(maker?.owner.account);
            const sameId =
              taker?.terms.selfMatchId === maker?.terms.selfMatchId && taker?.terms.selfMatchId !== '';
            expect(sameId && taker?.owner.firm === maker?.owner.firm).toBe(false);
          }
        }),
      );
    },
    SLOW_MS,
  );

  test(
    'fill or kill is all or nothing, a minimum is met or nothing trades, immediate orders never rest',
    () => {
      checkProperty((steps) =>
        holdsFor(steps, (world, step) => {
          const { order } = run(world, step);
          if (order === undefined || order.waiting) return;
          expect(breaches(order)).toEqual([]);
        }),
      );
    },
    SLOW_MS,
  );

  test(
    'the executions of an order tell all that became of it',
    () => {
      checkProperty((steps) => {
        const world = createWorld();
        const told = steps.flatMap((step) => run(world, step).effects.executions);
        expect(told.map(({ seq }) => seq)).toEqual(told.map((_execution, index) => index + 1));
        for (const order of world.engine.orders.values()) {
          const mine = told.filter(({ orderId }) => orderId === order.id);
          const shares = mine.reduce((sum, { view }) => sum + integer(view['last_shares']), 0n);
          expect(shares).toBe(order.cumQty);
          expect(mine.at(-1)?.view['order']).toMatchObject({ id: order.id, clord_id: order.clordId });
          const last = mine.at(-1)?.view['order'] as {
            leaves_qty?: string;
            cum_qty?: string;
            price?: string;
          };
          expect(last.leaves_qty ?? '0').toBe(String(order.leavesQty));
          expect(last.cum_qty ?? '0').toBe(String(order.cumQty));
          expect(last.price).toBe(order.limits.price === undefined ? undefined : String(order.limits.price));
        }
      });
    },
    SLOW_MS,
  );

  test('the random commands do trade, in every way: the properties are not vacuous', () => {
    const world = createWorld();
    const types = new Set<string>();
    const reasons = new Set<unknown>();
    for (const step of fc.sample(command, { numRuns: 1500, seed: 1 })) {
      for (const { type, view } of run(world, step).effects.executions) {
        types.add(type);
        reasons.add(view['text']);
      }
    }
    expect(world.engine.tradeCount).toBeGreaterThan(100);
    expect(types.size).toBe(7);
    for (const text of [
      'triggered',
      'self match prevention',
      'insufficient buying power',
      'not enough to trade with',
    ])
      expect(reasons).toContain(text);
  });
});

/** Which promise of its terms an order broke. */
function breaches({ terms, cumQty, orderQty, leavesQty, filledNotional }: OrderRecord): readonly string[] {
  const { timeInForce, minQty, postOnly, cashOrderQty, side } = terms;
  const broken = {
    'fill or kill': timeInForce === 'TIME_IN_FORCE_FILL_OR_KILL' && cumQty !== 0n && cumQty !== orderQty,
    minimum: cumQty !== 0n && cumQty < minQty,
    immediate: timeInForce === 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL' && leavesQty !== 0n,
    'post only': postOnly && cumQty !== 0n,
    cash: cashOrderQty !== undefined && side === 'SIDE_BUY' && filledNotional > cashOrderQty,
  };
  return Object.entries(broken).flatMap(([name, isBroken]) => (isBroken ? [name] : []));
}

function integer(value: WireValue | undefined): bigint {
  return BigInt(textOf(value) || '0');
}

function textOf(value: WireValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function checkBook(book: InstrumentBook): void {
  for (const side of ['SIDE_BUY', 'SIDE_SELL'] as const) {
    const entries = restingOf(book, side);
    for (const order of entries) expect(order.leavesQty).toBeGreaterThan(0n);
    expect(entries.slice(1).every((order, at) => isBehind(order, entries[at], side))).toBe(true);
  }
  const [bid, offer] = [book.bids[0], book.offers[0]];
  expect(bid === undefined || offer === undefined || priceOf(bid) < priceOf(offer)).toBe(true);
}

function isBehind(order: OrderRecord, other: OrderRecord | undefined, side: Side): boolean {
  if (other === undefined) return false;
  if (priceOf(order) === priceOf(other)) return order.priority > other.priority;
  return reaches(opposite(side), priceOf(order), priceOf(other));
}
