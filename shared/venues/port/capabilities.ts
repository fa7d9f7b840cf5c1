import { failure, invalidMember, type Failure } from '../../errors/failure.ts';
import type { VenueName } from '../venue-names.ts';
import type { OrderTerms, OrderType } from './order-terms.ts';
import { rests } from './order-rests.ts';

/** What `GET /exchanges` says of a venue: the names are the wire's (contract: router, "Routes"). */
export interface Has {
  readonly fetch_markets: boolean;
  readonly create_order: boolean;
  readonly cancel_order: boolean;
  readonly fetch_positions: boolean;
  readonly fetch_balance: boolean;
  readonly fetch_orderbook: boolean;
  readonly fetch_price_history: boolean;
  readonly fetch_trades: boolean;
  readonly fetch_events: boolean;
  readonly fetch_user_activity: boolean;
  readonly refresh_balance: boolean;
  readonly websocket: boolean;
  readonly fetch_orderbook_history: boolean;
  readonly fetch_fills: boolean;
  /** Whether the venue itself lists orders that have ended. */
  readonly fetch_order_history: boolean;
  readonly watch_address: boolean;
}

/** How a venue tells an order that was sent twice, and how a lost one is found again. */
export type DedupeKind = 'order-hash' | 'client-order-id';

export interface Capabilities {
  readonly venue: VenueName;
  readonly name: string;
  readonly has: Has;
  /** None: data only. */
  readonly orderTypes: readonly OrderType[];
  readonly postOnly: boolean;
  readonly onboarding: readonly ('managed' | 'self')[];
  /** Null on data-only venues. */
  readonly dedupe: DedupeKind | null;
  /** Whether a BUY that must not rest may be measured in dollars. */
  readonly budgets?: true;
  /** Milliseconds ahead of the venue's clock that a `gtd` order must at least expire; absent: any time to come. */
  readonly minExpirationMs?: number;
  /**
   * Milliseconds after sending before "the venue has no such order" may be believed. By then the venue refuses a
   * request that is still on its way, because its signature is too old, and reads have caught up with writes.
   */
  readonly absenceHoldsAfterMs: number;
}

/** A refusal by the port: the venue has no such thing, and nothing was sent. */
export const unsupported = (venue: string, what: string): Failure =>
  failure('NOT_SUPPORTED', { message: `${venue} does not support ${what}` });

/**
 * Refuses terms that the venue cannot honour whole: 501 for what it lacks, a validation failure for members that
 * contradict one another. Undefined when an order of this kind can be sent. `nowMs` by the venue's clock.
 */
export function refuseTerms(
  { venue, orderTypes, postOnly, dedupe, budgets, minExpirationMs = 0 }: Capabilities,
  terms: OrderTerms,
  nowMs: number,
): Failure | undefined {
  if (!orderTypes.includes(terms.type)) return unsupported(venue, `order_type ${terms.type}`);
  if (terms.postOnly && !postOnly) return unsupported(venue, 'post_only');
  if (terms.clientOrderId !== undefined && dedupe !== 'client-order-id') {
    return unsupported(venue, 'client_order_id');
  }
  if (terms.budget !== undefined && (budgets !== true || rests(terms.type) || terms.side === 'SELL')) {
    return unsupported(venue, 'an amount of dollars for this order');
  }
  if (terms.postOnly && !rests(terms.type)) {
    return invalidMember('params.post_only', 'goes with order_type gtc or gtd, which rest');
  }
  if (terms.type !== 'gtd') {
    return terms.expiration === undefined
      ? undefined
      : invalidMember('params.expiration', 'goes with order_type gtd');
  }
  if (terms.expiration === undefined) return invalidMember('params.expiration', 'is required with gtd');
  const ahead = terms.expiration * 1000 - nowMs;
  if (ahead <= 0) return invalidMember('params.expiration', 'is in the past');
  return ahead >= minExpirationMs
    ? undefined
    : invalidMember(
        'params.expiration',
        `must be at least ${minExpirationMs / 1000} seconds ahead on ${venue}, and the order ends a minute before it`,
      );
}
