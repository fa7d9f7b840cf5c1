/**
 * What all contracts remember: one word per named slot, zero when never set. Slots hold whole numbers only, so undoing
 * a call that reverted is putting the old words back.
 */
export interface Storage {
  get(slot: string): bigint;
  /** @throws RangeError outside a uint256: a contract would have reverted before. */
  set(slot: string, value: bigint): void;
  /**
   * Runs it; what it wrote stays only when `keep` says so of its outcome. Throwing undoes it too. Not nested: a call
   * that reverts undoes the whole transaction, as no contract here catches one.
   */
  attempt<T>(run: () => T, keep: (outcome: T) => boolean): T;
}

const WORD = 2n ** 256n;

export function createStorage(): Storage {
  const words = new Map<string, bigint>();
  /** Old words since the call began; undefined outside of calls, where nothing is undone. */
  let undo: (readonly [slot: string, value: bigint])[] | undefined;
  const get = (slot: string): bigint => words.get(slot) ?? 0n;
  return {
    get,
    set: (slot, value) => {
      if (value < 0n || value >= WORD) throw new RangeError(`${slot} would leave the range of a word`);
      undo?.push([slot, get(slot)]);
      words.set(slot, value);
    },
    attempt: (run, keep) => {
      const log: (readonly [slot: string, value: bigint])[] = [];
      undo = log;
      let kept = false;
      try {
        const outcome = run();
        kept = keep(outcome);
        return outcome;
      } finally {
        undo = undefined;
        if (!kept) for (const [slot, value] of log.toReversed()) words.set(slot, value);
      }
    },
  };
}
