import { DurableObject } from 'cloudflare:workers';
import * as z from 'zod';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import { REST_PREFIX } from '../../shared/relay/routes.ts';
import type { SessionIntent } from '../../shared/vault/exchange-session.ts';
import type { Actor } from '../../shared/vault/request.ts';
import type { Env } from '../../workers/gateway/env.ts';
import { migrate } from '../storage/migrate.ts';
import { accountOf } from '../tenant/profile.ts';
import { vaultOf } from '../vault-stubs.ts';
import { foundOrder, type FoundOrder } from '../trading-account/exchange/settle.ts';
import type { OrderRef } from '../trading-account/exchange/model.ts';
import { DeskSession, type Settled } from './desk-session.ts';
import { meaningOf } from './replies.ts';
import { HttpTransport } from './http-transport.ts';
import { InstrumentTable, instrumentList } from './instruments.ts';
import { hasRelay } from './relay-keys.ts';
import { migrations } from './schema.ts';
import type { RelayReply, RelayTransport } from './relay-transport.ts';

/** One call of the exchange's REST on behalf of a desk. */
export interface AskRequest {
  /** `/api/v1beta1/insert_order`. */
  readonly path: string;
  /** JSON. */
  readonly body: string;
  readonly actor: Actor;
  /**
   * `none`: a call without a token. `desk`: the vault's. Else one of the caller's own, sealed to the relay; `identity`
   * tells its user from others.
   */
  readonly auth: 'none' | 'desk' | { readonly sealed: string; readonly identity: string };
}

export type Asked = ({ readonly ok: true } & RelayReply) | Failure;

/** `order`, singular, is the exchange's name for the list. */
const searched = z.object({ order: z.array(foundOrder).default([]) });

const noRelay = failure('NOT_SUPPORTED', { message: 'This deployment has no relay to the exchange' });

/** One desk at the exchange, named `<tenant>/<environment>` (design, sections 4 and 9). */
export class ExchangeConnector extends DurableObject<Env> {
  readonly #transport: RelayTransport;
  readonly #session: DeskSession;
  readonly #instruments: InstrumentTable;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, migrations);
    this.#instruments = new InstrumentTable(ctx.storage.sql);
    const desk = ctx.id.name ?? '';
    const [tenant = ''] = desk.split('/');
    this.#transport = new HttpTransport(env, desk);
    const scope = { tenant, account: accountOf(tenant) };
    this.#session = new DeskSession({ vault: vaultOf(env), scope, desk }, this.#transport);
  }

  /** Asks the exchange. A failure means that nothing was sent. */
  async ask({ path, body, actor, auth }: AskRequest): Promise<Asked> {
    if (!hasRelay(this.env)) return noRelay;
    const call = { path: `${REST_PREFIX}${path}`, body };
    if (auth === 'none') return { ok: true, ...(await this.#transport.call(call)) };
    if (auth !== 'desk') return { ok: true, ...(await this.#transport.call({ ...call, credential: auth.sealed })) };
    const first = await this.#session.credential(actor);
    if (!first.ok) return first;
    const reply = await this.#transport.call({ ...call, credential: first.ready.sealed });
    if (reply.outcome !== 'answered' || reply.status !== 401) return { ok: true, ...reply };
    // The exchange has not looked at the request: with another token it may be said again.
    const again = await this.#session.credential(actor, first.ready);
    if (!again.ok) return again;
    return { ok: true, ...(await this.#transport.call({ ...call, credential: again.ready.sealed })) };
  }

  /** An order by the caller's id or its own; null where there is none, undefined where nobody can say now. */
  async findOrder(
    { clordId, orderId }: OrderRef,
    actor: Actor,
    auth: AskRequest['auth'],
  ): Promise<FoundOrder | null | undefined> {
    const wanted = clordId === undefined ? { order_id: orderId } : { clord_id: clordId };
    const path = '/api/v1beta1/search_orders';
    const reply = await this.ask({ path, body: JSON.stringify({ ...wanted, page_size: 1 }), actor, auth });
    const meaning = reply.ok ? meaningOf(reply) : undefined;
    const found = meaning?.kind === 'body' ? searched.safeParse(meaning.body) : undefined;
    return found?.success ? (found.data.order[0] ?? null) : undefined;
  }

  /** `price_scale` of each instrument that is known, by symbol; those that are not are left out. */
  async priceScales(
    symbols: readonly string[],
    actor: Actor,
    auth: AskRequest['auth'],
  ): Promise<Readonly<Record<string, string>>> {
    const missing = symbols.filter((symbol) => this.#instruments.find(symbol) === undefined);
    if (missing.length > 0) {
      const body = JSON.stringify({ symbols: missing, page_size: missing.length });
      const reply = await this.ask({ path: '/api/v1beta1/list_instruments', body, actor, auth });
      const meaning = reply.ok ? meaningOf(reply) : undefined;
      const list = meaning?.kind === 'body' ? instrumentList.safeParse(meaning.body) : undefined;
      if (list?.success) this.#instruments.put(list.data.instruments);
    }
    const known = symbols.map((symbol) => [symbol, this.#instruments.find(symbol)?.price_scale] as const);
    return Object.fromEntries(
      known.flatMap(([symbol, scale]) => (scale === undefined ? [] : [[symbol, scale] as const])),
    );
  }

  /** Logs the desk in, or registers it, with what the vault then keeps. */
  keep(intent: SessionIntent, actor: Actor): Promise<Settled> {
    return hasRelay(this.env) ? this.#session.keep(intent, actor) : Promise.resolve(noRelay);
  }
}
