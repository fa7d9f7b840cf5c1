import type {
  Captured,
  Executed,
  MarketOrder,
  PortfolioView,
  RedeemRow,
  SessionCaller,
  SessionRecord,
  Suggestion,
} from '../../shared/agents/session-model.ts';
import type { SessionVerb } from './states.ts';
import type { VenueFailure } from '../../shared/venues/port/trading-venue.ts';

export type {
  Captured,
  Executed,
  PortfolioView,
  PositionView,
  RedeemRow,
  SessionCaller,
  SessionRecord,
  SessionVenue,
  Suggestion,
} from '../../shared/agents/session-model.ts';
export type Done<T> = { readonly ok: true; readonly value: T } | VenueFailure;

/** What an approved suggestion did. A redemption of which nothing was settled yet is open still. */
export type Approved =
  | { readonly kind: 'order'; readonly executed: Executed }
  | { readonly kind: 'redeem'; readonly rows: readonly RedeemRow[]; readonly status: 'executed' | 'open' };

/** RPC interface of `AgentSession`. */
export interface AgentSessionApi {
  /** Opens the session with its part of the account's money. INSUFFICIENT_BALANCE where there is less. */
  open(record: SessionRecord, caller: SessionCaller): Promise<Done<SessionRecord>>;
  view(caller: SessionCaller): Done<SessionRecord>;
  /** start, pause or stop. What is so already stays so; SESSION_STATE_CONFLICT where there is no way. */
  change(verb: SessionVerb, caller: SessionCaller): Promise<Done<SessionRecord>>;
  /** Begins the next run: what nobody has approved is cleared, and keys are free again. */
  nextRun(
    caller: SessionCaller,
  ): Promise<
    Done<{ readonly session: SessionRecord; readonly cleared: number; readonly portfolio: PortfolioView }>
  >;
  portfolio(caller: SessionCaller): Promise<Done<PortfolioView>>;
  /** What of its money the session may still spend, and what its orders hold back. */
  cash(caller: SessionCaller): Promise<Done<Pick<PortfolioView, 'cash' | 'cashOut'>>>;
  /** Executes a market order, or in manual mode suggests it until `expiresAt`, Unix ms. */
  marketOrder(
    order: MarketOrder,
    options: { readonly key?: string | undefined; readonly expiresAt: number | null },
    caller: SessionCaller,
  ): Promise<Done<Captured<Executed>>>;
  /** Redeems positions, or in manual mode suggests it. POSITION_NOT_HELD: nothing is redeemed. */
  redeem(
    tokens: readonly string[],
    options: { readonly key?: string | undefined },
    caller: SessionCaller,
  ): Promise<Done<Captured<readonly RedeemRow[]>>>;
  /** Suggestions, newest first, after the last one of the page before. */
  suggestions(
    query: { readonly all: boolean; readonly before?: number | undefined; readonly limit: number },
    caller: SessionCaller,
  ): Done<readonly Suggestion[]>;
  clearSuggestions(caller: SessionCaller): Done<number>;
  approve(id: number, caller: SessionCaller): Promise<Done<Approved>>;
  reject(id: number, caller: SessionCaller): Done<number>;
}
