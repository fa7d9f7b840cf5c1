import type { Actor } from '../vault/request.ts';
import type { RelayReply } from './relay-reply.ts';
import type { Failure } from '../errors/failure.ts';

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

export type AskReply = ({ readonly ok: true } & RelayReply) | Failure;

/** Asks the exchange. A failure means that nothing was sent. */
export type Ask = (request: AskRequest) => Promise<AskReply>;
