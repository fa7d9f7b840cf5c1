import type { Order } from './streams/wire.ts';
import type { AskReply, AskRequest } from '../../shared/relay/ask-request.ts';
import type { LoginResult } from './desk/desk-session.ts';
import type { LookupAnswer } from '../../shared/relay/lookup-answer.ts';
import type { FoundOrder, OrderRef } from '../../shared/relay/found-order.ts';
import type { LoginIntent } from '../../shared/vault/exchange-login.ts';
import type { Actor } from '../../shared/vault/request.ts';

/** RPC interface of `ExchangeConnector`. */
export interface ExchangeConnectorApi {
  /** Asks the exchange. A failure means that nothing was sent. */
  ask(request: AskRequest): Promise<AskReply>;
  /** Answers a lookup from the copy where that is sound, else from the exchange within the desk's budget. */
  lookUp(
    rpc: string,
    body: Readonly<Record<string, unknown>>,
    actor: Actor,
    fresh: boolean,
  ): Promise<LookupAnswer>;
  /**
   * The order of a command that was sent at `sentAt` (Unix ms), by the caller's id or its own; null where there is none,
   * undefined where nobody can say now. To another user than the one who sent it, its orders are nobody's, and one of
   * the same `clord_id` is another.
   */
  findOrder(
    ref: OrderRef,
    actor: Actor,
    auth: AskRequest['auth'],
    sentAt: number,
  ): Promise<FoundOrder | null | undefined>;
  /** The first state that the stream tells of an order, within a bound; undefined when it tells none by then. */
  awaitOrder(
    orderId: string,
    withinMs: number,
  ): Promise<{ readonly order: Order; readonly text?: string } | undefined>;
  /** `price_scale` of each instrument that is known, by symbol; those that are not are left out. */
  priceScales(
    symbols: readonly string[],
    actor: Actor,
    auth: AskRequest['auth'],
  ): Promise<Readonly<Record<string, string>>>;
  /** Logs the desk in, or registers it, with what the vault then keeps. */
  keep(intent: LoginIntent, actor: Actor): Promise<LoginResult>;
  /** Which of these client sockets are open here. */
  held(ids: readonly string[]): readonly string[];
  /** Closes client sockets whose key is no longer good. */
  dismiss(ids: readonly string[]): void;
  /** Takes a client's websocket over from the gateway, which has admitted it. */
  fetch(request: Request): Promise<Response>;
}
