import { add, sub, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import { AllocationBook } from '../allocations/allocation-book.ts';
import { PAPER_WALLET } from '../allocations/model.ts';
import type { Money, NewOrder, Order, Position, Trade } from './model.ts';
import { assertBalanced, assertCovers } from './ledger-invariant.ts';
import { PaperTables, type OrderChange } from './paper-tables.ts';

/** Amounts that have changed but are not written yet. */
interface Draft {
  readonly money: Money | undefined;
  readonly positions: ReadonlyMap<string, Position>;
  /** Cost of positions that were deleted, which are written at once. */
  readonly removedCost: bigint;
}

const EMPTY: Draft = { money: undefined, positions: new Map(), removedCost: 0n };

/**
 * The paper account as the rules see it. Inside `transaction`, cash and positions are read once, changed in
 * memory and written once at its end; orders and trades are written at once, for their ids. Rules never see the
 * difference, and a throw anywhere leaves neither memory nor tables changed. It moves amounts as told; the
 * rules are in `paper/`.
 */
export class Ledger {
  /** What of the account belongs to sessions. */
  readonly allocations: AllocationBook;
  readonly #storage: DurableObjectStorage;
  readonly #tables: PaperTables;
  /** What the table holds: this object is its only writer. */
  #money: Money | undefined;
  #draft: Draft = EMPTY;
  /** Positions as the table has them, of the tokens that the present transaction has asked for. */
  readonly #stored = new Map<string, Position | undefined>();
  #depth = 0;
  /** Whether any order rests; undefined when it has to be looked up. */
  #rests: boolean | undefined;
  #unsettled: boolean | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.allocations = new AllocationBook(storage.sql);
    this.#tables = new PaperTables(storage.sql);
    this.#money = this.#tables.money();
  }

  /** Runs changes that happen together or not at all. May be nested; an inner throw undoes the inner part. */
  transaction<T>(work: () => T): T {
    const before = this.#draft;
    this.#depth += 1;
    try {
      return this.#storage.transactionSync(() => {
        const result = work();
        if (this.#depth === 1) this.#write();
        return result;
      });
    } catch (error) {
      this.#draft = before;
      if (this.#depth === 1) this.#money = this.#tables.money();
      this.#stored.clear();
      this.#rests = undefined;
      this.#unsettled = undefined;
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  requireMoney(): Money {
    const money = this.#draft.money ?? this.#money;
    if (!money) throw new Error('paper account was never opened');
    return money;
  }

  /** Cash that an order may use: a session's own, or what no session has. */
  spendable(session?: number): Micro {
    const { cash } = this.requireMoney();
    return session === undefined
      ? sub(cash, this.allocations.cash(PAPER_WALLET))
      : this.allocations.spendable(session);
  }

  /** Shares that an order may sell: a session's own, or free ones that no session has. */
  sellable(token: string, session?: number): Micro {
    if (session !== undefined) return this.allocations.sellable(session, token);
    const held = this.position(token);
    return held ? sub(sub(held.shares, held.reserved), this.allocations.shares(PAPER_WALLET, token)) : ZERO;
  }

  setMoney(money: Money): void {
    this.#draft = { ...this.#draft, money };
  }

  position(token: string): Position | undefined {
    return this.#draft.positions.get(token) ?? this.#storedPosition(token);
  }

  setPosition(position: Position): void {
    this.#draft = {
      ...this.#draft,
      positions: new Map(this.#draft.positions).set(position.token, position),
    };
  }

  insertOrder(order: NewOrder): Order {
    if (order.status === 'open') this.#rests = true;
    return this.#tables.insertOrder(order);
  }

  changeOrder(order: Order, change: OrderChange, now: number): Order {
    this.#rests = undefined;
    return this.#tables.changeOrder(order, change, now);
  }

  insertTrade(trade: Omit<Trade, 'id'>): Trade {
    return this.#tables.insertTrade(trade);
  }

  insertRedemption(row: Parameters<PaperTables['insertRedemption']>[0]): number {
    return this.#tables.insertRedemption(row);
  }

  order(id: number): Order | undefined {
    return this.#tables.order(id);
  }

  /** Open orders in the order of their arrival. */
  openOrders(): readonly Order[] {
    return this.#tables.openOrders();
  }

  hasOpenOrders(): boolean {
    return (this.#rests ??= this.#tables.hasOpenOrders());
  }

  /** Tokens of positions whose market has not been seen to resolve. Outside a transaction only. */
  unsettledTokens(): readonly string[] {
    return this.#tables.unsettledTokens();
  }

  holdsUnsettled(): boolean {
    return (this.#unsettled ??= this.#tables.unsettledTokens().length > 0);
  }

  /** Moves cash into the account's reserve, or with a negative amount back. */
  reserve(amount: Micro): void {
    const money = this.requireMoney();
    this.setMoney({ ...money, cash: sub(money.cash, amount), reserved: add(money.reserved, amount) });
  }

  /** Forgets every position, in a transaction, and returns the tokens of those that had shares before it. */
  removePositions(): readonly string[] {
    const removedCost = this.#draft.removedCost + this.#tables.totalCost();
    this.#draft = { ...this.#draft, positions: new Map(), removedCost };
    this.#stored.clear();
    this.#unsettled = undefined;
    return this.#tables.removePositions();
  }

  /** Opens the account with its first deposit; with `again` an unused one takes another in its place. */
  open(deposit: Micro, again = false): void {
    if (this.#money && !(again && !this.#tables.isUsed())) return;
    this.transaction(() => {
      this.setMoney({ cash: deposit, reserved: ZERO, fees: ZERO, deposits: deposit, realised: ZERO });
    });
  }

  /** One open position is enough to know; that one has gone says nothing about the others. */
  #noteUnsettled(open: boolean): void {
    this.#unsettled = open ? true : undefined;
  }

  /** Read once in a transaction: nothing else writes meanwhile. */
  #storedPosition(token: string): Position | undefined {
    if (this.#depth === 0) return this.#tables.position(token);
    if (!this.#stored.has(token)) this.#stored.set(token, this.#tables.position(token));
    return this.#stored.get(token);
  }

  /** Throws, and so undoes the transaction, where it would create or lose money. */
  #check(): void {
    const { money, positions, removedCost } = this.#draft;
    const after = money ?? this.#money;
    if (!after || this.#draft === EMPTY) return;
    let costChange = -removedCost;
    for (const { token, cost, shares } of positions.values()) {
      costChange += cost - (this.#storedPosition(token)?.cost ?? 0n);
      assertCovers('shares', shares, this.allocations.shares(PAPER_WALLET, token));
    }
    assertBalanced(this.#money, after, costChange);
    assertCovers('cash', after.cash, this.allocations.cash(PAPER_WALLET));
  }

  #write(): void {
    this.#check();
    const { money, positions } = this.#draft;
    this.#stored.clear();
    if (money) this.#tables.setMoney(money);
    for (const position of positions.values()) this.#tables.setPosition(position);
    for (const { shares, settled } of positions.values())
      this.#noteUnsettled(shares > 0n && settled === null);
    if (money) this.#money = money;
    this.#draft = EMPTY;
  }
}
