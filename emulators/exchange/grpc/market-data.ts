import * as z from 'zod';
import type { Credentials } from '../commands/caller.ts';
import { read } from '../commands/wire.ts';
import { levelsOf } from '../engine/book.ts';
import type { InstrumentBook } from '../engine/types.ts';
import { prune, rfc3339, type WireRecord } from '../engine/views.ts';
import { invalid, notFound } from '../exchange-error.ts';
import { nowMs, type Venue } from '../state.ts';
import { fromMessage, toMessage } from './encode.ts';
import { openStream, type StreamCall } from './open-stream.ts';

const MAX_SYMBOLS = 1000;
const DEFAULT_DEPTH = 10;

const requestSchema = z.object({
  symbols: z.array(z.string()).default([]),
  unaggregated: z.boolean().default(false),
  depth: z.number().int().min(0).max(1000).default(0),
  snapshot_only: z.boolean().default(false),
});

/** `CreateMarketDataSubscription`: one whole book per update. A slow reader misses books, never the newest. */
export function marketData(venue: Venue, call: StreamCall, credentials: Credentials): void {
  const request = read(requestSchema, fromMessage(call.request));
  if (request.symbols.length > MAX_SYMBOLS) throw invalid(`at most ${MAX_SYMBOLS} symbols per subscription`);
  const all = [...venue.engine.books.keys()];
  const symbols = new Set(request.symbols.length === 0 ? all : request.symbols);
  for (const symbol of symbols)
    if (!venue.engine.books.has(symbol)) throw notFound(`instrument ${symbol} does not exist`);
  const stream = openStream(venue, call, {
    kind: 'market_data',
    scope: 'reference',
    credentials,
    heartbeat: { heartbeat: {} },
  });
  const depth = request.depth === 0 ? DEFAULT_DEPTH : request.depth;
  const states = new Map<string, string>();
  const sendBook = (symbol: string): void => {
    const book = venue.engine.books.get(symbol);
    if (book === undefined) return;
    // Optional on the wire: said when it is news.
    const isNews = states.get(symbol) !== book.state;
    states.set(symbol, book.state);
    const update = updateView(book, nowMs(venue), depth, request.unaggregated);
    stream.send({ update: { ...(toMessage(update) as object), ...(isNews ? { state: book.state } : {}) } });
  };
  for (const symbol of symbols) sendBook(symbol);
  if (request.snapshot_only) {
    stream.finish();
    return;
  }
  const waiting = new Set<string>();
  stream.follow(({ books }) => {
    for (const symbol of books) {
      if (!symbols.has(symbol)) continue;
      if (stream.isBehind()) waiting.add(symbol);
      else sendBook(symbol);
    }
  });
  stream.onCaughtUp(() => {
    for (const symbol of waiting) {
      waiting.delete(symbol);
      sendBook(symbol);
    }
  });
}

function updateView(
  { instrument, bids, offers, stats }: InstrumentBook,
  now: number,
  depth: number,
  unaggregated: boolean,
): WireRecord {
  const side = (entries: InstrumentBook['bids']): readonly WireRecord[] =>
    levelsOf(entries, depth, unaggregated).map(({ px, qty }) => ({ px: String(px), qty: String(qty) }));
  return {
    symbol: instrument.symbol,
    bids: side(bids),
    offers: side(offers),
    stats: prune({
      last_trade_px: String(stats.lastTradePx),
      open_px: String(stats.openPx),
      high_px: String(stats.highPx),
      low_px: String(stats.lowPx),
      shares_traded: String(stats.sharesTraded),
      notional_traded: String(stats.notionalTraded),
      open_interest: String(stats.openInterest),
    }),
    transact_time: rfc3339(now),
  };
}
