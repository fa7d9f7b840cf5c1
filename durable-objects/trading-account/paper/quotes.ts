import { failure } from '../../../shared/errors/failure.ts';
import type { Book, Found, Market, MarketData } from '../../../shared/venues/port.ts';
import type { OrderRequest } from '../ledger/model.ts';

/** What an order is judged and filled by. */
export interface Quote {
  readonly market: Market;
  readonly book: Book;
}

export type Quotes = ReadonlyMap<string, Found<Quote>>;

/** Market and book of every token that the orders name, side by side. */
export async function quotesFor(marketData: MarketData, orders: readonly OrderRequest[]): Promise<Quotes> {
  const tokens = [...new Set(orders.map((order) => order.tokenId))];
  return new Map(
    await Promise.all(tokens.map(async (token) => [token, await quoteOf(marketData, token)] as const)),
  );
}

async function quoteOf(marketData: MarketData, token: string): Promise<Found<Quote>> {
  const [market, book] = await Promise.all([marketData.marketOf(token), marketData.book(token)]);
  if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
  // A market that takes no orders may have no book any more: the market's state is the better answer.
  if (market.value.status !== 'open') return failure('MARKET_CLOSED');
  if (!book.ok) return book.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : book;
  return { ok: true, value: { market: market.value, book: book.value } };
}
