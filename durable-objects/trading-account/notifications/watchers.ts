import type { ObjectEnv } from '../../bindings.ts';
import { asMicro, formatMicro, mulDiv, SCALE } from '../../../shared/money/fixed.ts';
import { retryRpc } from '../../rpc/retry-rpc.ts';
import { socketHub } from '../../rpc/stubs.ts';
import type { Order, Trade } from '../ledger/model.ts';
import type { AccountText } from '../../../shared/websockets/account-text.ts';

/** What happened to an order, in Polymarket's words; filled and resting parts are UPDATEs. */
export interface OrderNotification {
  readonly type: 'PLACEMENT' | 'UPDATE' | 'CANCELLATION';
  readonly order: Order;
}

/** Tries to tell a hub, over about 1.5 s, before what it was to be told counts as missed there. */
const MAX_TRIES = 5;
/** Tries to have those closed who missed something: 13 s, and again with the next news. */
const MAX_LAPSE_TRIES = 8;

/** A hub that watches. */
interface Watching {
  turn: Promise<void>;
  wanted: number;
  /** Its sockets have missed something and could not be closed yet: they get nothing more. */
  missed: boolean;
}

const watching = (): Watching => ({ turn: Promise.resolve(), wanted: 0, missed: false });

/**
 * The hubs whose clients watch this account, stored under `watchers` so that an evicted account finds them
 * again. News go to each hub in order, one call at a time; they never hold up a command. A crash between commit
 * and delivery loses news, never the trade: whoever reconnects reads `/v1/data/trades`. A hub that cannot be told
 * has those sockets closed, so that nobody goes on without knowing that something is missing.
 */
export class Watchers {
  readonly #ctx: DurableObjectState;
  readonly #env: ObjectEnv;
  readonly #account: string;
  readonly #hubs: Map<string, Watching>;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    this.#ctx = ctx;
    this.#env = env;
    this.#account = ctx.id.name ?? '';
    const stored = ctx.storage.kv.get<readonly string[]>('watchers') ?? [];
    this.#hubs = new Map(stored.map((hub) => [hub, watching()]));
  }

  get any(): boolean {
    return this.#hubs.size > 0;
  }

  add(hub: string): void {
    const known = this.#hubs.get(hub);
    if (known) known.wanted += 1;
    else {
      this.#hubs.set(hub, watching());
      this.#remember();
    }
  }

  remove(hub: string): void {
    if (this.#hubs.delete(hub)) this.#remember();
  }

  tell(texts: readonly AccountText[]): void {
    for (const [hub, entry] of this.#hubs) {
      entry.turn = entry.turn.then(() => this.#send(hub, texts));
      this.#ctx.waitUntil(entry.turn);
    }
  }

  /** Has every socket closed, after what was told before. */
  async dismiss(): Promise<void> {
    const turns = [...this.#hubs].map(([hub, entry]) => {
      entry.turn = entry.turn.then(() => this.#dismiss(hub));
      return entry.turn;
    });
    await Promise.all(turns);
  }

  async #dismiss(hub: string): Promise<void> {
    await retryRpc(MAX_TRIES, () => socketHub(this.#env, hub).dismissAccount(this.#account));
    this.remove(hub);
  }

  async #send(hub: string, texts: readonly AccountText[]): Promise<void> {
    const entry = this.#hubs.get(hub);
    if (!entry) return;
    const { wanted } = entry;
    // By its id the hub knows what it has told already, when only its answer was lost.
    const id = crypto.randomUUID();
    const told = entry.missed
      ? undefined
      : await retryRpc(MAX_TRIES, () => socketHub(this.#env, hub).announce(this.#account, id, texts));
    if (!told) entry.missed = !(await this.#lapse(hub));
    else if (!told.value && entry.wanted === wanted) this.remove(hub);
  }

  /** Has the sockets closed that missed something. Whether they are. */
  async #lapse(hub: string): Promise<boolean> {
    const lapsed = await retryRpc(MAX_LAPSE_TRIES, () => socketHub(this.#env, hub).lapse(this.#account));
    return lapsed !== undefined;
  }

  #remember(): void {
    if (this.#hubs.size === 0) this.#ctx.storage.kv.delete('watchers');
    else this.#ctx.storage.kv.put('watchers', [...this.#hubs.keys()]);
  }
}

/** Frames of what a command or the alarm did: orders first, as they stood when their trades came. */
export function accountTexts(
  news: readonly OrderNotification[],
  trades: readonly { readonly trade: Trade; readonly order: Order }[],
): readonly AccountText[] {
  return [
    ...news.map((entry) => userText(entry.order.market, orderFrame(entry))),
    ...trades.flatMap(({ trade, order }): AccountText[] => [
      userText(trade.market, tradeFrame(trade, order)),
      { channel: 'executions', market: trade.market, text: JSON.stringify(fillFrame(trade)) },
    ]),
  ];
}

const userText = (market: string, frame: object): AccountText => ({
  channel: 'user',
  market,
  text: JSON.stringify(frame),
});

const priceOf = ({ notional, shares }: Trade): string =>
  formatMicro(asMicro(mulDiv(notional, SCALE, shares, 'half-up')));

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

/** `/v1/ws/executions` (docs/websockets.md). */
const fillFrame = (trade: Trade): object => ({
  type: 'fill',
  trade_id: trade.id,
  order_id: trade.orderId,
  market_id: trade.market,
  token_id: trade.token,
  side: trade.side,
  outcome: trade.outcome,
  price: priceOf(trade),
  quantity: formatMicro(trade.shares),
  notional: formatMicro(trade.notional),
  fee: formatMicro(trade.fee),
  liquidity: trade.role,
  filled_at: new Date(trade.at).toISOString(),
});

/** The venue's `order` event (docs.polymarket.com/asyncapi-user.json). */
const orderFrame = ({ type, order }: OrderNotification): object => ({
  event_type: 'order',
  type,
  id: String(order.id),
  owner: order.owner,
  order_owner: order.owner,
  maker_address: order.maker,
  market: order.market,
  asset_id: order.token,
  side: order.side,
  outcome: order.outcome,
  price: formatMicro(order.price),
  original_size: formatMicro(order.size),
  size_matched: formatMicro(order.filled),
  order_type: order.tif,
  expiration: order.expiresAt === null ? '0' : seconds(order.expiresAt),
  status: statusNames[order.status],
  associate_trades: null,
  created_at: seconds(order.createdAt),
  timestamp: String(order.updatedAt),
});

const statusNames = { open: 'LIVE', filled: 'MATCHED', cancelled: 'CANCELED', expired: 'CANCELED' } as const;

/** The venue's `trade` event. A paper maker trade names no taker of its own: there is none. */
const tradeFrame = (trade: Trade, order: Order): object => ({
  event_type: 'trade',
  type: 'TRADE',
  id: String(trade.id),
  taker_order_id: trade.role === 'TAKER' ? String(trade.orderId) : '',
  market: trade.market,
  asset_id: trade.token,
  side: trade.side,
  size: formatMicro(trade.shares),
  price: priceOf(trade),
  fee_rate_bps: '0',
  status: 'MATCHED',
  outcome: trade.outcome,
  owner: order.owner,
  trade_owner: order.owner,
  maker_address: order.maker,
  maker_orders: trade.role === 'MAKER' ? [makerOrder(trade, order)] : [],
  trader_side: trade.role,
  matchtime: seconds(trade.at),
  match_time: seconds(trade.at),
  last_update: seconds(trade.at),
  timestamp: String(trade.at),
});

const makerOrder = (trade: Trade, order: Order): object => ({
  order_id: String(order.id),
  asset_id: trade.token,
  matched_amount: formatMicro(trade.shares),
  price: formatMicro(order.price),
  outcome: trade.outcome,
  owner: order.owner,
});
