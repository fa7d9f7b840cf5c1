import { failure, type Failure } from '../../shared/errors/failure.ts';
import {
  add,
  asMicro,
  max,
  min,
  mulDiv,
  notional,
  roundTo,
  SCALE,
  ZERO,
  type Micro,
} from '../../shared/money/fixed.ts';
import type { Book, Level, Market, MarketData, Outcome } from '../../shared/venues/port.ts';
import type { MarketOrder, SessionVenue } from '../../shared/agents/session-model.ts';

/** What a market order meets: its market, and the worst price that it may be executed at. */
export interface Quoted {
  readonly market: Market;
  readonly outcome: Outcome;
  readonly order: MarketOrder;
  readonly worst: Micro;
}

/**
 * How far beyond the last level that an order needs now it may be executed: what a book moves in the moment between
 * looking and trading, and little enough that nobody is surprised (docs/decisions/0032).
 */
const SLIPPAGE_PERCENT = 2n;

/** What the venues measure market orders in: dollars of a BUY in cents; shares of a SELL in hundredths, on paper finer. */
const CENT = 10_000n;
const SHARE_UNIT: Readonly<Record<SessionVenue, bigint>> = { paper: 100n, polymarket: CENT };

/** A token's market, and the order in the units of its venue; what is finer stays behind. */
export async function lookUp(
  data: MarketData,
  order: MarketOrder,
  venue: SessionVenue,
): Promise<({ readonly ok: true } & Omit<Quoted, 'worst'>) | Failure> {
  if (!/^\d{1,78}$/.test(order.tokenId)) return failure('TOKEN_NOT_FOUND');
  const found = await data.marketOf(order.tokenId);
  if (!found.ok) return found;
  const outcome = found.value.outcomes.find(({ tokenId }) => tokenId === order.tokenId);
  if (!outcome) return failure('TOKEN_NOT_FOUND');
  if (found.value.status !== 'open') return failure('MARKET_CLOSED');
  const size = roundTo(order.size, order.side === 'BUY' ? CENT : SHARE_UNIT[venue], 'floor');
  if (size === 0n) return failure('INVALID_QUANTITY', { message: 'size is less than the venue trades' });
  return { ok: true, market: found.value, outcome, order: { ...order, size } };
}

/** What an order meets now. FOK_ORDER_NOT_FILLED_ERROR where the whole book does not hold it. */
export async function quote(
  data: MarketData,
  order: MarketOrder,
  venue: SessionVenue,
): Promise<({ readonly ok: true } & Quoted) | Failure> {
  const found = await lookUp(data, order, venue);
  if (!found.ok) return found;
  const book = await data.book(order.tokenId);
  if (!book.ok) return book;
  const worst = worstPrice(book.value, found.order, found.market.tick);
  return worst === undefined ? failure('FOK_ORDER_NOT_FILLED_ERROR') : { ...found, worst };
}

/** The last level's price that an order needs, and the slippage beyond it, on the tick; undefined past the book. */
export function worstPrice(book: Book, { side, size }: MarketOrder, tick: Micro): Micro | undefined {
  const last = lastLevel(side === 'BUY' ? book.asks : book.bids, side, size);
  if (!last) return undefined;
  const step = roundTo(asMicro(mulDiv(last.price, SLIPPAGE_PERCENT, 100n, 'floor')), tick, 'ceil');
  const room = max(step, tick);
  return side === 'BUY'
    ? min(add(last.price, room), asMicro(SCALE - tick))
    : max(asMicro(last.price - room), tick);
}

function lastLevel(levels: readonly Level[], side: MarketOrder['side'], size: Micro): Level | undefined {
  let reached = ZERO;
  return levels.find((level) => {
    reached = add(reached, side === 'BUY' ? notional(level.size, level.price, 'floor') : level.size);
    return reached >= size;
  });
}
