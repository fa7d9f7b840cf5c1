import { callWith } from './call.ts';
import type { Input, Reply } from './operation.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import type { Result } from './result.ts';

type MarketOrder = Input<'POST /v1/platforms/polymarket/market-order'>;
type Redemption = Input<'POST /v1/platforms/polymarket/redeem-positions'>;
type MarketOrdered = Reply<'POST /v1/platforms/polymarket/market-order'>;
type Redeemed = Reply<'POST /v1/platforms/polymarket/redeem-positions'>;
type Portfolio = Reply<'GET /v1/positions/current'>;
type Position = Portfolio['positions'][number];
/** Of a call inside a session: the session is the agent's. */
export type AgentCallOptions = Pick<CallOptions, 'signal' | 'timeoutMs'>;

/** A position, with its members also where agents of other makers look for them. */
export type AgentPosition = Position & { readonly polymarketMetadata: Position };

/** One run of an agent in its session. */
export interface Agent {
  readonly sessionId: number;
  readonly run: number;
  /** `auto` executes; `manual` answers what moves value with `{suggested: true, suggestionId}`, and does nothing. */
  readonly executionMode: 'auto' | 'manual';
  /** What the session had when the run began. Orders of the run do not show in it: `positions()` is live. */
  readonly portfolio: {
    readonly positions: readonly AgentPosition[];
    readonly balances: Portfolio['balances'];
  };
  readonly platforms: {
    readonly polymarket: {
      /** BUY: `size` is USD to spend; SELL: shares. */
      readonly marketOrder: (
        order: MarketOrder,
        options?: AgentCallOptions,
      ) => Promise<Result<MarketOrdered>>;
      /** Those that are not settled are skipped: `success: false`, no transaction, `skippedReason`. */
      readonly redeemPositions: (what: Redemption, options?: AgentCallOptions) => Promise<Result<Redeemed>>;
      /** Live positions of the session. */
      readonly positions: (
        options?: AgentCallOptions,
      ) => Promise<Result<Reply<'GET /v1/platforms/polymarket/positions'>>>;
    };
  };
  /** Live positions and cash of the session. */
  readonly current: (options?: AgentCallOptions) => Promise<Result<Portfolio>>;
  /** Clears the session's suggestions that nobody has approved. */
  readonly clearSuggestedTransactions: (
    options?: AgentCallOptions,
  ) => Promise<Result<Reply<'DELETE /v1/sessions/suggestions'>>>;
}

/** What is known of a run. */
export interface Run {
  readonly session_id: number;
  readonly run: number;
  readonly mode: 'auto' | 'manual';
  readonly positions: readonly Position[];
  readonly balances: Portfolio['balances'];
}

/** The agent of a run. Makes no request by itself, and never throws. */
export function agentOf(client: ClientOptions, { session_id, run, mode, positions, balances }: Run): Agent {
  const inSession = (options: AgentCallOptions | undefined) => (): CallOptions => ({
    ...options,
    session: session_id,
  });
  return {
    sessionId: session_id,
    run,
    executionMode: mode,
    portfolio: {
      positions: positions.map((position) => ({ ...position, polymarketMetadata: position })),
      balances,
    },
    platforms: {
      polymarket: {
        marketOrder: (order, options) =>
          callWith(client, 'POST /v1/platforms/polymarket/market-order', order, inSession(options)),
        redeemPositions: (what, options) =>
          callWith(client, 'POST /v1/platforms/polymarket/redeem-positions', what, inSession(options)),
        positions: (options) =>
          callWith(client, 'GET /v1/platforms/polymarket/positions', {}, inSession(options)),
      },
    },
    current: (options) => callWith(client, 'GET /v1/positions/current', {}, inSession(options)),
    clearSuggestedTransactions: (options) =>
      callWith(client, 'DELETE /v1/sessions/suggestions', {}, inSession(options)),
  };
}
