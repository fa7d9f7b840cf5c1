import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { add, asMicro, mulDiv, sub, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import type { Allocation, Holding, SessionFunds, TradedToken } from './model.ts';
import { AllocationTables, emptyHolding } from './allocation-tables.ts';
import { insufficientShares } from '../../../shared/agents/insufficient-shares.ts';

/** Sessions of one account that have something: an operator looks after a few agents, not hundreds. */
const MOST_SESSIONS = 50;

/**
 * What of the account's wallets belongs to whom: the one place where it is checked that sessions together never have more than
 * a wallet, and that the account itself trades only with the rest (docs/decisions/0031). All calls are synchronous;
 * whoever changes the wallet calls in the same transaction.
 */
export class AllocationBook {
  readonly #tables: AllocationTables;
  /** Whether any session has anything: accounts without agents pay nothing for this book. */
  #any: boolean;

  constructor(sql: SqlStorage) {
    this.#tables = new AllocationTables(sql);
    this.#any = this.#tables.count() > 0;
  }

  get any(): boolean {
    return this.#any;
  }

  /**
   * Sets money aside for a session. `free` is what the wallet has beside what its resting orders reserve and other
   * sessions have; INSUFFICIENT_BALANCE for more. Said again it changes nothing.
   */
  open(
    session: number,
    wallet: string,
    amount: Micro,
    free: Micro,
    at: number,
  ): { readonly ok: true } | Failure {
    if (this.#tables.find(session)) return { ok: true };
    if (this.#tables.count() >= MOST_SESSIONS) {
      return failure('SESSION_STATE_CONFLICT', {
        message: `This account has ${MOST_SESSIONS} sessions: stop one`,
      });
    }
    if (amount > free) return failure('INSUFFICIENT_BALANCE');
    this.#tables.insert(session, wallet, amount, at);
    this.#any = true;
    return { ok: true };
  }

  /** What a session had is the account's own again; what its commands still bring, too. */
  close(session: number): void {
    this.#tables.remove(session);
    this.#any = this.#tables.count() > 0;
  }

  /** The wallet begins again: nobody has anything of it. */
  closeAll(wallet: string): void {
    if (!this.#any) return;
    this.#tables.removeAll(wallet);
    this.#any = this.#tables.count() > 0;
  }

  sessionFunds(session: number): SessionFunds | undefined {
    const allocation = this.#tables.find(session);
    return allocation && { allocation, holdings: this.#tables.holdings(session) };
  }

  /** The wallet that a session has a part of. */
  wallet(session: number): string | undefined {
    return this.#tables.find(session)?.wallet;
  }

  /** Σ of what sessions may spend. */
  cash(wallet: string): Micro {
    return this.#any ? this.#tables.cash(wallet) : ZERO;
  }

  /** Σ of what sessions hold of a token. */
  shares(wallet: string, token: string): Micro {
    return this.#any ? this.#tables.shares(wallet, token) : ZERO;
  }

  sessionsHolding(wallet: string, market: string): readonly number[] {
    return this.#any ? this.#tables.holders(wallet, market) : [];
  }

  /** What a session may spend now. */
  spendable(session: number): Micro {
    return this.#tables.find(session)?.cash ?? ZERO;
  }

  /** What a session may sell of a token now: its shares less what is in flight. */
  sellable(session: number, token: string): Micro {
    const held = this.#tables.holding(session, token);
    return held ? sub(held.shares, held.sharesOut) : ZERO;
  }

  /** Books a BUY: `paid` is its notional, `fee` comes on top. */
  bought(session: number, traded: TradedToken, shares: Micro, paid: Micro, fee: Micro): void {
    const allocation = this.#tables.find(session);
    // Stopped since: what it bought is the account's own.
    if (!allocation) return;
    this.#tables.setCash({ ...allocation, cash: sub(sub(allocation.cash, paid), fee) });
    const held = this.#held(session, traded);
    this.#tables.setHolding(session, {
      ...held,
      shares: add(held.shares, shares),
      cost: add(held.cost, paid),
    });
  }

  /** Books shares that left, by sale or redemption, for `proceeds` less `fee`. */
  disposed(session: number, traded: TradedToken, shares: Micro, proceeds: Micro, fee: Micro): void {
    const allocation = this.#tables.find(session);
    if (!allocation) return;
    const held = this.#held(session, traded);
    // Average cost, as the wallet's own positions have it.
    const cost = shares === 0n ? ZERO : asMicro(mulDiv(held.cost, shares, held.shares, 'floor'));
    this.#tables.setCash({ ...allocation, cash: sub(add(allocation.cash, proceeds), fee) });
    this.#tables.setHolding(session, {
      ...held,
      shares: sub(held.shares, shares),
      cost: sub(held.cost, cost),
      realised: add(held.realised, sub(proceeds, cost)),
      closedCost: add(held.closedCost, cost),
    });
  }

  /** Holds cash back for a BUY that goes to a live venue. */
  holdCash(session: number, amount: Micro): Failure | undefined {
    const allocation = this.#tables.find(session);
    if (!allocation || allocation.cash < amount) return failure('INSUFFICIENT_BALANCE');
    this.#moveCash(allocation, amount);
    return undefined;
  }

  /** Holds shares back for a SELL that goes to a live venue. */
  holdShares(session: number, token: string, shares: Micro): Failure | undefined {
    const free = this.sellable(session, token);
    if (free < shares) return insufficientShares(free, shares);
    const held = this.#tables.holding(session, token);
    if (held) this.#tables.setHolding(session, { ...held, sharesOut: add(held.sharesOut, shares) });
    return undefined;
  }

  /** Gives back what was held, before the outcome is booked. Nothing for a session that was stopped since. */
  releaseHeld(
    session: number,
    held: { readonly cash: Micro } | { readonly token: string; readonly shares: Micro },
  ): void {
    if ('cash' in held) {
      const allocation = this.#tables.find(session);
      if (allocation) this.#moveCash(allocation, sub(ZERO, held.cash));
      return;
    }
    const holding = this.#tables.holding(session, held.token);
    if (holding) {
      this.#tables.setHolding(session, { ...holding, sharesOut: sub(holding.sharesOut, held.shares) });
    }
  }

  holding(session: number, token: string): Holding | undefined {
    return this.#tables.holding(session, token);
  }

  #moveCash(allocation: Allocation, out: Micro): void {
    this.#tables.setCash({
      ...allocation,
      cash: sub(allocation.cash, out),
      cashOut: add(allocation.cashOut, out),
    });
  }

  #held(session: number, traded: TradedToken): Holding {
    return this.#tables.holding(session, traded.token) ?? emptyHolding(traded);
  }
}
