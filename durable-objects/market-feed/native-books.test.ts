import { expect, test } from 'vitest';
import { NativeBooks } from './native-books.ts';
import type { VenueEvent } from './venue-events.ts';

const book = (token: string): VenueEvent => ({
  event_type: 'book',
  asset_id: token,
  timestamp: '1',
  bids: [],
  asks: [{ price: '0.6', size: '1' }],
});
const change = (...tokens: readonly string[]): VenueEvent => ({
  event_type: 'price_change',
  timestamp: '2',
  price_changes: tokens.map((token) => ({ asset_id: token, price: '0.6', size: '2', side: 'SELL' })),
});

test('a venue out of order: no change of a book before the book, and nothing of another market', () => {
  const books = new NativeBooks('0xmarket');
  books.describe({
    tick: undefined,
    outcomes: [
      { label: 'Yes', tokenId: '1' },
      { label: 'No', tokenId: '2' },
    ],
  });
  expect(books.own(change('1'))).toBeUndefined();
  expect(books.own(book('3'))).toBeUndefined();
  const first = books.own(book('1'));
  expect(first).toEqual(book('1'));
  if (first) books.take(first);
  expect(books.own(change('1', '2', '3'))).toEqual(change('1'));
});
