import { charge, type MemoryBudget } from './memory-budget.ts';

export interface WindowLimits {
  readonly items: number;
  readonly bytes: number;
}

/**
 * The newest frames of one stream, by their dense sequence numbers. Bounded by count and bytes: the oldest go first, the
 * newest one always stays.
 */
export class ReplayWindow {
  readonly #limits: WindowLimits;
  readonly #budget: MemoryBudget;
  readonly #frames = new Map<number, string>();
  #bytes = 0;
  /** Everything up to here is gone. */
  #floor: number;
  #last: number;

  /** `base`: the number before the first. */
  constructor(limits: WindowLimits, budget: MemoryBudget, base: number) {
    this.#limits = limits;
    this.#budget = budget;
    this.#floor = base;
    this.#last = base;
  }

  /** The number of the newest frame, or of the last one that there was. */
  get last(): number {
    return this.#last;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#last - this.#floor;
  }

  /** Whether everything after `seq` is here. */
  covers(seq: number): boolean {
    return seq >= this.#floor && seq <= this.#last;
  }

  get(seq: number): string | undefined {
    return this.#frames.get(seq);
  }

  /** @returns the frame's number. */
  push(frame: (seq: number) => string): number {
    this.#last += 1;
    this.#put(this.#last, frame(this.#last));
    this.#trim();
    return this.#last;
  }

  /** Puts another frame where the newest is. */
  replaceLast(frame: (seq: number) => string): void {
    this.#take(this.#last);
    this.#put(this.#last, frame(this.#last));
    this.#trim();
  }

  /** Forgets everything up to `seq`. */
  ack(seq: number): void {
    while (this.#floor < Math.min(seq, this.#last)) this.#forget(this.#floor + 1);
  }

  /** Forgets everything; numbers go on after `base`, or after the last one if that is higher. */
  restart(base: number): void {
    this.ack(this.#last);
    this.#last = Math.max(this.#last, base);
    this.#floor = this.#last;
  }

  #trim(): void {
    while (this.size > 1 && (this.size > this.#limits.items || this.#bytes > this.#limits.bytes))
      this.#forget(this.#floor + 1);
  }

  #forget(seq: number): void {
    this.#take(seq);
    this.#floor = seq;
  }

  #put(seq: number, frame: string): void {
    this.#frames.set(seq, frame);
    this.#bytes += frame.length;
    charge(this.#budget, frame.length);
  }

  #take(seq: number): void {
    const bytes = this.#frames.get(seq)?.length ?? 0;
    this.#frames.delete(seq);
    this.#bytes -= bytes;
    charge(this.#budget, -bytes);
  }
}
