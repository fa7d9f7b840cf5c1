import { report, type Effects } from './effects.ts';
import type { Engine } from './engine.ts';
import { endOrder, enterBook, marketLimit } from './enter-book.ts';
import { unrest } from './book.ts';
import type { InstrumentBook, OrderRecord } from './types.ts';

/** A stop to buy waits for a trade at its price or above, one to sell for a trade at its price or below. */
export function isTriggered({ stats: { lastTradePx } }: InstrumentBook, order: OrderRecord): boolean {
  const { stopPrice } = order.limits;
  if (stopPrice === undefined || lastTradePx === 0n) return false;
  return order.terms.side === 'SIDE_BUY' ? lastTradePx >= stopPrice : lastTradePx <= stopPrice;
}

/**
 * Lets triggered stops into the book, the oldest first; their trades may trigger more. Ends, because each stop leaves
 * the list once.
 */
export function releaseStops(engine: Engine, book: InstrumentBook, effects: Effects): void {
  for (;;) {
    const order = book.stops.find((stop) => isTriggered(book, stop));
    if (order === undefined) return;
    unrest(book, order);
    order.waiting = false;
    if (order.terms.type === 'ORDER_TYPE_STOP') {
      const price = marketLimit(book, order);
      if (price === undefined) {
        endOrder(engine, book, order, effects, { state: 'ORDER_STATE_EXPIRED', text: 'no liquidity' });
        continue;
      }
      order.limits = { ...order.limits, price };
    }
    order.insertMs = effects.nowMs;
    // Told as the order's acceptance again, so that its price is known before it trades.
    report(engine, effects, order, 'EXECUTION_TYPE_NEW', { text: 'triggered' });
    enterBook(engine, book, order, effects);
  }
}
