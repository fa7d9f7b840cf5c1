import type { FromRelay, FromConnector } from '../../../shared/relay/frames.ts';
import { pauseAt, reach } from '../../../shared/testing/fault-points.ts';
import { OrderBooks } from './order-books.ts';
import { StreamCopy } from './stream-copy.ts';
import { Cursors, type Cursor } from './cursors.ts';
import { EventLog } from './event-log.ts';
import {
  bookItem,
  orderItem,
  ORDERS,
  positionItem,
  POSITIONS,
  symbolOf,
  type ClientEvent,
  type Execution,
} from './wire.ts';

type Item = Extract<FromRelay, { readonly type: 'item' }>;
type Opened = Extract<FromRelay, { readonly type: 'opened' }>;
type Gap = Extract<FromRelay, { readonly type: 'gap' }>;
type Open = Extract<FromConnector, { readonly type: 'open' }>;

export interface StreamsDependencies {
  readonly storage: DurableObjectStorage;
  /** Tells clients, once it is written. */
  tell(event: ClientEvent): void;
  /** Executions since a moment, by lookup; rejects until the exchange has said. */
  executionsSince(since: string): Promise<readonly Execution[]>;
}

/** What the lookup after a gap looks back over what was known: the exchange's clock and its messages' order. */
const LOOK_BACK_MS = 10_000;

/**
 * The streams of a desk: applies what the relay tells to the copy, and numbers it anew for clients. Each item of orders
 * and positions changes copy, cursor and log in one transaction, so that a death at any line leaves all three at the same
 * item. Books are kept in memory.
 */
export class Streams {
  readonly copy: StreamCopy;
  readonly books: OrderBooks;
  readonly log: EventLog;
  readonly #cursors: Cursors;
  readonly #host: StreamsDependencies;

  constructor(host: StreamsDependencies) {
    const { sql } = host.storage;
    this.#host = host;
    this.copy = new StreamCopy(sql);
    this.books = new OrderBooks(sql);
    this.log = new EventLog(sql);
    this.#cursors = new Cursors(sql);
  }

  cursor(stream: string): Cursor {
    return this.#cursors.get(stream);
  }

  /** Asks for a stream from where it was left. */
  open(stream: string): Open {
    const symbol = symbolOf(stream);
    const after = symbol === undefined ? positionIn(this.#cursors.get(stream)) : this.books.position(stream);
    return {
      type: 'open',
      stream,
      kind: symbol === undefined ? (stream === ORDERS ? 'orders' : 'positions') : 'market_data',
      params: symbol === undefined ? {} : { symbols: [symbol] },
      ...(after && { after }),
    };
  }

  /** Whether the exchange serves a stream just now. Of books nobody asks. */
  state(stream: string, live: boolean): void {
    if (symbolOf(stream) === undefined && this.#cursors.get(stream).live !== live)
      this.#cursors.put(stream, { live });
  }

  opened({ stream, seq, resumed }: Opened, epoch: string): void {
    if (resumed) return;
    if (symbolOf(stream) !== undefined) {
      this.books.opened(stream, epoch, seq);
      return;
    }
    const { loaded, gapped } = this.#cursors.get(stream);
    this.#cursors.put(stream, { epoch, seq, gapped: gapped || loaded });
  }

  gap({ stream, seq }: Gap): void {
    // The next book is whole.
    if (symbolOf(stream) !== undefined) return;
    const { loaded, gapped } = this.#cursors.get(stream);
    this.#cursors.put(stream, { seq, gapped: gapped || loaded });
  }

  /** Applies an item. Rejects when it does not follow the one before: then the session must begin again. */
  async apply(item: Item): Promise<void> {
    if (symbolOf(item.stream) !== undefined) {
      this.#book(item);
      return;
    }
    const before = this.#cursors.get(item.stream);
    if (item.seq <= before.seq) return;
    if (item.seq !== before.seq + 1) throw new Error('the relay left a number out');
    if (item.item === 'heartbeat') {
      this.#cursors.put(item.stream, { seq: item.seq, asOf: item.at });
      this.#host.tell({ stream: item.stream, seq: before.ownSeq, at: item.at, type: 'heartbeat', body: {} });
      return;
    }
    if (item.stream === ORDERS) await this.#orders(item, before);
    else if (item.stream === POSITIONS) this.#positions(item, before);
  }

  async #orders(item: Item, before: Cursor): Promise<void> {
    const { snapshot, update } = orderItem.parse(item.body);
    if (snapshot) {
      // What ended in the gap stands in no snapshot of open orders: it is looked up.
      const since = before.gapped ? this.#knownUntil(before, item) : undefined;
      const missed = since === undefined ? [] : await this.#host.executionsSince(since);
      if (INSTRUMENTED) await pauseAt('connector/orders/recovered');
      this.#commit(item, before, () => {
        this.copy.replaceOrders(snapshot.orders);
        // Looked up later than the snapshot was made: what the stream will tell of them again is nothing new by then.
        const executions = this.copy.catchUp(missed);
        const body = { orders: this.copy.openOrders(), ...(before.gapped && { executions }) };
        return before.gapped ? [gapEvent, { type: 'snapshot', body }] : [{ type: 'snapshot', body }];
      });
      return;
    }
    if (!update) return;
    this.#commit(item, before, () => {
      const executions = update.executions.filter((one) => this.copy.execute(one));
      const { cancel_reject } = update;
      if (executions.length === 0 && !cancel_reject) return [];
      return [{ type: 'update', body: { executions, ...(cancel_reject && { cancel_reject }) } }];
    });
  }

  /**
   * From when on executions are looked up, RFC 3339: before the last one that is known, because what waited at the
   * exchange is older than the moment when the relay had it; and before the snapshot, which may itself have waited here
   * while later ones were looked up.
   */
  #knownUntil({ asOf }: Cursor, { at: snapshotAt }: Item): string | undefined {
    if (asOf === null) return undefined;
    const known = this.copy.newestExecution() ?? Date.parse(asOf);
    return new Date(Math.min(known, Date.parse(snapshotAt)) - LOOK_BACK_MS).toISOString();
  }

  #positions(item: Item, before: Cursor): void {
    const { snapshot, update } = positionItem.parse(item.body);
    this.#commit(item, before, () => {
      if (snapshot) {
        this.copy.replacePositions(snapshot.positions);
        const told = { type: 'snapshot', body: { positions: snapshot.positions } } as const;
        return before.gapped ? [gapEvent, told] : [told];
      }
      if (!update) return [];
      this.copy.putPositions(update.positions);
      return [{ type: 'update', body: { positions: update.positions } }];
    });
  }

  /** A book is whole: it is told at once and not written, so that no disk is on its way. */
  #book({ stream, seq, at, item, body }: Item): void {
    if (!this.books.take(stream, seq, at)) return;
    if (item === 'heartbeat') {
      this.#host.tell({ stream, seq: this.books.lastNumber(stream), at, type: 'heartbeat', body: {} });
      return;
    }
    const { update } = bookItem.parse(body);
    if (!update || update.symbol !== symbolOf(stream)) return;
    const type = item === 'snapshot' ? 'snapshot' : 'update';
    this.#host.tell({ stream, at, type, ...this.books.put(stream, update) });
  }

  /** Writes what an item changes, with its place and what clients hear of it, then tells them. */
  #commit(item: Item, before: Cursor, change: () => readonly Told[]): void {
    const { stream, seq, at } = item;
    const { epoch, seq: stands } = this.#cursors.get(stream);
    // While something was looked up another connection has begun: it is told this item again.
    if (epoch !== before.epoch || stands !== before.seq) return;
    const events = this.#host.storage.transactionSync(() => {
      const told = change();
      reach('connector/item/applied');
      const { ownSeq } = this.#cursors.get(stream);
      const numbered = told.map((one, index): ClientEvent => ({
        ...one,
        stream,
        at,
        seq: ownSeq + index + 1,
      }));
      for (const event of numbered) this.log.add(event);
      const mended = item.item === 'snapshot' ? { loaded: true, gapped: false } : {};
      this.#cursors.put(stream, { seq, asOf: at, ownSeq: ownSeq + told.length, ...mended });
      return numbered;
    });
    reach('connector/item/committed');
    for (const event of events) this.#host.tell(event);
  }

  /** Whether anybody was told of orders or positions. */
  get isLoaded(): boolean {
    return deskStreams.some((stream) => this.#cursors.get(stream).loaded);
  }

  /**
   * The desk is another user from now on: nothing of what was known is its own. Clients are told a gap and what it has;
   * there is nothing to look up between them. An item that still waits for its lookup is dropped with the epoch.
   */
  forget(): void {
    this.#host.storage.transactionSync(() => {
      this.copy.clear();
      for (const stream of deskStreams) {
        const { loaded, gapped } = this.#cursors.get(stream);
        const unknown = { epoch: null, seq: 0, loaded: false, asOf: null, live: false };
        this.#cursors.put(stream, { ...unknown, gapped: gapped || loaded });
      }
    });
  }

  /** All that is known of a stream, as one event under its last number; undefined before there is anything. */
  snapshot(stream: string): ClientEvent | undefined {
    if (symbolOf(stream) !== undefined) {
      const book = this.books.get(stream);
      return book && { stream, type: 'snapshot', ...book };
    }
    const { ownSeq: seq, loaded, asOf } = this.#cursors.get(stream);
    if (!loaded) return undefined;
    const body =
      stream === ORDERS ? { orders: this.copy.openOrders() } : { positions: this.copy.positions() };
    return { stream, seq, at: asOf ?? '', type: 'snapshot', body };
  }
}

type Told = Pick<ClientEvent, 'type' | 'body'>;
const gapEvent: Told = { type: 'gap', body: {} };

const positionIn = ({ epoch, seq }: Cursor): { readonly epoch: string; readonly seq: number } | undefined =>
  epoch === null ? undefined : { epoch, seq };

/** The streams that a desk has open always; books come and go with their clients. */
export const deskStreams = [ORDERS, POSITIONS] as const;
