import { candlesOf, INTERVALS } from './candles.ts';
import type { Micro } from '../../money/fixed.ts';
import type { Candle, PriceInterval } from '../port.ts';
import { complement } from './levels.ts';

/** A price at a moment, Unix seconds. */
export interface Point {
  readonly at: number;
  readonly price: Micro;
}

/** The NO view of YES prices. */
export const inverted = (points: readonly Point[]): readonly Point[] =>
  points.map(({ at, price }) => ({ at, price: complement(price) }));

/**
 * Candles from a venue's samples, which may come in any order and reach further back than was asked. `finest`: the
 * venue samples no closer than this, seconds, so shorter candles would pretend to know more.
 */
export function candlesOfInterval(
  points: readonly Point[],
  { interval, now, finest = 0 }: { interval: PriceInterval; now: number; finest?: number },
): readonly Candle[] {
  const { span, step } = INTERVALS[interval];
  const since = now / 1000 - span;
  const ordered = points.filter(({ at }) => at > since).toSorted((a, b) => a.at - b.at);
  return candlesOf(ordered, Math.max(step, finest));
}
