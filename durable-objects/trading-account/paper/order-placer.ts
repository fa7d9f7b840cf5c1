import { now } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { reach } from '../../../shared/testing/fault-points.ts';
import type { Found } from '../../../shared/venues/port.ts';
import type { PlaceCommand, PlaceOutcome, Placing } from './commands.ts';
import { InFlightCommands } from '../journal/in-flight-commands.ts';
import type { Journal } from '../journal/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { OrderRequest } from '../ledger/model.ts';
import { lookUpPaperCommand, paperCommandNames, type CommandIdentity } from '../journal/command-identity.ts';
import { placeOrder, type Placed } from './place-order.ts';
import type { Quote, Quotes } from './quotes.ts';
import type { WriteCap } from '../journal/write-cap.ts';

/** Places orders once each: what was said before is answered from the journal (docs/consistency.md). */
export class OrderPlacer {
  readonly #ledger: Ledger;
  readonly #journal: Journal;
  readonly #inFlight = new InFlightCommands();
  readonly #writes: WriteCap;

  constructor(ledger: Ledger, journal: Journal, writes: WriteCap) {
    this.#ledger = ledger;
    this.#journal = journal;
    this.#writes = writes;
  }

  /** Runs a command that nobody has said before and nobody is saying now; otherwise answers for it. */
  async admit(command: PlaceCommand, run: () => Promise<Placing>): Promise<Placing> {
    const { commandIdentity } = command;
    const known = this.earlierOutcome(commandIdentity) ?? this.#inFlight.conflict(commandIdentity);
    if (known) return known;
    const full = this.#writes.full(command.maxWrites);
    if (full) return full;
    const names = paperCommandNames(commandIdentity, command.orders);
    this.#inFlight.enter(names);
    try {
      return await this.#writes.during(run);
    } finally {
      this.#inFlight.leave(names);
    }
  }

  /** The first outcome of a command that was done before, or why its name is taken; undefined for a new one. */
  earlierOutcome(commandIdentity: CommandIdentity | undefined): Placing | undefined {
    const before = lookUpPaperCommand(this.#journal, commandIdentity, now());
    if (!('kind' in before)) return before;
    if (before.kind === 'new') return undefined;
    // `commit` recorded it, as a Placing that had an effect.
    return { ...(before.outcome as Placing & { ok: true }), replayed: true };
  }

  /** The orders' effects, their outcomes and their names in the journal: one transaction. */
  commit({ orders, refused, commandIdentity }: PlaceCommand, quotes: Quotes, at: number): Placing {
    try {
      return this.#ledger.transaction((): Placing => {
        const alone = orders.length === 1;
        const placed = orders.map((order) => this.#placeOnce(order, quotes.get(order.tokenId), at, alone));
        const outcomes = refused ? inRequestOrder(refused, placed) : placed;
        const done: Placing = { ok: true, replayed: false, outcomes };
        reach('account/place/money-moved');
        // A command without any effect is not kept: under the same name it may run again (state `released`).
        const effect = outcomes.some((outcome) => outcome.ok && outcome.replayed !== true);
        if (effect)
          for (const identity of paperCommandNames(commandIdentity, orders))
            this.#journal.record(identity, done, at);
        reach('account/place/journal-written');
        return done;
      });
    } catch (error) {
      return executionError(error);
    }
  }

  /** One order, unless an order of the same identity was placed before: then that one's first outcome. */
  #placeOnce(order: OrderRequest, quote: Found<Quote> | undefined, at: number, alone: boolean): PlaceOutcome {
    const earlier = order.identity && this.#journal.find(order.identity.key);
    if (earlier && order.identity) {
      if (earlier.fingerprint !== order.identity.fingerprint) return reused(order);
      // `record` below wrote it.
      return { ...(earlier.outcome as Placed), replayed: true };
    }
    if (!quote) return failure('INTERNAL_ERROR');
    if (!quote.ok) return quote;
    const { market, book } = quote.value;
    const work = (): PlaceOutcome => placeOrder(this.#ledger, order, market, book, at);
    const outcome = alone ? work() : this.#attempt(work);
    if (outcome.ok && order.identity) this.#journal.record(order.identity, outcome, at);
    return outcome;
  }

  /** A fault in one order of several undoes that order alone. */
  #attempt(work: () => PlaceOutcome): PlaceOutcome {
    try {
      return this.#ledger.transaction(work);
    } catch (error) {
      return executionError(error);
    }
  }
}

/** Outcomes where their orders stood in the request: what is recorded is the whole reply. */
function inRequestOrder(
  refused: readonly (Failure | undefined)[],
  placed: readonly PlaceOutcome[],
): readonly PlaceOutcome[] {
  const left = placed[Symbol.iterator]();
  return refused.map((failed) => failed ?? left.next().value ?? failure('INTERNAL_ERROR'));
}

function executionError(error: unknown): Failure {
  const message = String(error).slice(0, 300);
  console.error(JSON.stringify({ level: 'error', event: 'execution_error', message }));
  return failure('EXECUTION_ERROR');
}

const reused = (order: OrderRequest): Failure =>
  order.clientOrderId === undefined
    ? failure('INVALID_ORDER_PAYLOAD', { message: 'order is invalid. Duplicated.' })
    : failure('DUPLICATE_CLIENT_ORDER_ID');
