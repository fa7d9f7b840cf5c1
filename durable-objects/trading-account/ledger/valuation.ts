import { add, notional, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import type { Book } from '../../../shared/venues/port.ts';
import type { Money, Position } from './model.ts';
import { priceIn } from '../../../shared/money/portfolio-prices.ts';

/** A position with what it is worth now; null while nobody can say. */
export interface ValuedPosition extends Position {
  readonly price: Micro | null;
  readonly value: Micro | null;
}

/** An account with what all of it is worth. */
export interface Portfolio {
  readonly money: Money;
  readonly positions: readonly ValuedPosition[];
  /** Cash, reserved or not, and the positions' value; one without a price counts at its cost. */
  readonly equity: Micro;
}

/** Puts a price on positions: what a settled one pays, else its book's midpoint, else the best bid. */
export function valuePortfolio(
  money: Money,
  held: readonly Position[],
  books: ReadonlyMap<string, Book>,
): Portfolio {
  const positions = held.map((position) => valued(position, books.get(position.token)));
  const worth = positions.reduce((sum, { value, cost }) => add(sum, value ?? cost), ZERO);
  return { money, positions, equity: add(add(money.cash, money.reserved), worth) };
}

function valued(position: Position, book: Book | undefined): ValuedPosition {
  const price = position.settled ?? (book ? priceIn(book) : null);
  // Rounded down, as a seller's proceeds are.
  return { ...position, price, value: price === null ? null : notional(position.shares, price, 'floor') };
}
