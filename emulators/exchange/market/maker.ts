import { initialMid, nextMid, quotesAt, type QuotedMarket } from '../../lib/book/synthetic-quotes.ts';
import { ONE } from '../../lib/units.ts';
import { removeSynthetic } from '../engine/book.ts';
import type { Effects } from '../engine/effects.ts';
import { insertOrder } from '../engine/insert-order.ts';
import type { Instrument } from '../engine/instrument.ts';
import type { InstrumentBook, OrderTerms, Side } from '../engine/types.ts';
import { carryOut, MAKER, type Venue } from '../state.ts';

/** A price and a quantity over the instrument's scales. */
export interface ExactQuote {
  readonly side: Side;
  readonly px: bigint;
  readonly qty: bigint;
}

/** Gives every instrument its first quotes. */
export function seedBooks(venue: Venue): void {
  for (const [index, book] of [...venue.engine.books.values()].entries()) {
    venue.mids.set(book.instrument.symbol, initialMid(venue.seed, quoted(index, book.instrument)));
    requote(venue, index, book);
  }
}

/** One step of the seeded clock: mids move, and every open instrument that is not frozen is quoted anew. */
export function tick(venue: Venue): void {
  venue.ticks += 1;
  for (const [index, book] of [...venue.engine.books.values()].entries()) {
    const { symbol } = book.instrument;
    if (venue.frozen.has(symbol) || book.state !== 'INSTRUMENT_STATE_OPEN') continue;
    const mid = venue.mids.get(symbol) ?? 0;
    venue.mids.set(symbol, nextMid(venue.seed, quoted(index, book.instrument), venue.ticks, mid));
    requote(venue, index, book);
  }
}

/** Quotes around the present mid; sizes depend on the seed and the tick. */
export function requote(venue: Venue, index: number, book: InstrumentBook): void {
  const { instrument } = book;
  const mid = venue.mids.get(instrument.symbol) ?? 0;
  const quotes = quotesAt(venue.seed, quoted(index, instrument), venue.ticks, mid);
  replaceQuotes(
    venue,
    book,
    quotes.map(({ side, price, size }) => ({
      side: side === 'bid' ? 'SIDE_BUY' : 'SIDE_SELL',
      px: (price * instrument.priceScale) / ONE,
      qty: (size * instrument.quantityScale) / ONE,
    })),
  );
}

/** Where quotes reach orders of users, they trade. */
export function replaceQuotes(venue: Venue, book: InstrumentBook, quotes: readonly ExactQuote[]): void {
  carryOut(venue, (effects: Effects) => {
    removeSynthetic(book);
    effects.books.add(book.instrument.symbol);
    for (const quote of quotes) insertOrder(venue.engine, MAKER, termsOf(book, quote), effects);
  });
}

function quoted(index: number, { tick: step, priceScale }: Instrument): QuotedMarket {
  return { index, tick: (step * ONE) / priceScale };
}

function termsOf({ instrument }: InstrumentBook, { side, px, qty }: ExactQuote): OrderTerms {
  return {
    symbol: instrument.symbol,
    side,
    type: 'ORDER_TYPE_LIMIT',
    orderQty: qty,
    cashOrderQty: undefined,
    price: px,
    stopPrice: undefined,
    minQty: 0n,
    timeInForce: 'TIME_IN_FORCE_GOOD_TILL_CANCEL',
    goodTillMs: undefined,
    postOnly: false,
    clordId: '',
    allOrNone: false,
    selfMatchId: '',
    selfMatchInstruction: 'SELF_MATCH_PREVENTION_INSTRUCTION_CANCEL_RESTING',
    labels: {},
  };
}
