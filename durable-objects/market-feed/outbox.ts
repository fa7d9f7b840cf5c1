import { isAnswer, type FeedItem } from '../../shared/market-feeds/feed-items.ts';

/** What an outbox needs of its feed. */
export interface Delivering {
  /** Sends items to the hub; whether anyone there still wants this market. Rejects when the hub failed. */
  send(items: readonly FeedItem[]): Promise<boolean>;
  /** Every current book that the hub's clients follow, whole. */
  books(): readonly FeedItem[];
  /** The hub wants no more. */
  abandon(): void;
}

/** Items that wait for one hub at most: about 0.5 MB of books. Beyond, only the newest whole books are kept. */
const MAX_WAITING = 256;
/** Items of one call: some 4 MB of snapshots. A call of more than 32 MiB would fail however often it was tried [docs]. */
const MAX_PER_CALL = 256;
const FIRST_PAUSE_MS = 100;
/**
 * A hub that does not answer is never given up: its sockets outlive a time of trouble, and clients that hear nothing
 * would take a book that stands still for a quiet market. It is asked at least this often.
 */
const LONGEST_PAUSE_MS = 10_000;

/**
 * The ordered way from a feed to one hub: one call in flight, what comes meanwhile goes with the next. A hub
 * that is slower than the market skips to the newest whole books.
 */
export class Outbox {
  readonly #to: Delivering;
  #waiting: FeedItem[] = [];
  #skipped = false;
  #busy = false;
  #closed = false;
  #failures = 0;
  #wanted = 0;

  constructor(to: Delivering) {
    this.#to = to;
  }

  /** Someone at the hub has just subscribed: an answer that was under way and says "nobody" is out of date. */
  want(): void {
    this.#wanted += 1;
  }

  push(item: FeedItem): void {
    if (this.#closed) return;
    if (this.#waiting.length >= MAX_WAITING) this.#skip();
    // A waiting client must get its snapshot; events in between are in the books that follow.
    if (!this.#skipped || isAnswer(item)) this.#waiting.push(item);
    if (!this.#busy) void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  #skip(): void {
    this.#skipped = true;
    this.#waiting = this.#waiting.filter(isAnswer);
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (!this.#closed && (this.#waiting.length > 0 || this.#skipped)) await this.#sendOnce();
    this.#busy = false;
  }

  async #sendOnce(): Promise<void> {
    const waiting = this.#skipped ? [...this.#waiting, ...this.#to.books()] : this.#waiting;
    const wanted = this.#wanted;
    const items = waiting.slice(0, MAX_PER_CALL);
    this.#waiting = waiting.slice(MAX_PER_CALL);
    this.#skipped = false;
    try {
      const wants = await this.#to.send(items);
      this.#failures = 0;
      if (!wants && wanted === this.#wanted) this.#to.abandon();
    } catch {
      await this.#retry(items);
    }
  }

  /** The hub may or may not have had the items: whole books are right in both cases. */
  async #retry(items: readonly FeedItem[]): Promise<void> {
    this.#failures += 1;
    this.#waiting = [...items.filter(isAnswer), ...this.#waiting];
    this.#skip();
    const doubled = FIRST_PAUSE_MS * 2 ** (this.#failures - 1);
    const pause = Math.min(doubled, LONGEST_PAUSE_MS) * (0.5 + Math.random());
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
