import type { DataVenue, OutcomeBook, PublicTrade } from '../../shared/venues/port.ts';

export interface PollerOptions {
  readonly venue: DataVenue;
  readonly marketId: string;
  readonly everyMs: number;
  /** Outcomes to ask for, as anyone may write them. */
  readonly outcomes: () => Iterable<string>;
  readonly book: (book: OutcomeBook) => void;
  readonly trade: (outcome: string, trade: PublicTrade) => void;
  /** The venue did not answer, or not with sense: for one outcome, or for all. */
  readonly lost: (outcome?: string) => void;
}

/** Trades are asked for less often than books: they come as long lists, of which nearly all is known. */
const TRADES_EVERY = 3;
/** More than happen between two looks at any but the busiest market. */
const TRADES_PER_LOOK = 50;

/** Reads a venue without a live feed of its own again and again, until `stop`. */
export class Poller {
  readonly #options: PollerOptions;
  /** Trades that were there at the last look, by outcome: only what is new since is told. */
  readonly #seen = new Map<string, ReadonlySet<string>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #busy = false;
  #again = false;
  #rounds = 0;

  constructor(options: PollerOptions) {
    this.#options = options;
    void this.#round();
  }

  /** Asks at once: someone has just begun to follow. */
  poke(): void {
    if (this.#busy) this.#again = true;
    else void this.#round();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  async #round(): Promise<void> {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#busy = true;
    try {
      const outcomes = [...this.#options.outcomes()];
      await Promise.all(outcomes.map((outcome) => this.#look(outcome)));
      this.#rounds += 1;
    } catch {
      // An adapter answers with failures; what it throws is a fault of ours, and the next round may do better.
      if (!this.#stopped) this.#options.lost();
    }
    this.#busy = false;
    if (this.#stopped) return;
    const pause = this.#again ? 0 : this.#options.everyMs;
    this.#again = false;
    this.#timer = setTimeout(() => void this.#round(), pause);
  }

  async #look(outcome: string): Promise<void> {
    const { venue, marketId, book, lost } = this.#options;
    const found = await venue.book({ marketId, outcome });
    if (this.#stopped) return;
    if (!found.ok) {
      lost(outcome);
      return;
    }
    const trades = venue.capabilities.has.fetch_trades;
    // Before the first book, so that no trade falls between the two.
    const first = trades && !this.#seen.has(outcome);
    if (first) await this.#lookForTrades(outcome);
    if (this.#stopped) return;
    book(found.value);
    if (trades && !first && this.#rounds % TRADES_EVERY === 0) await this.#lookForTrades(outcome);
  }

  async #lookForTrades(outcome: string): Promise<void> {
    const { venue, marketId, trade } = this.#options;
    const found = await venue.trades({ marketId, outcome, limit: TRADES_PER_LOOK });
    // The book says how the venue is; trades that could not be read now are read at the next look.
    if (this.#stopped || !found.ok) return;
    const { items } = found.value;
    const seen = this.#seen.get(outcome);
    this.#seen.set(outcome, new Set(items.map(({ id }) => id)));
    if (!seen) return;
    for (const item of items.toReversed()) if (!seen.has(item.id)) trade(outcome, item);
  }
}
