import * as z from 'zod';
import { now } from '../../../shared/clock.ts';
import { failure } from '../../../shared/errors/failure.ts';
import type { Actor } from '../../../shared/vault/request.ts';
import type { AskReply } from '../../../shared/relay/ask-request.ts';
import { instrumentList, type InstrumentTable } from './instruments.ts';
import { answerOf } from '../../../shared/relay/exchange-replies.ts';
import type { Streams } from '../streams/streams.ts';
import { ORDERS, POSITIONS, type Order, type Position } from '../streams/wire.ts';
import type { LookupAnswer } from '../../../shared/relay/lookup-answer.ts';

type Body = Readonly<Record<string, unknown>>;

export interface LookupsDependencies {
  readonly sql: SqlStorage;
  readonly streams: Streams;
  readonly instruments: InstrumentTable;
  readonly isLive: (stream: string) => boolean;
  readonly ask: (rpc: string, body: Body, actor: Actor) => Promise<AskReply>;
}

/** Upstream lookups of one method in any minute (contract: exchange, "Lookups"). */
const BUDGET = 12;
const WINDOW_MS = 60_000;
/** A balance also changes by deposits, of which no stream tells. */
const BALANCE_MS = 30_000;

const names = z.array(z.string()).default([]);
const openQuery = z.looseObject({ accounts: names, symbols: names });
const positionQuery = z.looseObject({ name: z.string().default(''), symbol: z.string().default('') });

/** Answers lookups from the copy while its stream is live, and from the exchange within a budget of the desk's. */
export class Lookups {
  readonly #host: LookupsDependencies;
  /** Memory: a new instance forgives what was used. */
  readonly #used = new Map<string, readonly number[]>();

  constructor(host: LookupsDependencies) {
    this.#host = host;
  }

  async answer(rpc: string, body: Body, actor: Actor, fresh: boolean): Promise<LookupAnswer> {
    const known = fresh ? undefined : this.#fromCopy(rpc, body);
    if (known) return known;
    const wait = this.#spend(rpc);
    if (wait !== undefined) {
      return failure('RATE_LIMIT_EXCEEDED', {
        message: `${rpc} was asked of the exchange ${BUDGET} times within a minute: use the streams`,
        retryAfter: wait,
      });
    }
    const marker = this.#marker();
    const reply = await this.#host.ask(rpc, body, actor);
    const answer = reply.ok ? answerOf(reply) : reply;
    if (!answer.ok) return answer;
    this.#keepBalance(rpc, body, answer.body, marker);
    const list = rpc === 'list_instruments' ? instrumentList.safeParse(answer.body) : undefined;
    if (list?.success) this.#host.instruments.put(list.data.instruments);
    return { ok: true, body: answer.body, source: 'lookup' };
  }

  #fromCopy(rpc: string, body: Body): LookupAnswer | undefined {
    const { streams, isLive } = this.#host;
    switch (rpc) {
      case 'get_open_orders': {
        if (!isLive(ORDERS)) return undefined;
        const { accounts, symbols } = openQuery.parse(body);
        const wanted = (order: Order): boolean =>
          (symbols.length === 0 || symbols.includes(order.symbol ?? '')) &&
          (accounts.length === 0 || accounts.some((one) => isNamed(order.account, one)));
        return this.#told(ORDERS, { orders: streams.copy.openOrders().filter(wanted) });
      }
      case 'list_account_positions': {
        if (!isLive(POSITIONS) || !isLive(ORDERS)) return undefined;
        const { name, symbol } = positionQuery.parse(body);
        const held = streams.copy
          .positions()
          .filter((one) => isNamed(one.account, name) && (symbol === '' || one.symbol === symbol));
        const orders = streams.copy.openOrders();
        const available_position = held.map((one) => available(one, orders));
        return this.#told(POSITIONS, { positions: held, available_position });
      }
      case 'get_account_balance':
      case 'list_account_balances':
        return this.#balance(rpc, body);
      case 'list_instruments': {
        const { symbols, ...narrower } = openQuery.omit({ accounts: true }).parse(body);
        // A product, a page: the exchange's to judge.
        if (Object.keys(narrower).length > 0) return undefined;
        const known = symbols.map((symbol) => this.#host.instruments.read(symbol));
        const found = known.filter((one) => one !== undefined);
        if (symbols.length === 0 || found.length < symbols.length) return undefined;
        const asOf = new Date(Math.min(...found.map(({ at }) => at))).toISOString();
        const instruments = found.map(({ instrument }) => instrument);
        return { ok: true, body: { instruments, eof: true }, source: 'stream', asOf, seq: 0 };
      }
      default:
        return undefined;
    }
  }

  #told(stream: string, body: unknown): LookupAnswer {
    const { ownSeq, asOf } = this.#host.streams.cursor(stream);
    return { ok: true, body, source: 'stream', asOf: asOf ?? '', seq: ownSeq };
  }

  /** No stream tells balances: one is as good as new while neither orders nor positions have changed since. */
  #balance(rpc: string, body: Body): LookupAnswer | undefined {
    const { sql, isLive } = this.#host;
    if (!isLive(ORDERS) || !isLive(POSITIONS)) return undefined;
    const [row] = sql
      .exec<{ body: string; at: number }>(
        'SELECT body, at FROM balances WHERE name = ? AND marker = ? AND at > ?',
        keyOf(rpc, body),
        this.#marker(),
        now() - BALANCE_MS,
      )
      .toArray();
    if (!row) return undefined;
    const { ownSeq } = this.#host.streams.cursor(POSITIONS);
    const asOf = new Date(row.at).toISOString();
    return { ok: true, body: JSON.parse(row.body), source: 'stream', asOf, seq: ownSeq };
  }

  #keepBalance(rpc: string, body: Body, answer: unknown, marker: string): void {
    if (rpc !== 'get_account_balance' && rpc !== 'list_account_balances') return;
    this.#host.sql.exec(
      'INSERT OR REPLACE INTO balances (name, body, marker, at) VALUES (?, ?, ?, ?)',
      keyOf(rpc, body),
      JSON.stringify(answer),
      marker,
      now(),
    );
  }

  #marker(): string {
    const { streams } = this.#host;
    return `${streams.cursor(ORDERS).ownSeq}/${streams.cursor(POSITIONS).ownSeq}`;
  }

  /** Seconds until one more may be asked; undefined when it may be now, and counts. */
  #spend(rpc: string): number | undefined {
    const at = now();
    const used = (this.#used.get(rpc) ?? []).filter((one) => one > at - WINDOW_MS);
    const [first] = used;
    if (used.length >= BUDGET && first !== undefined)
      return Math.max(1, Math.ceil((first + WINDOW_MS - at) / 1000));
    this.#used.set(rpc, [...used, at]);
    return undefined;
  }
}

const keyOf = (rpc: string, body: Body): string => `${rpc} ${JSON.stringify(body)}`;

/** By its full or its last name, as the exchange takes it. */
const isNamed = (account: string | undefined, name: string): boolean =>
  account === name || account?.endsWith(`/accounts/${name}`) === true;

const amount = z.string().regex(/^-?\d{1,19}$/);
const sized = z.looseObject({ side: z.string().optional(), leaves_qty: amount.default('0') });
const netted = z.looseObject({ net_position: amount.default('0') });

/** What open sales leave of a long position. */
function available(position: Position, orders: readonly Order[]): string {
  const net = BigInt(netted.parse(position).net_position);
  if (net <= 0n) return String(net);
  const selling = orders
    .filter(({ symbol, account }) => symbol === position.symbol && account === position.account)
    .map((one) => sized.parse(one))
    .filter(({ side }) => side === 'SIDE_SELL')
    .reduce((sum, { leaves_qty }) => sum + BigInt(leaves_qty), 0n);
  return String(net - selling);
}
