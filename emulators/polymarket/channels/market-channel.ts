import * as z from 'zod';
import type { TradeRecord } from '../orders/records.ts';
import { nowMs, type MarketState, type Venue } from '../state.ts';
import { OPEN, type WebSocket } from './ws.ts';
import {
  bestBidAskEvent,
  bookEvent,
  lastTradeEvent,
  priceChanges,
  resolvedEvent,
  shownOf,
  type MarketEvent,
  type PriceChange,
  type Shown,
} from './market-events.ts';

const frameSchema = z.object({
  type: z.string().optional(),
  operation: z.enum(['subscribe', 'unsubscribe']).optional(),
  assets_ids: z.array(z.string()).max(500).default([]),
  custom_feature_enabled: z.boolean().optional(),
});

interface Subscriber {
  readonly socket: WebSocket;
  readonly tokens: Set<string>;
  custom: boolean;
}

/** What subscribers were last told of one market. */
interface PublishedMarket {
  readonly state: MarketState;
  readonly shown: Map<string, Shown>;
  winner: string | undefined;
}

/**
 * The venue's websocket market channel: whole books on subscription and after a trade, level changes otherwise.
 * `publish` runs after every command and tick, and says what they changed.
 */
export class MarketChannel {
  readonly #venue: Venue;
  readonly #subscribers = new Set<Subscriber>();
  readonly #told = new Map<string, PublishedMarket>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** Open sockets, and tokens that they follow, for tests. */
  counts(): { readonly sockets: number; readonly subscriptions: number } {
    let subscriptions = 0;
    for (const { tokens } of this.#subscribers) subscriptions += tokens.size;
    return { sockets: this.#subscribers.size, subscriptions };
  }

  /** Cuts every connection without a closing handshake, as a failing network does. */
  dropAll(): number {
    const count = this.#subscribers.size;
    for (const { socket } of this.#subscribers) socket.terminate();
    return count;
  }

  open(socket: WebSocket): void {
    const subscriber: Subscriber = { socket, tokens: new Set(), custom: false };
    this.#subscribers.add(subscriber);
    socket.on('message', (data) => this.#receive(subscriber, data.toString()));
    socket.on('close', () => this.#leave(subscriber));
    socket.on('error', () => socket.terminate());
  }

  publish(): void {
    const tape = this.#venue.tape.splice(0);
    for (const told of this.#told.values()) {
      const { conditionId } = told.state.market;
      this.#publishMarket(
        told,
        tape.filter((trade) => trade.conditionId === conditionId),
      );
    }
  }

  #receive(subscriber: Subscriber, text: string): void {
    if (text === 'PING') {
      subscriber.socket.send('PONG');
      return;
    }
    const frame = frameSchema.safeParse(parse(text));
    if (!frame.success) {
      subscriber.socket.send('INVALID OPERATION');
      return;
    }
    const { operation, assets_ids: tokens, custom_feature_enabled: custom } = frame.data;
    if (custom !== undefined) subscriber.custom = custom;
    if (operation === 'unsubscribe') for (const token of tokens) subscriber.tokens.delete(token);
    else this.#subscribe(subscriber, tokens);
    this.#forgetUnwatched();
  }

  #subscribe(subscriber: Subscriber, tokens: readonly string[]): void {
    const books: MarketEvent[] = [];
    for (const token of tokens) {
      const state = this.#venue.byToken.get(token);
      // The venue says nothing about tokens that it does not know.
      if (state === undefined) continue;
      subscriber.tokens.add(token);
      this.#watch(state);
      if (state.accepting) books.push(bookEvent(state, token));
    }
    if (books.length > 0) subscriber.socket.send(JSON.stringify(books));
  }

  #watch(state: MarketState): void {
    const { conditionId, yesToken, noToken } = state.market;
    if (this.#told.has(conditionId)) return;
    const shown = new Map([yesToken, noToken].map((token) => [token, shownOf(state, token)]));
    this.#told.set(conditionId, { state, shown, winner: state.winner });
  }

  #leave(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    this.#forgetUnwatched();
  }

  #forgetUnwatched(): void {
    for (const [condition, { state }] of this.#told) {
      const { yesToken, noToken } = state.market;
      const watched = [...this.#subscribers].some(
        ({ tokens }) => tokens.has(yesToken) || tokens.has(noToken),
      );
      if (!watched) this.#told.delete(condition);
    }
  }

  #publishMarket(told: PublishedMarket, trades: readonly TradeRecord[]): void {
    const { state } = told;
    const changes: PriceChange[] = [];
    for (const [token, before] of told.shown) {
      const after = shownOf(state, token);
      told.shown.set(token, after);
      const own = priceChanges(state, token, before, after);
      changes.push(...own);
      if (trades.length > 0 && own.length > 0) this.#send([token], bookEvent(state, token));
      if (before.top !== after.top) this.#send([token], bestBidAskEvent(this.#venue, state, token), true);
    }
    // A trade is followed by whole books; what merely moved is told level by level.
    if (trades.length === 0 && changes.length > 0) this.#sendChanges(state, changes);
    for (const trade of trades) this.#send([trade.tokenId], lastTradeEvent(trade));
    if (state.winner !== undefined && told.winner === undefined) {
      told.winner = state.winner;
      this.#send([...told.shown.keys()], resolvedEvent(this.#venue, state, state.winner), true);
    }
  }

  /** One message a market: a client that follows one of its tokens sees the other's changes too, as on the venue. */
  #sendChanges(state: MarketState, changes: readonly PriceChange[]): void {
    const { conditionId, yesToken, noToken } = state.market;
    this.#send([yesToken, noToken], {
      event_type: 'price_change',
      market: conditionId,
      price_changes: changes,
      timestamp: String(nowMs(this.#venue)),
    });
  }

  #send(tokens: readonly string[], event: MarketEvent, customOnly = false): void {
    const text = JSON.stringify(event);
    for (const { socket, tokens: own, custom } of this.#subscribers) {
      if (customOnly && !custom) continue;
      if (socket.readyState === OPEN && tokens.some((token) => own.has(token))) socket.send(text);
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
