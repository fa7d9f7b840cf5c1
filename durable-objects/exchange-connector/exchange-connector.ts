import { DurableObject } from 'cloudflare:workers';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import { REST_PREFIX } from '../../shared/relay/routes.ts';
import type { SessionIntent } from '../../shared/vault/exchange-session.ts';
import type { Actor } from '../../shared/vault/request.ts';
import type { Env } from '../../workers/gateway/env.ts';
import { accountOf } from '../tenant/profile.ts';
import { vaultOf } from '../vault-stubs.ts';
import { DeskSession, type Settled } from './desk-session.ts';
import { HttpTransport } from './http-transport.ts';
import { hasRelay } from './relay-keys.ts';
import type { RelayReply, RelayTransport } from './relay-transport.ts';

/** One call of the exchange's REST on behalf of a desk. */
export interface AskRequest {
  /** `/api/v1beta1/insert_order`. */
  readonly path: string;
  /** JSON. */
  readonly body: string;
  readonly actor: Actor;
  /** `none`: a call without a token. `desk`: the vault's. Else one of the caller's own, sealed to the relay. */
  readonly auth: 'none' | 'desk' | { readonly sealed: string };
}

export type Asked = ({ readonly ok: true } & RelayReply) | Failure;

const noRelay = failure('NOT_SUPPORTED', { message: 'This deployment has no relay to the exchange' });

/** One desk at the exchange, named `<tenant>/<environment>` (design, sections 4 and 9). */
export class ExchangeConnector extends DurableObject<Env> {
  readonly #transport: RelayTransport;
  readonly #session: DeskSession;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
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

  /** Logs the desk in, or registers it, with what the vault then keeps. */
  keep(intent: SessionIntent, actor: Actor): Promise<Settled> {
    return hasRelay(this.env) ? this.#session.keep(intent, actor) : Promise.resolve(noRelay);
  }
}
