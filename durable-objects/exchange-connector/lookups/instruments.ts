import * as z from 'zod';
import { now } from '../../../shared/clock.ts';

/** Scales never change and states come by the book streams; new instruments are listed each day. */
const KEPT_MS = 3_600_000;

export const instrument = z.looseObject({
  symbol: z.string().min(1).max(200),
  price_scale: z
    .string()
    .regex(/^[1-9]\d{0,17}$/)
    .optional(),
});
export type Instrument = z.infer<typeof instrument>;
export const instrumentList = z.object({
  instruments: z.array(instrument).default([]),
  next_page_token: z.string().max(1000).optional(),
});

/** SQL of `instruments`: the copy of the exchange's own list. */
export class InstrumentTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put(list: readonly Instrument[], at = now()): void {
    for (const one of list) {
      this.#sql.exec(
        'INSERT OR REPLACE INTO instruments (symbol, body, at) VALUES (?, ?, ?)',
        one.symbol,
        JSON.stringify(one),
        at,
      );
    }
  }

  find(symbol: string): Instrument | undefined {
    return this.read(symbol)?.instrument;
  }

  /** Only what is not too old; `at` is when it was asked for, Unix ms. */
  read(symbol: string): { readonly instrument: Instrument; readonly at: number } | undefined {
    const [row] = this.#sql
      .exec<{ body: string; at: number }>(
        'SELECT body, at FROM instruments WHERE symbol = ? AND at > ?',
        symbol,
        now() - KEPT_MS,
      )
      .toArray();
    return row && { instrument: instrument.parse(JSON.parse(row.body)), at: row.at };
  }
}
