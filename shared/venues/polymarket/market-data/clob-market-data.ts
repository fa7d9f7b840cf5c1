import { failure } from '../../../errors/failure.ts';
import type { Book, Found, Market, MarketData } from '../../port.ts';
import { ValueCache } from '../../../value-cache.ts';
import { readVenue, venueUnavailable, type ReadResult } from '../../http/read.ts';
import { locationFailure } from '../location-refusal.ts';
import { bookSchema, detailSchema, marketSchema, toBook, toMarket, tokenSchema } from './market-wire.ts';
import * as z from 'zod';

/**
 * How old a quote may be when a paper order fills against it. Shorter than a bot can gain from seeing the
 * venue move first; long enough that a busy market costs the venue four reads a second, not one an order.
 */
const BOOK_TTL_MS = 250;
/** Tick, fee and status of a market: a market that closes is noticed within this time. */
const MARKET_TTL_MS = 5_000;
/** Most tokens of one `POST /books`. */
const BOOKS_PER_CALL = 100;
/** Entries a cache holds before the oldest go: at about 8 KB a book, well inside an isolate's 128 MB. */
const CACHE_ENTRIES = 2_000;

// One isolate serves many objects; what the venue says to everybody is shared among them.
const conditions = new ValueCache<string>(CACHE_ENTRIES, Number.POSITIVE_INFINITY);
const markets = new ValueCache<Market>(CACHE_ENTRIES, MARKET_TTL_MS);
const books = new ValueCache<Book>(CACHE_ENTRIES, BOOK_TTL_MS);

const bookListSchema = z.array(bookSchema);

/**
 * Polymarket's public market data as the engine needs it. `baseUrl` without a trailing slash; `onCall` is told of
 * every call that no cache answers; `read` is how it calls.
 */
export class PolymarketMarketData implements MarketData {
  readonly #baseUrl: string;
  readonly #onCall: () => void;
  readonly #call: typeof readVenue;

  constructor(baseUrl: string, onCall: () => void = () => undefined, read: typeof readVenue = readVenue) {
    this.#baseUrl = baseUrl;
    this.#onCall = onCall;
    this.#call = read;
  }

  async marketOf(tokenId: string): Promise<Found<Market>> {
    const condition = await this.conditionOf(tokenId);
    return condition.ok ? this.market(condition.value) : condition;
  }

  /** Condition id of the market that a token belongs to. */
  async conditionOf(tokenId: string): Promise<Found<string>> {
    const key = this.#key(tokenId);
    const known = conditions.get(key);
    if (known !== undefined) return { ok: true, value: known };
    const found = await this.#read(`/markets-by-token/${encodeURIComponent(tokenId)}`, tokenSchema);
    if (!found.ok) return found;
    conditions.set(key, found.value.condition_id);
    return { ok: true, value: found.value.condition_id };
  }

  async book(tokenId: string): Promise<Found<Book>> {
    const key = this.#key(tokenId);
    const cached = books.get(key);
    if (cached) return { ok: true, value: cached };
    const found = await this.#read(`/book?token_id=${encodeURIComponent(tokenId)}`, bookSchema);
    if (!found.ok) return found;
    const value = toBook(found.value);
    books.set(key, value);
    return { ok: true, value };
  }

  async books(tokenIds: readonly string[]): Promise<Found<ReadonlyMap<string, Book>>> {
    const result = new Map<string, Book>();
    for (let start = 0; start < tokenIds.length; start += BOOKS_PER_CALL) {
      const page = tokenIds.slice(start, start + BOOKS_PER_CALL);
      const body = JSON.stringify(page.map((token) => ({ token_id: token })));
      const headers = { 'content-type': 'application/json' };
      this.#onCall();
      const found = check(
        await this.#call(`${this.#baseUrl}/books`, { method: 'POST', headers, body }),
        bookListSchema,
      );
      if (!found.ok) return found;
      for (const wire of found.value) result.set(wire.asset_id, toBook(wire));
    }
    return { ok: true, value: result };
  }

  /**
   * Books for looking at: those that are kept still, the rest in one call. However often accounts are read, the
   * venue is asked for a token four times a second.
   */
  async recentBooks(tokenIds: readonly string[]): Promise<Found<ReadonlyMap<string, Book>>> {
    const kept = new Map(
      tokenIds.flatMap((token) => {
        const book = books.get(this.#key(token));
        return book ? [[token, book] as const] : [];
      }),
    );
    const missing = tokenIds.filter((token) => !kept.has(token));
    if (missing.length === 0) return { ok: true, value: kept };
    const found = await this.books(missing);
    if (!found.ok) return found;
    for (const [token, book] of found.value) books.set(this.#key(token), book);
    return { ok: true, value: new Map([...kept, ...found.value]) };
  }

  /** A market by its condition id. */
  async market(condition: string): Promise<Found<Market>> {
    const key = this.#key(condition);
    const cached = markets.get(key);
    if (cached) return { ok: true, value: cached };
    const path = encodeURIComponent(condition);
    const [detail, market] = await Promise.all([
      this.#read(`/clob-markets/${path}`, detailSchema),
      this.#read(`/markets/${path}`, marketSchema),
    ]);
    if (!detail.ok) return detail;
    if (!market.ok) return market;
    const value = toMarket(condition, detail.value, market.value);
    markets.set(key, value);
    return { ok: true, value };
  }

  async #read<T>(path: string, schema: z.ZodType<T>): Promise<Found<T>> {
    this.#onCall();
    return check(await this.#call(`${this.#baseUrl}${path}`), schema);
  }

  #key(id: string): string {
    return `${this.#baseUrl} ${id}`;
  }
}

function check<T>(result: ReadResult, schema: z.ZodType<T>): Found<T> {
  if (!result.ok) return result;
  if (result.status === 404 || result.status === 400) return failure('TOKEN_NOT_FOUND');
  const location = locationFailure(result.status, result.body);
  if (location) return location;
  const parsed = schema.safeParse(result.body);
  return result.status === 200 && parsed.success ? { ok: true, value: parsed.data } : venueUnavailable();
}
