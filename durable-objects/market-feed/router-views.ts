import { now } from '../../shared/clock.ts';
import type { PublicTrade } from '../../shared/venues/port.ts';
import { BookView, type Sides } from './book-view.ts';
import type { ViewItem } from '../../shared/market-feeds/feed-items.ts';
import type { FeedMarket } from './feed-market.ts';
import { BLIND, bookFrame, CUT_OFF, deltaFrame, HEALTHY, tradeFrame, type Health } from './router-frames.ts';
import { sameOutcome, viewSpec, type ViewSpec } from '../../shared/websockets/book-view.ts';

/** What the venue last told of one outcome. */
interface Heard {
  readonly sides: Sides;
  readonly at: number | undefined;
  readonly heardAt: number;
}

interface OpenView {
  readonly key: string;
  readonly spec: ViewSpec;
  readonly book: BookView;
  told: Health;
}

export interface RouterViewsOptions {
  readonly marketId: string;
  /** After this long without the venue its book says nothing any more. */
  readonly staleAfterMs: number;
  /** Takes an item to every hub that has followers of its view. */
  readonly post: (item: ViewItem) => void;
}

/** The views of one market that router clients follow: what each of them has been told, and what to tell next. */
export class RouterViews {
  readonly #options: RouterViewsOptions;
  readonly #open = new Map<string, OpenView>();
  /** By the outcome's name in lower case. */
  readonly #heard = new Map<string, Heard>();
  /** Since when an outcome cannot be heard, Unix ms; by its name in lower case. */
  readonly #blind = new Map<string, number>();
  /** Since when nothing can be heard at all, Unix ms: views that open meanwhile begin blind. */
  #lostAt: number | undefined;
  #market: FeedMarket | undefined;

  constructor(options: RouterViewsOptions) {
    this.#options = options;
  }

  /** Whether anyone follows anything. */
  get idle(): boolean {
    return this.#open.size === 0;
  }

  /** Names of the outcomes that anyone follows, in lower case. */
  outcomes(): ReadonlySet<string> {
    return new Set([...this.#open.values()].map(({ spec }) => spec.outcome.toLowerCase()));
  }

  /** Those of them whose book is not known yet. */
  untold(): ReadonlySet<string> {
    return new Set([...this.outcomes()].filter((outcome) => !this.#heard.has(outcome)));
  }

  open(key: string): void {
    if (this.#open.has(key)) return;
    const spec = viewSpec(key);
    if (this.#lostAt !== undefined) this.#goBlind(spec.outcome.toLowerCase(), this.#lostAt);
    const view = { key, spec, book: new BookView(spec.depth), told: this.#health(spec) };
    this.#open.set(key, view);
    const heard = this.#heardOf(spec);
    if (heard) view.book.restart(heard.sides);
  }

  /** Nobody follows this view any more. What nobody follows is not kept current, so it is not kept at all. */
  close(key: string): void {
    this.#open.delete(key);
    const { outcome } = viewSpec(key);
    if (this.#isFollowed(outcome)) return;
    this.#heard.delete(outcome.toLowerCase());
    this.#blind.delete(outcome.toLowerCase());
  }

  /** Forgets what the venue told: nobody listens to it any more. */
  clear(): void {
    this.#open.clear();
    this.#heard.clear();
    this.#blind.clear();
    this.#lostAt = undefined;
  }

  /** The whole view as its followers know it now; undefined while nothing is known. */
  whole(key: string): string | undefined {
    const view = this.#open.get(key);
    const sides = view?.book.known;
    if (!view || !sides) return undefined;
    return bookFrame({ ...this.#common(view, view.book.seq), sides, tick: this.#market?.tick });
  }

  /** Whole views for a hub that missed something. */
  wholes(keys: Iterable<string>): readonly ViewItem[] {
    return [...keys].flatMap((view) => {
      const text = this.whole(view);
      return text === undefined ? [] : [{ kind: 'view', view, text, whole: true } as const];
    });
  }

  /** The market as it is from now on. Another tick is in whole books only. */
  describe(market: FeedMarket): void {
    const moved = this.#market !== undefined && this.#market.tick !== market.tick;
    this.#market = market;
    if (moved) for (const view of this.#open.values()) this.#restart(view);
  }

  /**
   * A book from elsewhere than the venue's channel just now: read because the channel does not tell it (the market has
   * ended, the channel is down), or known before anyone followed it here. It says nothing of how the channel is, and gives
   * way to whatever the channel told meanwhile.
   */
  seed(outcome: string, sides: Sides, at: number): void {
    if (this.#heard.has(outcome.toLowerCase())) return;
    this.#heard.set(outcome.toLowerCase(), { sides, at, heardAt: now() });
    for (const view of this.#open.values()) if (sameOutcome(view.spec.outcome, outcome)) this.#restart(view);
  }

  /** The venue told the book of an outcome: every view of it moves on. */
  book(outcome: string, sides: Sides, at?: number): void {
    if (!this.#isFollowed(outcome)) return;
    this.#blind.delete(outcome.toLowerCase());
    this.#heard.set(outcome.toLowerCase(), { sides, at, heardAt: now() });
    for (const view of this.#open.values()) {
      if (!sameOutcome(view.spec.outcome, outcome)) continue;
      if (view.book.known) this.#move(view, sides);
      else this.#restart(view);
    }
  }

  trade(outcome: string, trade: Omit<PublicTrade, 'outcome'>): void {
    for (const view of this.#open.values()) {
      // Trades before the first book would be of no sequence.
      if (!sameOutcome(view.spec.outcome, outcome) || !view.book.known) continue;
      const common = { ...this.#common(view, view.book.seq), times: { at: trade.at, heardAt: now() } };
      const text = tradeFrame({ ...common, trade });
      this.#options.post({ kind: 'view', view: view.key, text, whole: false });
    }
  }

  /**
   * The venue cannot be heard, still or again: of one outcome, or of all. Followers are told when that changes what
   * they may think.
   */
  lost(outcome?: string): void {
    if (outcome === undefined) this.#lostAt ??= now();
    for (const view of this.#open.values()) {
      const name = view.spec.outcome.toLowerCase();
      if (outcome !== undefined && name !== outcome.toLowerCase()) continue;
      this.#goBlind(name, now());
      const { known } = view.book;
      if (known) this.#move(view, known);
      else this.#options.post({ kind: 'view-unavailable', view: view.key });
    }
  }

  /** The venue speaks again. Each outcome stays blind until its own book has come. */
  found(): void {
    this.#lostAt = undefined;
  }

  #goBlind(name: string, since: number): void {
    if (!this.#blind.has(name)) this.#blind.set(name, since);
  }

  #isFollowed(outcome: string): boolean {
    return [...this.#open.values()].some(({ spec }) => sameOutcome(spec.outcome, outcome));
  }

  #restart(view: OpenView): void {
    const heard = this.#heardOf(view.spec);
    if (!heard) return;
    view.book.restart(heard.sides);
    view.told = this.#health(view.spec);
    const text = this.whole(view.key) ?? '';
    this.#options.post({ kind: 'view', view: view.key, text, whole: true });
  }

  #move(view: OpenView, sides: Sides): void {
    const changes = view.book.advance(sides);
    const health = this.#health(view.spec);
    if (changes.length === 0 && view.told === health) return;
    view.told = health;
    const text = deltaFrame({ ...this.#common(view, view.book.next()), changes });
    this.#options.post({ kind: 'view', view: view.key, text, whole: false });
  }

  #heardOf({ outcome }: ViewSpec): Heard | undefined {
    return this.#heard.get(outcome.toLowerCase());
  }

  #health({ outcome }: ViewSpec): Health {
    const since = this.#blind.get(outcome.toLowerCase());
    if (since === undefined) return HEALTHY;
    return now() - since < this.#options.staleAfterMs ? BLIND : CUT_OFF;
  }

  #common(view: OpenView, seq: number) {
    const { marketId, staleAfterMs } = this.#options;
    const heard = this.#heardOf(view.spec);
    const tokenId = this.#market?.outcomes.find(({ label }) =>
      sameOutcome(label, view.spec.outcome),
    )?.tokenId;
    return {
      subject: { spec: view.spec, marketId, tokenId },
      seq,
      health: this.#health(view.spec),
      staleAfterMs,
      times: { at: heard?.at, heardAt: heard?.heardAt ?? now() },
    };
  }
}
