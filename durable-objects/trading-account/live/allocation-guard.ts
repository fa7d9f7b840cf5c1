import { now } from '../../../shared/clock.ts';
import type { Failure } from '../../../shared/errors/failure.ts';
import type { Found, Market, VenueFailure } from '../../../shared/venues/port.ts';
import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import { KeyedMutex } from '../../../shared/concurrency/keyed-mutex.ts';
import type { AllocationBook } from '../allocations/allocation-book.ts';
import type { Claims } from '../allocations/claims.ts';
import { refusedBySessions } from '../allocations/free-funds.ts';
import { walletChanged } from '../allocations/on-chain-claims.ts';
import type { LiveCommand } from './model.ts';
import type { PreparedCommand } from './prepare-command.ts';
import type { OpenVenueClient } from './reconciler.ts';
import type { LiveRow } from './command-rows.ts';

/** How often a session's order is asked after that the venue holds back: it does so for seconds. */
const LOOK_MS = 5_000;

/** A market by its condition. */
export type MarketOf = (conditionId: string) => Promise<Found<Market>>;

/**
 * Keeps orders on Polymarket within what is theirs who give them: a session's within its part of the wallet, the
 * account's own within the rest (docs/decisions/0031).
 */
export class AllocationGuard {
  readonly claims: Claims;
  readonly #book: AllocationBook;
  readonly #market: MarketOf;
  readonly #turns = new KeyedMutex();

  constructor(book: AllocationBook, claims: Claims, market: MarketOf) {
    this.#book = book;
    this.#market = market;
    this.claims = claims;
  }

  /** Holds back what a session's order may take; why not, where the session has less. */
  hold(id: number, { claim }: LiveCommand): Failure | undefined {
    return claim && this.claims.hold(id, claim);
  }

  /** Runs what sends an order. What is free beside what sessions have is looked up and taken by one order at a time. */
  serialized<T>(command: LiveCommand, wallet: string, send: () => Promise<T>): Promise<T> {
    return this.#concerns(command) ? this.#turns.run(wallet, send) : send();
  }

  /** Why an order must not go out: it would take of a wallet what is somebody else's. */
  async refusal(
    command: LiveCommand,
    { sent, tokenId }: PreparedCommand,
    wallet: string,
    session: VenueClient,
  ): Promise<VenueFailure | undefined> {
    if (command.claim) return walletChanged(this.#book, command.claim.session, wallet);
    if (!this.#concerns(command) || sent.kind !== 'place' || tokenId === undefined) return undefined;
    const { side, price, size, marketId, postOnly } = sent.terms;
    const order = { wallet, side, token: tokenId, price, size, postOnly };
    const parts = { book: this.#book, claims: this.claims };
    return refusedBySessions(parts, session, order, () => this.#market(marketId));
  }

  /** Asks after sessions' orders that the venue took and had not executed. */
  async settle(rowOf: (command: number) => LiveRow | undefined, open: OpenVenueClient): Promise<void> {
    if (!this.#book.any) return;
    for (const command of this.claims.waiting()) {
      const row = rowOf(command);
      if (!row?.order || row.sentAt === null) continue;
      const { venue, caller, order, identity, sentAt } = row;
      const session = open({ venue, caller, source: { kind: 'stored' } });
      const who = await session.identity();
      // To another wallet it is not there, which says nothing.
      if (!who.ok || who.identity !== identity) continue;
      const late = now() - sentAt >= session.capabilities.absenceHoldsAfterMs;
      const found = await session.order(order.id);
      if (found.ok) this.claims.ordered(found.value, command);
      // One that found nothing when its turn came leaves no trace at the venue.
      else if (late && found.reason === 'ORDER_NOT_FOUND') this.claims.released(command);
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
