// Generated from the OpenAPI document by `npm run generate`: do not edit.

export type GetApiV1PingReply = {
  exchange: string;
  has_credentials: boolean;
  authenticated: boolean;
  message: string;
}[];
export type GetApiV1OrdersReply = {
  id: string;
  market_id: string;
  outcome: string;
  side: 'buy' | 'sell';
  price: number;
  size: number;
  filled: number;
  status: 'pending' | 'open' | 'filled' | 'partially_filled' | 'cancelled' | 'rejected';
  created_at: string;
  updated_at: string;
}[];
export type GetApiV1PositionsReply = {
  market_id: string;
  outcome: string;
  size: number;
  average_price: number;
  current_price: number | null;
}[];
export type GetApiV1FillsReply = {
  fill_id: string;
  order_id: string;
  market_id: string;
  outcome: string;
  side: 'buy' | 'sell';
  price: number;
  size: number;
  is_taker: boolean;
  fee: number;
  created_at: string;
}[];
export type GetApiV1ExchangesReply = {
  id: 'polymarket' | 'kalshi' | 'limitless' | 'opinion' | 'predictfun' | 'paper';
  name: string;
  has: {
    fetch_markets: boolean;
    create_order: boolean;
    cancel_order: boolean;
    fetch_positions: boolean;
    fetch_balance: boolean;
    fetch_orderbook: boolean;
    fetch_price_history: boolean;
    fetch_trades: boolean;
    fetch_events: boolean;
    fetch_user_activity: boolean;
    refresh_balance: boolean;
    websocket: boolean;
    fetch_orderbook_history: boolean;
    fetch_fills: boolean;
    fetch_order_history: boolean;
    watch_address: boolean;
  };
  order_types: ('gtc' | 'ioc' | 'fok' | 'gtd')[];
}[];
export type PostV1PlatformsPolymarketMarketOrderReply =
  | {
      orderInfo: {
        orderId: string;
        side: 'BUY' | 'SELL';
        size: string;
        priceUsd: string;
        totalPriceUsd: string;
        txHashes: string[];
      };
    }
  | {
      suggested: true;
      suggestionId: number;
    };
export type PostV1PlatformsPolymarketRedeemPositionsReply =
  | {
      success: boolean;
      position: {
        question: string;
        outcome: string;
        priceUsd: string;
        valueUsd: string;
        pnlUsd: string;
        pnlPercent: string;
        isRedeemable: boolean;
        contractAddress: string;
        tokenId: string | null;
        decimals: number;
        conditionId: string;
        formattedShares: string;
        shares: string;
        averagePriceUsd: string;
        initialValue: string;
        pnlRealizedUsd: string;
        pnlRealizedPercent: string;
        isNegativeRisk: boolean;
        imageUrl: string;
        endDate: string;
      } | null;
      transactionHash: string | null;
      skippedReason?: string;
    }[]
  | {
      suggested: true;
      suggestionId: number;
    };

export interface Operations {
  /**
   * Link an exchange: checked there before anything is stored; said again, it goes on or changes nothing.
   */
  'POST /api/v1/onboard': {
    input: PostApiV1OnboardInput;
    reply: PostApiV1OnboardReply;
  };
  /**
   * Destroy the credentials of an exchange; a managed wallet goes with its key, for good.
   */
  'DELETE /api/v1/onboard': {
    input: DeleteApiV1OnboardInput;
    reply: null;
  };
  /**
   * Link an exchange for a customer.
   */
  'POST /api/v1/builder/onboard': {
    input: PostApiV1BuilderOnboardInput;
    reply: PostApiV1BuilderOnboardReply;
  };
  /**
   * The wallet of the account, and the exchanges that it is linked with.
   */
  'GET /api/v1/wallet': {
    input: GetApiV1WalletInput;
    reply: GetApiV1WalletReply;
  };
  /**
   * The wallet's private key: for keys with credentials:export, while the operator of the vault allows it; audited.
   */
  'POST /api/v1/wallet/export-key': {
    input: PostApiV1WalletExportKeyInput;
    reply: PostApiV1WalletExportKeyReply;
  };
  /**
   * Whether exchanges accept the credentials of the account; not being accepted is an answer, not an error.
   */
  'GET /api/v1/ping': {
    input: GetApiV1PingInput;
    reply: GetApiV1PingReply;
  };
  /**
   * Place an order on an exchange. A request that is repeated under its name places one order.
   */
  'POST /api/v1/orders': {
    input: PostApiV1OrdersInput;
    reply: PostApiV1OrdersReply;
  };
  /**
   * Orders, newest first; those that are open unless status says otherwise.
   */
  'GET /api/v1/orders': {
    input: GetApiV1OrdersInput;
    reply: GetApiV1OrdersReply;
  };
  /**
   * One order.
   */
  'GET /api/v1/orders/{id}': {
    input: GetApiV1OrdersIdInput;
    reply: GetApiV1OrdersIdReply;
  };
  /**
   * Cancel an order; what had filled stays.
   */
  'DELETE /api/v1/orders/{id}': {
    input: DeleteApiV1OrdersIdInput;
    reply: DeleteApiV1OrdersIdReply;
  };
  /**
   * Positions on an exchange; current_price is null where the exchange names none.
   */
  'GET /api/v1/positions': {
    input: GetApiV1PositionsInput;
    reply: GetApiV1PositionsReply;
  };
  /**
   * Executions on an exchange, newest first.
   */
  'GET /api/v1/fills': {
    input: GetApiV1FillsInput;
    reply: GetApiV1FillsReply;
  };
  /**
   * Turn the wallet's USDC into as many shares of each outcome, on chain.
   */
  'POST /api/v1/polymarket/ctf/split': {
    input: PostApiV1PolymarketCtfSplitInput;
    reply: PostApiV1PolymarketCtfSplitReply;
  };
  /**
   * Turn as many shares of each outcome into USDC, on chain.
   */
  'POST /api/v1/polymarket/ctf/merge': {
    input: PostApiV1PolymarketCtfMergeInput;
    reply: PostApiV1PolymarketCtfMergeReply;
  };
  /**
   * Turn shares of a resolved market into USDC, on chain: all, or of a neg-risk market so many of each.
   */
  'POST /api/v1/polymarket/ctf/redeem': {
    input: PostApiV1PolymarketCtfRedeemInput;
    reply: PostApiV1PolymarketCtfRedeemReply;
  };
  /**
   * Cash on an exchange.
   */
  'GET /api/v1/balance': {
    input: GetApiV1BalanceInput;
    reply: GetApiV1BalanceReply;
  };
  /**
   * The exchanges and what each of them can do here; the rest is answered with 501.
   */
  'GET /api/v1/exchanges': {
    input: GetApiV1ExchangesInput;
    reply: GetApiV1ExchangesReply;
  };
  /**
   * Markets of one or several exchanges, by pages, or up to 100 by their ids.
   */
  'GET /api/v1/markets': {
    input: GetApiV1MarketsInput;
    reply: GetApiV1MarketsReply;
  };
  /**
   * Events, which group markets, of one or several exchanges, by pages.
   */
  'GET /api/v1/events': {
    input: GetApiV1EventsInput;
    reply: GetApiV1EventsReply;
  };
  /**
   * Order book of an outcome now: bids from the highest, asks from the lowest.
   */
  'GET /api/v1/orderbook': {
    input: GetApiV1OrderbookInput;
    reply: GetApiV1OrderbookReply;
  };
  /**
   * What a market order for so many contracts would cost or bring now; nothing is placed.
   */
  'GET /api/v1/execution-price': {
    input: GetApiV1ExecutionPriceInput;
    reply: GetApiV1ExecutionPriceReply;
  };
  /**
   * Candles of an outcome, oldest first: interval is how far back they reach, 1m a month.
   */
  'GET /api/v1/price': {
    input: GetApiV1PriceInput;
    reply: GetApiV1PriceReply;
  };
  /**
   * Public trades of an outcome, newest first, by pages. A page may be short and have a next one.
   */
  'GET /api/v1/trades': {
    input: GetApiV1TradesInput;
    reply: GetApiV1TradesReply;
  };
  /**
   * What exchanges tell of an address, untouched; one that tells nothing says why in status.
   */
  'GET /api/v1/user-activity': {
    input: GetApiV1UserActivityInput;
    reply: GetApiV1UserActivityReply;
  };
  /**
   * Tier, limits and what was used of them this month: the tenant's, or the customer's.
   */
  'GET /api/v1/usage': {
    input: GetApiV1UsageInput;
    reply: GetApiV1UsageReply;
  };
  /**
   * Sockets of the account on /ws, and what went over them.
   */
  'GET /api/v1/ws/usage': {
    input: GetApiV1WsUsageInput;
    reply: GetApiV1WsUsageReply;
  };
  /**
   * The customer with this external_id: 201 when new, with its raw API key, shown once; 200 when it exists.
   */
  'POST /api/v1/builder/users': {
    input: PostApiV1BuilderUsersInput;
    reply: PostApiV1BuilderUsersReply;
  };
  /**
   * Customers, oldest first.
   */
  'GET /api/v1/builder/users': {
    input: GetApiV1BuilderUsersInput;
    reply: GetApiV1BuilderUsersReply;
  };
  /**
   * One customer.
   */
  'GET /api/v1/builder/users/{customer_id}': {
    input: GetApiV1BuilderUsersCustomerIdInput;
    reply: GetApiV1BuilderUsersCustomerIdReply;
  };
  /**
   * Change a customer's qps_limit, and nothing else; it holds from the next request on.
   */
  'PATCH /api/v1/builder/users/{customer_id}': {
    input: PatchApiV1BuilderUsersCustomerIdInput;
    reply: PatchApiV1BuilderUsersCustomerIdReply;
  };
  /**
   * Delete a customer for good: its keys are refused from the next request on.
   */
  'DELETE /api/v1/builder/users/{customer_id}': {
    input: DeleteApiV1BuilderUsersCustomerIdInput;
    reply: null;
  };
  /**
   * A new API key of a customer's own, shown once; earlier ones expire in 24 hours, or now if asked.
   */
  'POST /api/v1/builder/users/{customer_id}/keys': {
    input: PostApiV1BuilderUsersCustomerIdKeysInput;
    reply: PostApiV1BuilderUsersCustomerIdKeysReply;
  };
  /**
   * Requests a second that the customers share, and what they were promised: the promises may exceed it.
   */
  'GET /api/v1/builder/pool': {
    input: GetApiV1BuilderPoolInput;
    reply: GetApiV1BuilderPoolReply;
  };
  /**
   * Fee escrow of this builder, as agreed with the operator.
   */
  'GET /api/v1/builder/escrow/config': {
    input: GetApiV1BuilderEscrowConfigInput;
    reply: GetApiV1BuilderEscrowConfigReply;
  };
  /**
   * The fee of a customer's order, by the payer's order id: what was pulled, distributed and refunded.
   */
  'GET /api/v1/builder/escrow/orders/{order_id}': {
    input: GetApiV1BuilderEscrowOrdersOrderIdInput;
    reply: GetApiV1BuilderEscrowOrdersOrderIdReply;
  };
  /**
   * Store the builder's own Polymarket builder key in the vault, once Polymarket has accepted it, and the code for its orders.
   */
  'PUT /api/v1/builder/credentials': {
    input: PutApiV1BuilderCredentialsInput;
    reply: PutApiV1BuilderCredentialsReply;
  };
  /**
   * Whether a builder key is stored, and since when.
   */
  'GET /api/v1/builder/credentials': {
    input: GetApiV1BuilderCredentialsInput;
    reply: GetApiV1BuilderCredentialsReply;
  };
  /**
   * Destroy the stored builder key.
   */
  'DELETE /api/v1/builder/credentials': {
    input: DeleteApiV1BuilderCredentialsInput;
    reply: null;
  };
  /**
   * Headers that attribute an order to the builder, signed with its stored key; a remote signer for Polymarket's SDK.
   */
  'POST /api/v1/builder/sign': {
    input: PostApiV1BuilderSignInput;
    reply: PostApiV1BuilderSignReply;
  };
  /**
   * The session's suggestions, newest first: those that wait for an answer, or all.
   */
  'GET /v1/sessions/suggestions': {
    input: GetV1SessionsSuggestionsInput;
    reply: GetV1SessionsSuggestionsReply;
  };
  /**
   * Clear the suggestions of the session that nobody has approved.
   */
  'DELETE /v1/sessions/suggestions': {
    input: DeleteV1SessionsSuggestionsInput;
    reply: DeleteV1SessionsSuggestionsReply;
  };
  /**
   * Execute a suggestion, once, at the price now, within its original worst price.
   */
  'POST /v1/sessions/suggestions/{id}/approve': {
    input: PostV1SessionsSuggestionsIdApproveInput;
    reply: PostV1SessionsSuggestionsIdApproveReply;
  };
  /**
   * Reject a suggestion: it can never be executed.
   */
  'POST /v1/sessions/suggestions/{id}/reject': {
    input: PostV1SessionsSuggestionsIdRejectInput;
    reply: PostV1SessionsSuggestionsIdRejectReply;
  };
  /**
   * Open a session for an agent: a part of the account's money that it may trade with.
   */
  'POST /v1/sessions': {
    input: PostV1SessionsInput;
    reply: PostV1SessionsReply;
  };
  /**
   * The account's sessions, newest first.
   */
  'GET /v1/sessions': {
    input: GetV1SessionsInput;
    reply: GetV1SessionsReply;
  };
  /**
   * A session: its state, and what is left of its allocation.
   */
  'GET /v1/sessions/{id}': {
    input: GetV1SessionsIdInput;
    reply: GetV1SessionsIdReply;
  };
  /**
   * Let a session trade that is created or paused.
   */
  'POST /v1/sessions/{id}/start': {
    input: PostV1SessionsIdStartInput;
    reply: PostV1SessionsIdStartReply;
  };
  /**
   * Let a running session trade no more, until it is started again.
   */
  'POST /v1/sessions/{id}/pause': {
    input: PostV1SessionsIdPauseInput;
    reply: PostV1SessionsIdPauseReply;
  };
  /**
   * End a session for good: what it held is the account's own again.
   */
  'POST /v1/sessions/{id}/stop': {
    input: PostV1SessionsIdStopInput;
    reply: PostV1SessionsIdStopReply;
  };
  /**
   * Begin the next run: clears suggestions that nobody has approved, and shows what the session has.
   */
  'POST /v1/sessions/{id}/runs': {
    input: PostV1SessionsIdRunsInput;
    reply: PostV1SessionsIdRunsReply;
  };
  /**
   * Buy for so many USD, or sell so many shares, now: executed in auto mode, suggested in manual mode.
   */
  'POST /v1/platforms/polymarket/market-order': {
    input: PostV1PlatformsPolymarketMarketOrderInput;
    reply: PostV1PlatformsPolymarketMarketOrderReply;
  };
  /**
   * Redeem settled positions of the session; those that are not settled are skipped and say so.
   */
  'POST /v1/platforms/polymarket/redeem-positions': {
    input: PostV1PlatformsPolymarketRedeemPositionsInput;
    reply: PostV1PlatformsPolymarketRedeemPositionsReply;
  };
  /**
   * Live positions of the session, with their markets.
   */
  'GET /v1/platforms/polymarket/positions': {
    input: GetV1PlatformsPolymarketPositionsInput;
    reply: GetV1PlatformsPolymarketPositionsReply;
  };
  /**
   * Live positions of the session, and its cash.
   */
  'GET /v1/positions/current': {
    input: GetV1PositionsCurrentInput;
    reply: GetV1PositionsCurrentReply;
  };
}
export interface PostApiV1OnboardInput {
  exchange?: string;
  mode: 'self' | 'managed';
  wallet_type?: 'eoa' | 'safe';
  eoa_address?: string;
  chain_id?: number;
  clob_api_key?: string;
  clob_api_secret?: string;
  clob_api_passphrase?: string;
  private_key?: string;
  signature_type?: 0 | 1 | 2 | 3;
  funder?: string;
  api_key_id?: string;
}
export interface PostApiV1OnboardReply {
  exchange: string;
  mode: 'self' | 'managed';
  status: 'complete' | 'already_linked';
  eoa_address: string | null;
  safe_address: string | null;
  linked_exchanges: string[];
  steps_completed: string[];
}
export interface DeleteApiV1OnboardInput {
  exchange?: string | number;
}
export interface PostApiV1BuilderOnboardInput {
  customer_id: string;
  exchange?: string;
  mode: 'self' | 'managed';
  wallet_type?: 'eoa' | 'safe';
  eoa_address?: string;
  chain_id?: number;
  clob_api_key?: string;
  clob_api_secret?: string;
  clob_api_passphrase?: string;
  private_key?: string;
  signature_type?: 0 | 1 | 2 | 3;
  funder?: string;
  api_key_id?: string;
}
export interface PostApiV1BuilderOnboardReply {
  exchange: string;
  mode: 'self' | 'managed';
  status: 'complete' | 'already_linked';
  eoa_address: string | null;
  safe_address: string | null;
  linked_exchanges: string[];
  steps_completed: string[];
  customer_id: string;
}
export interface GetApiV1WalletInput {}
export interface GetApiV1WalletReply {
  wallet: {
    eoa_address: string;
    wallet_type: 'eoa' | 'safe';
    safe_address?: string;
    chain_id: number;
    created_at: string;
    managed: boolean;
    signer_address?: string;
    funder?: string;
  } | null;
  wallets: {
    eoa_address: string;
    wallet_type: 'eoa' | 'safe';
    safe_address?: string;
    chain_id: number;
    created_at: string;
    managed: boolean;
    signer_address?: string;
    funder?: string;
  }[];
  session_signer: null;
  linked_exchanges: {
    exchange: string;
    has_credentials: boolean;
  }[];
}
export interface PostApiV1WalletExportKeyInput {}
export interface PostApiV1WalletExportKeyReply {
  address: string;
  private_key: string;
}
export interface GetApiV1PingInput {
  exchange?: string | number;
}
export interface PostApiV1OrdersInput {
  exchange?: string | number;
  market_id: string;
  outcome: string;
  side: 'buy' | 'sell';
  price: number;
  size: number;
  params?: {
    order_type?: 'gtc' | 'ioc' | 'fok' | 'gtd';
    /**
     * Unix seconds, with order_type gtd. On polymarket at least 180 s ahead: it ends an order one minute before this.
     */
    expiration?: number | string;
    client_order_id?: string;
    post_only?: boolean | ('true' | 'false');
  };
  fee_auth?: {
    order_id: string;
    payer: string;
    fee_amount: number | string;
    deadline: number | string;
    signature: string;
    payer_address?: string;
    signer_address?: string;
    affiliate?: string;
  };
  payer_address?: string;
  signer_address?: string;
  affiliate?: string;
}
export interface PostApiV1OrdersReply {
  id: string;
  market_id: string;
  outcome: string;
  side: 'buy' | 'sell';
  price: number;
  size: number;
  filled: number;
  status: 'pending' | 'open' | 'filled' | 'partially_filled' | 'cancelled' | 'rejected';
  created_at: string;
  updated_at: string;
}
export interface GetApiV1OrdersInput {
  exchange?: string | number;
  market_id?: string | number;
  status?: 'open' | 'closed' | 'all';
  limit?: number;
  start_ts?: number;
  end_ts?: number;
}
export interface GetApiV1OrdersIdInput {
  id: string | number;
  exchange?: string | number;
}
export interface GetApiV1OrdersIdReply {
  id: string;
  market_id: string;
  outcome: string;
  side: 'buy' | 'sell';
  price: number;
  size: number;
  filled: number;
  status: 'pending' | 'open' | 'filled' | 'partially_filled' | 'cancelled' | 'rejected';
  created_at: string;
  updated_at: string;
}
export interface DeleteApiV1OrdersIdInput {
  id: string | number;
  exchange?: string | number;
}
export interface DeleteApiV1OrdersIdReply {
  id: string;
  market_id: string;
  outcome: string;
  side: 'buy' | 'sell';
  price: number;
  size: number;
  filled: number;
  status: 'pending' | 'open' | 'filled' | 'partially_filled' | 'cancelled' | 'rejected';
  created_at: string;
  updated_at: string;
}
export interface GetApiV1PositionsInput {
  exchange?: string | number;
  market_id?: string | number;
}
export interface GetApiV1FillsInput {
  exchange?: string | number;
  market_id?: string | number;
  limit?: number;
}
export interface PostApiV1PolymarketCtfSplitInput {
  condition_id: string;
  amount: number | string;
}
export interface PostApiV1PolymarketCtfSplitReply {
  transaction_hash: string | null;
  status: 'confirmed' | 'failed' | 'pending';
}
export interface PostApiV1PolymarketCtfMergeInput {
  condition_id: string;
  amount: number | string;
}
export interface PostApiV1PolymarketCtfMergeReply {
  transaction_hash: string | null;
  status: 'confirmed' | 'failed' | 'pending';
}
export interface PostApiV1PolymarketCtfRedeemInput {
  condition_id: string;
  neg_risk?: boolean;
  /**
   * @minItems 2
   * @maxItems 2
   */
  amounts?: [number | string, number | string];
}
export interface PostApiV1PolymarketCtfRedeemReply {
  transaction_hash: string | null;
  status: 'confirmed' | 'failed' | 'pending';
}
export interface GetApiV1BalanceInput {
  exchange?: string | number;
  refresh?: 'true' | 'false';
}
export interface GetApiV1BalanceReply {
  raw: {
    [k: string]: unknown;
  };
  available: number;
  currency: 'USD' | 'USDC';
}
export interface GetApiV1ExchangesInput {}
export interface GetApiV1MarketsInput {
  exchanges?: string | number;
  status?: 'active' | 'open' | 'closed' | 'resolved';
  search?: string | number;
  min_volume?: string | number;
  min_liquidity?: string | number;
  limit?: number;
  cursor?: string | number;
  parsec_ids?: string | number;
}
export interface GetApiV1MarketsReply {
  scope: 'exchanges' | 'parsec_ids';
  markets: {
    parsec_id: string;
    parsec_group_id: string;
    exchange: string;
    exchange_market_id: string;
    exchange_group_id: string;
    question: string;
    group_title: string;
    status: 'active' | 'closed' | 'resolved';
    market_type: 'binary' | 'categorical';
    outcome_count: number;
    outcomes: {
      name: string;
      price?: number;
      token_id?: string;
    }[];
    volume_total: number;
    liquidity?: number;
    tick_size?: number;
    min_order_size?: number;
    end_date?: string;
    condition_id?: string;
  }[];
  pagination: {
    count: number;
    total: number;
    has_more: boolean;
    next_cursor?: string;
  };
  not_found_ids?: string[];
  status: {
    [k: string]: {
      success: boolean;
      error?: string;
    };
  };
}
export interface GetApiV1EventsInput {
  exchanges?: string | number;
  status?: 'active' | 'open' | 'closed' | 'resolved';
  search?: string | number;
  min_volume?: string | number;
  include_markets?: 'true' | 'false';
  limit?: number;
  cursor?: string | number;
}
export interface GetApiV1EventsReply {
  events: {
    event_id: string;
    exchange_group_id: string;
    title: string;
    status: 'active' | 'closed' | 'resolved';
    exchanges: string[];
    market_count: number;
    total_volume: number;
    category?: string;
    close_time?: string;
    markets?: {
      parsec_id: string;
      parsec_group_id: string;
      exchange: string;
      exchange_market_id: string;
      exchange_group_id: string;
      question: string;
      group_title: string;
      status: 'active' | 'closed' | 'resolved';
      market_type: 'binary' | 'categorical';
      outcome_count: number;
      outcomes: {
        name: string;
        price?: number;
        token_id?: string;
      }[];
      volume_total: number;
      liquidity?: number;
      tick_size?: number;
      min_order_size?: number;
      end_date?: string;
      condition_id?: string;
    }[];
  }[];
  pagination: {
    count: number;
    total: number;
    has_more: boolean;
    next_cursor?: string;
  };
  status: {
    [k: string]: {
      success: boolean;
      error?: string;
    };
  };
}
export interface GetApiV1OrderbookInput {
  parsec_id?: string | number;
  exchange?: string | number;
  market_id?: string | number;
  outcome?: string | number;
  limit?: number;
  depth?: number;
  start_ts?: string | number;
  end_ts?: string | number;
  cursor?: string | number;
}
export interface GetApiV1OrderbookReply {
  parsec_id: string;
  exchange: string;
  outcome: string;
  token_id: string | null;
  market_id: string;
  bids: [number, number][];
  asks: [number, number][];
  timestamp: string;
  tick_size?: number;
  min_order_size?: number;
}
export interface GetApiV1ExecutionPriceInput {
  parsec_id?: string | number;
  exchange?: string | number;
  market_id?: string | number;
  outcome?: string | number;
  side: 'buy' | 'sell';
  amount: string | number;
}
export interface GetApiV1ExecutionPriceReply {
  avg_price: number | null;
  total_cost: number;
  filled_amount: number;
  fully_filled: boolean;
  slippage: number | null;
  levels_consumed: number;
  worst_price: number | null;
  fee_estimate: number | null;
  net_cost: number | null;
  fee_info: {
    rate: number;
    exponent: number;
    basis?: 'cheaper-side';
  } | null;
}
export interface GetApiV1PriceInput {
  parsec_id?: string | number;
  exchange?: string | number;
  market_id?: string | number;
  outcome?: string | number;
  interval?: '1h' | '6h' | '1d' | '1w' | '1m' | 'max';
  start_ts?: string | number;
  end_ts?: string | number;
  at_ts?: string | number;
}
export interface GetApiV1PriceReply {
  parsec_id: string;
  exchange: string;
  market_id: string;
  outcome: string;
  interval: '1h' | '6h' | '1d' | '1w' | '1m' | 'max';
  candles: {
    timestamp: string;
    open: number;
    high: number;
    low: number;
    close: number;
    volume: number | null;
  }[];
}
export interface GetApiV1TradesInput {
  parsec_id?: string | number;
  exchange?: string | number;
  market_id?: string | number;
  outcome?: string | number;
  limit?: number;
  cursor?: string | number;
  start_ts?: number;
  end_ts?: number;
}
export interface GetApiV1TradesReply {
  parsec_id: string;
  exchange: string;
  market_id: string;
  outcome: string;
  token_id: string | null;
  trades: {
    id: string;
    price: number;
    size: number;
    side: 'buy' | 'sell';
    aggressor_side: 'buy' | 'sell';
    outcome: string;
    timestamp: string;
    source_channel: string;
  }[];
  has_more: boolean;
  next_cursor: string | null;
}
export interface GetApiV1UserActivityInput {
  address: string | number;
  exchanges?: string | number;
}
export interface GetApiV1UserActivityReply {
  exchanges: {
    [k: string]: {
      raw: unknown;
    };
  };
  status: {
    [k: string]: {
      success: boolean;
      error?: string;
    };
  };
}
export interface GetApiV1UsageInput {}
export interface GetApiV1UsageReply {
  tier: 'free' | 'pro' | 'pro_plus' | 'enterprise';
  billing_period_start: number;
  billing_period_end: number;
  limits: {
    monthly_requests: number;
    rest_qps: number;
    rest_qps_burst: number;
    ws_max_subscriptions: number;
    ws_max_depth: number;
    history_max_age_days: number;
  };
  usage: {
    monthly_requests: number;
    ws_active_connections: number;
    ws_active_subscriptions: number;
  };
}
export interface GetApiV1WsUsageInput {
  scope?: 'self' | 'global';
  limit?: number;
}
export interface GetApiV1WsUsageReply {
  scope: 'self';
  updated_at_ms: number;
  totals: {
    active_connections: number;
    active_subscriptions: number;
    connections_opened_total: number;
    connections_closed_total: number;
    auth_failures_total: number;
    subscribe_requests_total: number;
    unsubscribe_requests_total: number;
    messages_sent_total: number;
    bytes_sent_total: number;
  };
  customers: unknown[];
  top_markets: {
    parsec_id: string;
    subscriptions_total: number;
  }[];
}
export interface PostApiV1BuilderUsersInput {
  external_id: string;
  email?: string;
  qps_limit?: number;
}
export interface PostApiV1BuilderUsersReply {
  customer_id: string;
  external_id: string;
  email: string | null;
  api_key: string | null;
  status: 'complete';
  qps_limit: number;
  linked_exchanges: string[];
  wallet: {
    eoa_address: string;
    wallet_type: 'eoa' | 'safe';
    safe_address?: string;
    chain_id: number;
    created_at: string;
    managed: boolean;
    signer_address?: string;
    funder?: string;
  } | null;
  fee_escrow_enabled: boolean;
  fee_bps: number | null;
  affiliate_address: string | null;
  created_at: string;
}
export interface GetApiV1BuilderUsersInput {
  limit?: number;
  cursor?: string | number;
}
export interface GetApiV1BuilderUsersReply {
  users: {
    customer_id: string;
    external_id: string;
    email: string | null;
    api_key: string | null;
    status: 'complete';
    qps_limit: number;
    linked_exchanges: string[];
    wallet: {
      eoa_address: string;
      wallet_type: 'eoa' | 'safe';
      safe_address?: string;
      chain_id: number;
      created_at: string;
      managed: boolean;
      signer_address?: string;
      funder?: string;
    } | null;
    fee_escrow_enabled: boolean;
    fee_bps: number | null;
    affiliate_address: string | null;
    created_at: string;
  }[];
  count: number;
  next_cursor?: string;
}
export interface GetApiV1BuilderUsersCustomerIdInput {
  customer_id: string | number;
}
export interface GetApiV1BuilderUsersCustomerIdReply {
  customer_id: string;
  external_id: string;
  email: string | null;
  api_key: string | null;
  status: 'complete';
  qps_limit: number;
  linked_exchanges: string[];
  wallet: {
    eoa_address: string;
    wallet_type: 'eoa' | 'safe';
    safe_address?: string;
    chain_id: number;
    created_at: string;
    managed: boolean;
    signer_address?: string;
    funder?: string;
  } | null;
  fee_escrow_enabled: boolean;
  fee_bps: number | null;
  affiliate_address: string | null;
  created_at: string;
}
export interface PatchApiV1BuilderUsersCustomerIdInput {
  customer_id: string | number;
  qps_limit: number;
}
export interface PatchApiV1BuilderUsersCustomerIdReply {
  customer_id: string;
  external_id: string;
  email: string | null;
  api_key: string | null;
  status: 'complete';
  qps_limit: number;
  linked_exchanges: string[];
  wallet: {
    eoa_address: string;
    wallet_type: 'eoa' | 'safe';
    safe_address?: string;
    chain_id: number;
    created_at: string;
    managed: boolean;
    signer_address?: string;
    funder?: string;
  } | null;
  fee_escrow_enabled: boolean;
  fee_bps: number | null;
  affiliate_address: string | null;
  created_at: string;
}
export interface DeleteApiV1BuilderUsersCustomerIdInput {
  customer_id: string | number;
}
export interface PostApiV1BuilderUsersCustomerIdKeysInput {
  customer_id: string | number;
  name?: string;
  revoke_previous?: boolean;
}
export interface PostApiV1BuilderUsersCustomerIdKeysReply {
  id: string;
  customer_id: string;
  api_key: string;
  key_prefix: string;
  name: string | null;
  permissions: string[];
  created_at: string;
}
export interface GetApiV1BuilderPoolInput {}
export interface GetApiV1BuilderPoolReply {
  qps_pool: number;
  end_user_count: number;
  total_allocated_qps: number;
}
export interface GetApiV1BuilderEscrowConfigInput {}
export interface GetApiV1BuilderEscrowConfigReply {
  fee_escrow_enabled: boolean;
  fee_bps: number | null;
  affiliate_address: string | null;
  escrow_contract_address: string | null;
  min_fee_usdc: string | null;
  max_fee_usdc: string | null;
  min_fee_bps: number | null;
  treasury_address: string | null;
  affiliate_fee_bps: number | null;
}
export interface GetApiV1BuilderEscrowOrdersOrderIdInput {
  order_id: string | number;
}
export interface GetApiV1BuilderEscrowOrdersOrderIdReply {
  order_id: string;
  customer_id: string | null;
  venue_order_id: string | null;
  state: 'authorized' | 'void' | 'pulled' | 'distributed' | 'refunded' | 'divided';
  order_state: 'unsent' | 'live' | 'ended';
  payer: string;
  size: number;
  filled: number;
  fee_amount: string;
  pulled: string;
  distributed: string;
  refunded: string;
  held: string;
  in_flight: {
    kind: string;
    amount: string;
    transaction_hash: string;
  } | null;
  created_at: string;
  pulled_at: string | null;
}
export interface PutApiV1BuilderCredentialsInput {
  key: string;
  secret: string;
  passphrase: string;
  code?: string;
}
export interface PutApiV1BuilderCredentialsReply {
  has_credentials: boolean;
  updated_at: string | null;
}
export interface GetApiV1BuilderCredentialsInput {}
export interface GetApiV1BuilderCredentialsReply {
  has_credentials: boolean;
  updated_at: string | null;
}
export interface DeleteApiV1BuilderCredentialsInput {}
export interface PostApiV1BuilderSignInput {
  method: string;
  path: string;
  body?: string | null;
  timestamp?: number | null;
}
export interface PostApiV1BuilderSignReply {
  POLY_BUILDER_API_KEY: string;
  POLY_BUILDER_PASSPHRASE: string;
  POLY_BUILDER_SIGNATURE: string;
  POLY_BUILDER_TIMESTAMP: string;
}
export interface GetV1SessionsSuggestionsInput {
  status?: 'open' | 'all';
  limit?: number;
  cursor?: string | number;
}
export interface GetV1SessionsSuggestionsReply {
  suggestions: (
    | {
        suggestionId: number;
        run: number;
        status: 'open' | 'executing' | 'executed' | 'rejected' | 'cleared' | 'expired';
        createdAt: string;
        expiresAt: string | null;
        kind: 'market_order';
        tokenId: string;
        side: 'BUY' | 'SELL';
        size: string;
        worstPriceUsd: string;
      }
    | {
        suggestionId: number;
        run: number;
        status: 'open' | 'executing' | 'executed' | 'rejected' | 'cleared' | 'expired';
        createdAt: string;
        expiresAt: string | null;
        kind: 'redeem_positions';
        tokenIds: string[];
      }
  )[];
  nextCursor: string | null;
}
export interface DeleteV1SessionsSuggestionsInput {}
export interface DeleteV1SessionsSuggestionsReply {
  cleared: number;
}
export interface PostV1SessionsSuggestionsIdApproveInput {
  id: string | number;
}
export interface PostV1SessionsSuggestionsIdApproveReply {
  suggestionId: number;
  status: 'executed' | 'open';
  result:
    | {
        orderInfo: {
          orderId: string;
          side: 'BUY' | 'SELL';
          size: string;
          priceUsd: string;
          totalPriceUsd: string;
          txHashes: string[];
        };
      }
    | {
        success: boolean;
        position: {
          question: string;
          outcome: string;
          priceUsd: string;
          valueUsd: string;
          pnlUsd: string;
          pnlPercent: string;
          isRedeemable: boolean;
          contractAddress: string;
          tokenId: string | null;
          decimals: number;
          conditionId: string;
          formattedShares: string;
          shares: string;
          averagePriceUsd: string;
          initialValue: string;
          pnlRealizedUsd: string;
          pnlRealizedPercent: string;
          isNegativeRisk: boolean;
          imageUrl: string;
          endDate: string;
        } | null;
        transactionHash: string | null;
        skippedReason?: string;
      }[];
}
export interface PostV1SessionsSuggestionsIdRejectInput {
  id: string | number;
}
export interface PostV1SessionsSuggestionsIdRejectReply {
  suggestionId: number;
  status: 'rejected';
}
export interface PostV1SessionsInput {
  mode: 'auto' | 'manual';
  allocation_usd: number | string;
  venue?: 'paper' | 'polymarket';
}
export interface PostV1SessionsReply {
  session_id: number;
  mode: 'auto' | 'manual';
  run: number;
  status: 'created' | 'running' | 'paused' | 'stopped';
}
export interface GetV1SessionsInput {
  limit?: number;
  cursor?: string | number;
}
export interface GetV1SessionsReply {
  sessions: {
    session_id: number;
    mode: 'auto' | 'manual';
    run: number;
    status: 'created' | 'running' | 'paused' | 'stopped';
  }[];
  nextCursor: string | null;
}
export interface GetV1SessionsIdInput {
  id: string | number;
}
export interface GetV1SessionsIdReply {
  session_id: number;
  mode: 'auto' | 'manual';
  run: number;
  status: 'created' | 'running' | 'paused' | 'stopped';
  venue: 'paper' | 'polymarket';
  allocation_usd: string;
  balances: {
    asset: 'pUSD';
    amount: string;
    inFlight: string;
  }[];
  created_at: string;
}
export interface PostV1SessionsIdStartInput {
  id: string | number;
}
export interface PostV1SessionsIdStartReply {
  session_id: number;
  mode: 'auto' | 'manual';
  run: number;
  status: 'created' | 'running' | 'paused' | 'stopped';
}
export interface PostV1SessionsIdPauseInput {
  id: string | number;
}
export interface PostV1SessionsIdPauseReply {
  session_id: number;
  mode: 'auto' | 'manual';
  run: number;
  status: 'created' | 'running' | 'paused' | 'stopped';
}
export interface PostV1SessionsIdStopInput {
  id: string | number;
}
export interface PostV1SessionsIdStopReply {
  session_id: number;
  mode: 'auto' | 'manual';
  run: number;
  status: 'created' | 'running' | 'paused' | 'stopped';
}
export interface PostV1SessionsIdRunsInput {
  id: string | number;
}
export interface PostV1SessionsIdRunsReply {
  session_id: number;
  mode: 'auto' | 'manual';
  run: number;
  status: 'created' | 'running' | 'paused' | 'stopped';
  cleared: number;
  totalValue: number;
  positions: {
    question: string;
    outcome: string;
    priceUsd: string;
    valueUsd: string;
    pnlUsd: string;
    pnlPercent: string;
    isRedeemable: boolean;
    contractAddress: string;
    tokenId: string | null;
    decimals: number;
    conditionId: string;
    formattedShares: string;
    shares: string;
    averagePriceUsd: string;
    initialValue: string;
    pnlRealizedUsd: string;
    pnlRealizedPercent: string;
    isNegativeRisk: boolean;
    imageUrl: string;
    endDate: string;
  }[];
  balances: {
    asset: 'pUSD';
    amount: string;
    inFlight: string;
  }[];
}
export interface PostV1PlatformsPolymarketMarketOrderInput {
  tokenId: string;
  size: number;
  side: 'BUY' | 'SELL';
  idempotencyKey?: string;
  expiresAt?: string | null;
}
export interface PostV1PlatformsPolymarketRedeemPositionsInput {
  tokenIds: string[];
  idempotencyKey?: string;
}
export interface GetV1PlatformsPolymarketPositionsInput {}
export interface GetV1PlatformsPolymarketPositionsReply {
  totalValue: number;
  positions: {
    question: string;
    outcome: string;
    priceUsd: string;
    valueUsd: string;
    pnlUsd: string;
    pnlPercent: string;
    isRedeemable: boolean;
    contractAddress: string;
    tokenId: string | null;
    decimals: number;
    conditionId: string;
    formattedShares: string;
    shares: string;
    averagePriceUsd: string;
    initialValue: string;
    pnlRealizedUsd: string;
    pnlRealizedPercent: string;
    isNegativeRisk: boolean;
    imageUrl: string;
    endDate: string;
  }[];
}
export interface GetV1PositionsCurrentInput {}
export interface GetV1PositionsCurrentReply {
  totalValue: number;
  positions: {
    question: string;
    outcome: string;
    priceUsd: string;
    valueUsd: string;
    pnlUsd: string;
    pnlPercent: string;
    isRedeemable: boolean;
    contractAddress: string;
    tokenId: string | null;
    decimals: number;
    conditionId: string;
    formattedShares: string;
    shares: string;
    averagePriceUsd: string;
    initialValue: string;
    pnlRealizedUsd: string;
    pnlRealizedPercent: string;
    isNegativeRisk: boolean;
    imageUrl: string;
    endDate: string;
  }[];
  balances: {
    asset: 'pUSD';
    amount: string;
    inFlight: string;
  }[];
}

/** Codes of `X-Polysim-Code`. */
export type Reason =
  | 'INSUFFICIENT_BALANCE'
  | 'INSUFFICIENT_POSITION'
  | 'INVALID_QUANTITY'
  | 'PRICE_REQUIRED'
  | 'FOK_ORDER_NOT_FILLED_ERROR'
  | 'INVALID_ORDER_PAYLOAD'
  | 'INVALID_ORDER_MIN_TICK_SIZE'
  | 'UNSUPPORTED_ORDER_TYPE'
  | 'MARKET_NOT_FOUND'
  | 'MARKET_CLOSED'
  | 'ORDER_NOT_FOUND'
  | 'ORDER_NOT_CANCELLABLE'
  | 'DUPLICATE_CLIENT_ORDER_ID'
  | 'IDEMPOTENCY_KEY_REUSE'
  | 'IDEMPOTENCY_CONFLICT_PENDING'
  | 'EXECUTION_ERROR'
  | 'PERSISTENCE_UNKNOWN'
  | 'VENUE_UNAVAILABLE'
  | 'VENUE_LOCATION_REFUSED'
  | 'VENUE_ACCOUNT_REFUSED'
  | 'BATCH_LIMIT_EXCEEDED'
  | 'CONFIRMATION_REQUIRED'
  | 'ORDERS_NOT_CANCELLED'
  | 'VALIDATION_FAILED'
  | 'MISSING_PARAMETER'
  | 'INVALID_CURSOR'
  | 'INVALID_TIME_FILTER'
  | 'INVALID_INTERVAL'
  | 'TOKEN_NOT_FOUND'
  | 'WALLET_NOT_FOUND'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'INTERNAL_ERROR'
  | 'MISSING_AUTH'
  | 'MISSING_API_KEY'
  | 'INVALID_KEY'
  | 'KEY_EXPIRED'
  | 'KEY_DEACTIVATED'
  | 'INVALID_TOKEN'
  | 'TOKEN_EXPIRED'
  | 'INSUFFICIENT_PERMISSION'
  | 'ACCESS_RESTRICTED'
  | 'CLOSED_BETA'
  | 'API_PRO_COMING_SOON'
  | 'TIER_REQUIRES_UPGRADE'
  | 'BOOTSTRAP_NOT_ALLOWED'
  | 'UPGRADE_REQUIRED'
  | 'RATE_LIMIT_EXCEEDED'
  | 'RATE_LIMITED'
  | 'EXCHANGE_NOT_FOUND'
  | 'NOT_SUPPORTED'
  | 'CUSTOMER_NOT_FOUND'
  | 'CUSTOMER_FORBIDDEN'
  | 'CREDENTIALS_REQUIRED'
  | 'AUTHENTICATION_FAILED'
  | 'CREDENTIALS_LINKED'
  | 'IMPERSONATION_NEEDS_KEY'
  | 'EXTERNAL_ID_CONFLICT'
  | 'REDIRECT_NOT_ALLOWED'
  | 'EXCHANGE_REFUSED'
  | 'SCALE_SUSPECTED'
  | 'ORDER_REJECTED'
  | 'SESSION_NOT_FOUND'
  | 'SESSION_STATE_CONFLICT'
  | 'ATTEMPT_CONFLICT'
  | 'POSITION_NOT_HELD'
  | 'SUGGESTION_NOT_FOUND'
  | 'SUGGESTION_CONFLICT';
