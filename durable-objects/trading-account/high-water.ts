import { max, type Micro } from '../../shared/money/fixed.ts';
import type { Ledger } from './ledger.ts';

/** From a peak of equity down to a trough after it. */
export interface Fall {
  readonly from: Micro;
  readonly to: Micro;
}

/** The highest equity of an attempt so far, and its deepest fall in relation to the peak before it. */
export interface Waters {
  readonly peak: Micro;
  readonly fall: Fall;
}

const NAME = 'high_water';

/** An attempt begins with its deposit as the peak, and no fall. */
export const atFirst = (deposit: Micro): Waters => ({ peak: deposit, fall: { from: deposit, to: deposit } });

/** After a look at the equity; the same object where it tells nothing new. */
export function after(waters: Waters, equity: Micro): Waters {
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
export class HighWater {
  readonly #kv: SyncKvStorage;
  readonly #ledger: Ledger;

  constructor(kv: SyncKvStorage, ledger: Ledger) {
    this.#kv = kv;
    this.#ledger = ledger;
  }

  read(): Waters {
    return this.#kv.get<Waters>(NAME) ?? atFirst(this.#ledger.requireMoney().deposits);
  }

  /** Takes note of what the account is worth at prices of the venue. Writes only what it has not seen yet. */
  note(equity: Micro): void {
    const before = this.read();
    const waters = after(before, equity);
    if (waters !== before) this.#kv.put(NAME, waters);
  }

  /** Another attempt begins. */
  forget(): void {
    this.#kv.delete(NAME);
  }
}
