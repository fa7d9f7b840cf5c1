import { now } from '../../../shared/clock.ts';
import { failure } from '../../../shared/errors/failure.ts';
import { REST_PREFIX } from '../../../shared/relay/routes.ts';
import type { Actor } from '../../../shared/vault/request.ts';
import { CircuitBreaker } from '../../../shared/venues/http/circuit-breaker.ts';
import type { DeskSession, DeskCredential } from './desk-session.ts';
import { notSentReply, type CallRelay, type RelayCall } from '../relay/relay-transport.ts';
import type { RelayReply } from '../../../shared/relay/relay-reply.ts';
import type { AskRequest, AskReply } from '../../../shared/relay/ask-request.ts';

export const noRelay = failure('NOT_SUPPORTED', {
  message: 'This deployment has no relay to the exchange',
});

/** The connector's own questions, in the vault's audit chain. */
export const CONNECTOR_ACTOR: Actor = { keyId: 'connector', requestId: 'connector' };

export interface ExchangeCallsDependencies {
  readonly call: CallRelay;
  readonly session: DeskSession;
  /** Another token than the streams have was made: theirs is spent as well. */
  renewed(ready: DeskCredential): void;
}

/** Calls of the exchange's REST: with which token, over which session, and none while the relay does not answer. */
export class ExchangeCalls {
  readonly #host: ExchangeCallsDependencies;
  readonly #circuit = new CircuitBreaker(now);

  constructor(host: ExchangeCallsDependencies) {
    this.#host = host;
  }

  async ask({ path, body, actor, auth }: AskRequest): Promise<AskReply> {
    const { session } = this.#host;
    const call = { path: `${REST_PREFIX}${path}`, body };
    if (auth === 'none') return this.#call(call);
    if (auth !== 'desk') return this.#call({ ...call, credential: auth.sealed });
    const first = await session.credential(actor);
    if (!first.ok) return first;
    const reply = await this.#call({ ...call, credential: first.ready.sealed });
    if (reply.outcome !== 'answered' || reply.status !== 401) return reply;
    // The exchange has not looked at the request: with another token it may be said again.
    const again = await session.credential(actor, first.ready);
    if (!again.ok) return again;
    this.#host.renewed(again.ready);
    return this.#call({ ...call, credential: again.ready.sealed });
  }

  async #call(call: RelayCall): Promise<{ readonly ok: true } & RelayReply> {
    if (this.#circuit.closedIn > 0)
      return { ok: true, ...notSentReply('the relay does not answer', this.#circuit.closedIn) };
    const reply = await this.#host.call(call);
    if (reply.outcome === 'unknown') this.#circuit.failed();
    return { ok: true, ...reply };
  }
}
