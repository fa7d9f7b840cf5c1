import type { Micro } from '../../money/fixed.ts';
import type { Candle, PriceInterval } from '../port.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far an interval reaches back and how long one candle is, seconds: at most 720 candles, on steps that venues have. */
export const INTERVALS: Readonly<Record<PriceInterval, { readonly span: number; readonly step: number }>> = {
  '1h': { span: HOUR, step: MINUTE },
  '6h': { span: 6 * HOUR, step: MINUTE },
  '1d': { span: DAY, step: HOUR },
  '1w': { span: 7 * DAY, step: HOUR },
  '1m': { span: 30 * DAY, step: HOUR },
  // As far as venues keep daily prices in one answer.
  max: { span: 365 * DAY, step: DAY },
};

/** Candles from single prices, oldest first: each opens where the one before closed. */
export function candlesOf(
  points: readonly { readonly at: number; readonly price: Micro }[],
  step: number,
): readonly Candle[] {
  const candles: Candle[] = [];
  for (const { at, price } of points) {
    const end = Math.ceil(at / step) * step;
    const last = candles.at(-1);
    if (last?.at === end) {
      const high = price > last.high ? price : last.high;
      const low = price < last.low ? price : last.low;
      candles[candles.length - 1] = { ...last, high, low, close: price };
      continue;
    }
    const open = last?.close ?? price;
    const [low, high] = open < price ? [open, price] : [price, open];
    candles.push({ at: end, open, high, low, close: price });
  }
  return candles;
}
