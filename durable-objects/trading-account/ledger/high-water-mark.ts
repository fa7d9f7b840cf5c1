import { max, type Micro } from '../../../shared/money/fixed.ts';
import type { Ledger } from './ledger.ts';

/** From a peak of equity down to a trough after it. */
export interface Drawdown {
  readonly from: Micro;
  readonly to: Micro;
}

/** The highest equity of an attempt so far, and its deepest fall in relation to the peak before it. */
export interface PeakAndDrawdown {
  readonly peak: Micro;
  readonly fall: Drawdown;
}

const NAME = 'high_water';

/** An attempt begins with its deposit as the peak, and no fall. */
export const initialMark = (deposit: Micro): PeakAndDrawdown => ({
  peak: deposit,
  fall: { from: deposit, to: deposit },
});

/** After a look at the equity; the same object where it tells nothing new. */
export function markAfter(waters: PeakAndDrawdown, equity: Micro): PeakAndDrawdown {
  const { peak, fall } = waters;
  // equity / peak < to / from, without a division.
  const deeper = equity * fall.from < fall.to * peak;
  if (equity <= peak && !deeper) return waters;
  return { peak: max(peak, equity), fall: deeper ? { from: peak, to: equity } : fall };
}

/**
 * Peak and deepest fall of the present attempt, of all moments at which somebody looked. Kept by themselves: hourly
 * points would forget a fall that was made up for within the hour.
 */
export class HighWaterMark {
  readonly #kv: SyncKvStorage;
  readonly #ledger: Ledger;

  constructor(kv: SyncKvStorage, ledger: Ledger) {
    this.#kv = kv;
    this.#ledger = ledger;
  }

  read(): PeakAndDrawdown {
    return this.#kv.get<PeakAndDrawdown>(NAME) ?? initialMark(this.#ledger.requireMoney().deposits);
  }

  /** Takes note of what the account is worth at prices of the venue. Writes only what it has not seen yet. */
  note(equity: Micro): void {
    const before = this.read();
    const waters = markAfter(before, equity);
    if (waters !== before) this.#kv.put(NAME, waters);
  }

  /** Another attempt begins. */
  forget(): void {
    this.#kv.delete(NAME);
  }
}
