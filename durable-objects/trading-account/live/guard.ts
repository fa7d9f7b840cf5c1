import { now } from '../../../shared/clock.ts';
import type { Failure } from '../../../shared/errors/failure.ts';
import type { VenueFailure } from '../../../shared/venues/port.ts';
import type { TradingSession } from '../../../shared/venues/session.ts';
import { Turns } from '../../turns.ts';
import type { AllocationBook } from '../allocations/book.ts';
import type { Claims } from '../allocations/claims.ts';
import { trespass } from '../allocations/free.ts';
import { movedWallet } from '../allocations/on-chain.ts';
import type { LiveCommand } from './model.ts';
import type { Ready } from './prepare.ts';
import type { OpenSession } from './reconciler.ts';
import type { LiveRow } from './rows.ts';

/** How often a session's order is asked after that the venue holds back: it does so for seconds. */
const LOOK_MS = 5_000;

/**
 * Keeps orders on Polymarket within what is theirs who give them: a session's within its part of the wallet, the
 * account's own within the rest (docs/decisions/0031).
 */
export class Guard {
  readonly claims: Claims;
  readonly #book: AllocationBook;
  readonly #turns = new Turns();

  constructor(book: AllocationBook, claims: Claims) {
    this.#book = book;
    this.claims = claims;
  }

  /** Holds back what a session's order may take; why not, where the session has less. */
  hold(id: number, { claim }: LiveCommand): Failure | undefined {
    return claim && this.claims.hold(id, claim);
  }

  /** Runs what sends an order. What is free beside what sessions have is looked up and taken by one order at a time. */
  inTurn<T>(command: LiveCommand, wallet: string, send: () => Promise<T>): Promise<T> {
    return this.#concerns(command) ? this.#turns.run(wallet, send) : send();
  }

  /** Why an order must not go out: it would take of a wallet what is somebody else's. */
  async refusal(
    command: LiveCommand,
    { sent, tokenId }: Ready,
    wallet: string,
    session: TradingSession,
  ): Promise<VenueFailure | undefined> {
    if (command.claim) return movedWallet(this.#book, command.claim.session, wallet);
    if (!this.#concerns(command) || sent.kind !== 'place' || tokenId === undefined) return undefined;
    const { side, price, size } = sent.terms;
    return trespass(this.#book, session, { wallet, side, token: tokenId, price, size });
  }

  /** Asks after sessions' orders that the venue took and had not executed. */
  async settle(rowOf: (command: number) => LiveRow | undefined, open: OpenSession): Promise<void> {
    if (!this.#book.any) return;
    for (const command of this.claims.waiting()) {
      const { order, venue, caller } = rowOf(command) ?? {};
      if (!order || !venue || !caller) continue;
      const found = await open({ venue, caller, source: { kind: 'stored' } }).order(order.id);
      if (found.ok) this.claims.ordered(found.value, command);
    }
  }

  /** When to ask; Infinity where nothing waits. */
  nextLook(): number {
    const waits = this.#book.any && this.claims.waiting().length > 0;
    return waits ? now() + LOOK_MS : Number.POSITIVE_INFINITY;
  }

  /** Whether an order of the account's own may take of what its sessions have. */
  #concerns({ claim, access, work }: LiveCommand): boolean {
    return this.#book.any && claim === undefined && access.venue === 'polymarket' && work.kind !== 'cancel';
  }
}
