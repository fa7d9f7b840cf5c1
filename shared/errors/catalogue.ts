/**
 * Every reason for which Postern refuses or fails a request (contract: errors and limits).
 * A surface's mapper turns a reason into its own wire shape; `docs/errors.md` is generated from this table.
 */
export interface ErrorEntry {
  /** HTTP status of the reply. */
  readonly status: number;
  /** Sentence a caller reads when the place of failure has nothing more exact to say. */
  readonly sentence: string;
  /** Whether the very same request may succeed later without the caller changing anything. */
  readonly retryable: boolean;
  /** What the caller should do next. */
  readonly action: string;
}

const entry = (status: number, sentence: string, action: string, retryable = false): ErrorEntry => ({
  status,
  sentence,
  action,
  retryable,
});

const trading = {
  INSUFFICIENT_BALANCE: entry(
    400,
    'Account balance is insufficient for the order cost',
    'Lower the size or price, or cancel resting orders: they reserve cash.',
  ),
  INSUFFICIENT_POSITION: entry(
    400,
    'Position is insufficient for the order size',
    'Sell at most the free holding of this token. There are no naked shorts: buy the other outcome instead.',
  ),
  INVALID_QUANTITY: entry(
    400,
    'Quantity must be positive',
    'Send a quantity above zero and at or above the minimum.',
  ),
  PRICE_REQUIRED: entry(
    400,
    'A market order needs its worst price',
    'Send `price`: the worst price you accept.',
  ),
  FOK_ORDER_NOT_FILLED_ERROR: entry(
    400,
    "order couldn't be fully filled. FOK orders are fully filled or killed.",
    'Widen the worst price, lower the size, or use FAK to take what is there.',
  ),
  INVALID_ORDER_PAYLOAD: entry(400, 'Invalid order payload', 'Correct the member that the sentence names.'),
  INVALID_ORDER_MIN_TICK_SIZE: entry(
    400,
    "Price breaks the market's tick size",
    'Round the price to a multiple of GET /v1/tick-size/{token_id}.',
  ),
  UNSUPPORTED_ORDER_TYPE: entry(400, 'order_type IOC is not supported here', 'Use GTC to rest, or FOK.'),
  MARKET_NOT_FOUND: entry(404, 'Market not found', 'Check the id with GET /v1/markets-by-token/{token_id}.'),
  MARKET_CLOSED: entry(400, 'Market is closed', 'Nothing: this market takes no more orders.'),
  ORDER_NOT_FOUND: entry(404, 'Order not found', 'List the orders of this account with GET /v1/data/orders.'),
  ORDER_NOT_CANCELLABLE: entry(
    400,
    'Order can no longer be cancelled',
    'Nothing: it is filled, cancelled or expired.',
  ),
  DUPLICATE_CLIENT_ORDER_ID: entry(
    409,
    'client_order_id is bound to a different order',
    'Use a new client_order_id for a new order.',
  ),
  IDEMPOTENCY_KEY_REUSE: entry(
    409,
    'Idempotency-Key was used with a different request',
    'Use a new key for a new request; repeat the first body to get the first reply.',
  ),
  IDEMPOTENCY_CONFLICT_PENDING: entry(
    409,
    'A request with this Idempotency-Key is still in progress',
    'Send the same request again after Retry-After.',
    true,
  ),
  EXECUTION_ERROR: entry(500, 'The order could not be executed', 'Nothing was saved. Report the request id.'),
  PERSISTENCE_UNKNOWN: entry(
    503,
    'The order was sent; its outcome is not known yet',
    'Do not place it again: look the order up until it is settled.',
  ),
  VENUE_UNAVAILABLE: entry(
    503,
    'The venue is unavailable',
    'Nothing was sent. Retry after Retry-After.',
    true,
  ),
  VENUE_LOCATION_REFUSED: entry(
    403,
    'The venue refuses the place that this gateway sends from',
    'Nothing is wrong with the request or the key. Ask the operator: the gateway must run where the venue admits it.',
  ),
  VENUE_ACCOUNT_REFUSED: entry(
    403,
    'The venue does not let this account place orders',
    'Read the sentence: the account is banned or may only close, or its wallet is not one that the venue admits.',
  ),
  BATCH_LIMIT_EXCEEDED: entry(
    400,
    "The batch is larger than the tier's limit",
    'Split it: see GET /v1/keys/tiers.',
  ),
  CONFIRMATION_REQUIRED: entry(
    400,
    'Cancelling all orders needs a confirmation',
    'Repeat with ?confirm=true or X-Confirm-Cancel-All: true.',
  ),
  ORDERS_NOT_CANCELLED: entry(
    409,
    'Not every open order could be cancelled',
    'Repeat: each call cancels more.',
    true,
  ),
} as const satisfies Record<string, ErrorEntry>;

const request = {
  VALIDATION_FAILED: entry(
    422,
    'Request validation failed',
    'Correct the members in details.issues (send X-Polysim-Verbose: true to see them).',
  ),
  MISSING_PARAMETER: entry(400, 'A parameter is missing', 'Send the parameter that the sentence names.'),
  INVALID_CURSOR: entry(400, 'Invalid cursor', 'Send next_cursor of the previous page, unchanged.'),
  INVALID_TIME_FILTER: entry(400, 'Invalid time filter', 'Send Unix seconds, with `after` before `before`.'),
  INVALID_INTERVAL: entry(400, 'Invalid interval', 'Use one of 1h, 6h, 1d, 1w, max.'),
  TOKEN_NOT_FOUND: entry(
    404,
    'Token not found',
    'Check the token id with GET /v1/markets-by-token/{token_id}.',
  ),
  WALLET_NOT_FOUND: entry(404, 'Wallet not found', 'List the wallets with GET /v1/me/wallets.'),
  NOT_FOUND: entry(404, 'Not found', 'Check the path: GET /openapi.json lists every route.'),
  METHOD_NOT_ALLOWED: entry(405, 'Method not allowed', 'Use one of the methods in the Allow header.'),
  PAYLOAD_TOO_LARGE: entry(413, 'Request body is larger than 256 KB', 'Send a smaller body.'),
  UNSUPPORTED_MEDIA_TYPE: entry(
    415,
    'Content-Type must be application/json',
    'Send Content-Type: application/json.',
  ),
  INTERNAL_ERROR: entry(500, 'Internal error', 'Report the request id.', true),
} as const satisfies Record<string, ErrorEntry>;

const access = {
  MISSING_AUTH: entry(401, 'Missing credentials', 'Send X-API-Key, or Authorization: Bearer.'),
  MISSING_API_KEY: entry(401, 'Missing API key', 'Send X-API-Key (or POLY_API_KEY).'),
  INVALID_KEY: entry(401, 'Invalid API key', 'Check the key; a revoked key never works again.'),
  KEY_EXPIRED: entry(401, 'API key has expired', 'Issue or rotate a key with POST /v1/keys.'),
  KEY_DEACTIVATED: entry(401, 'API key has been deactivated', 'Ask the operator.'),
  INVALID_TOKEN: entry(401, 'Invalid token', 'Sign in again to get a fresh token.'),
  TOKEN_EXPIRED: entry(401, 'Token has expired', 'Sign in again to get a fresh token.'),
  INSUFFICIENT_PERMISSION: entry(
    403,
    'API key is missing a required permission',
    'Use a key with the permission that the sentence names.',
  ),
  ACCESS_RESTRICTED: entry(
    403,
    'API access restricted. Contact support to request access.',
    'Ask the operator to admit the account.',
  ),
  CLOSED_BETA: entry(
    403,
    'The API is in closed beta. Join the waitlist to request access.',
    'Join the waitlist.',
  ),
  API_PRO_COMING_SOON: entry(
    403,
    'API access for paying plans is rolling out in cohorts.',
    'Wait for your cohort.',
  ),
  TIER_REQUIRES_UPGRADE: entry(403, 'The tier does not include this', 'Upgrade the plan.'),
  BOOTSTRAP_NOT_ALLOWED: entry(400, 'A key exists already', 'Use POST /v1/keys with a key or a token.'),
  UPGRADE_REQUIRED: entry(402, 'The plan does not include this', 'Upgrade at upgrade_url.'),
  RATE_LIMIT_EXCEEDED: entry(429, 'Rate limit exceeded', 'Retry after Retry-After.', true),
  RATE_LIMITED: entry(429, 'Too many trade writes in flight', 'Retry after retry_after_ms.', true),
} as const satisfies Record<string, ErrorEntry>;

const router = {
  EXCHANGE_NOT_FOUND: entry(404, 'Unknown exchange', 'Use one of the exchanges that the sentence names.'),
  NOT_SUPPORTED: entry(501, 'This exchange does not support this', 'Use an exchange that does.'),
  CUSTOMER_NOT_FOUND: entry(404, 'Customer not found', 'List the customers with GET /api/v1/builder/users.'),
  CUSTOMER_FORBIDDEN: entry(
    403,
    'This key cannot act as this customer',
    'Send the customer_id of one of your own customers in X-Builder-Customer-Id.',
  ),
  CREDENTIALS_REQUIRED: entry(
    403,
    'This account has no credentials for this exchange',
    'Onboard it with POST /api/v1/onboard, or send X-Exchange-Credentials.',
  ),
  AUTHENTICATION_FAILED: entry(
    403,
    'The exchange does not accept these credentials',
    'Correct the member that validation_errors names, or onboard again with new credentials.',
  ),
  CREDENTIALS_LINKED: entry(
    409,
    'Other credentials are linked',
    'Unlink them with DELETE /api/v1/onboard?exchange= first. A managed wallet goes with its key.',
  ),
  IMPERSONATION_NEEDS_KEY: entry(
    400,
    "X-Builder-Customer-Id goes with a builder's API key, not with a user token",
    "Send the builder's key in X-API-Key.",
  ),
} as const satisfies Record<string, ErrorEntry>;

const exchange = {
  EXCHANGE_REFUSED: entry(400, 'The exchange refused the request', 'Correct what the sentence names.'),
  SCALE_SUSPECTED: entry(
    400,
    'The price is not scaled as the instrument says',
    'Send whole numbers over price_scale and fractional_qty_scale of POST /api/v1beta1/list_instruments.',
  ),
  ORDER_REJECTED: entry(
    409,
    'The exchange rejected the order',
    'Read the sentence: the order was not accepted. Its clord_id is used up.',
  ),
} as const satisfies Record<string, ErrorEntry>;

const partner = {
  EXTERNAL_ID_CONFLICT: entry(
    409,
    'external_id belongs to something else',
    'Repeat the values that it was created with, or choose another external_id.',
  ),
  REDIRECT_NOT_ALLOWED: entry(
    400,
    'redirect_url is not on the allow-list',
    'Ask the operator to add its origin and path.',
  ),
} as const satisfies Record<string, ErrorEntry>;

const agents = {
  SESSION_NOT_FOUND: entry(
    404,
    'Session not found',
    'Send the session_id of POST /v1/sessions in X-Session-Id, with a key of the same account.',
  ),
  SESSION_STATE_CONFLICT: entry(
    409,
    'The session is in another state',
    'Start a session that is created or paused; one that is stopped stays so.',
  ),
  ATTEMPT_CONFLICT: entry(
    409,
    'An attempt under this idempotencyKey is active or was submitted in this run',
    'Do not send it again: look at the positions. For a new action use a new key.',
  ),
  POSITION_NOT_HELD: entry(
    404,
    'The session does not hold a position that was asked for',
    'List the positions of the session and send only their tokenIds. Nothing was redeemed.',
  ),
  SUGGESTION_NOT_FOUND: entry(
    404,
    'Suggestion not found',
    'List the suggestions of this session with GET /v1/sessions/suggestions.',
  ),
  SUGGESTION_CONFLICT: entry(
    409,
    'The suggestion can no longer be approved',
    'Read the sentence: it says what became of the suggestion.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export const errorCatalogue = {
  ...trading,
  ...request,
  ...access,
  ...router,
  ...partner,
  ...exchange,
  ...agents,
} as const;

/** Machine code of a failure: the union that callers switch on. */
export type Reason = keyof typeof errorCatalogue;

/** The catalogue by headings, for the generated page. */
export const errorSections: Readonly<Record<string, Readonly<Record<string, ErrorEntry>>>> = {
  Trading: trading,
  Requests: request,
  'Credentials and limits': access,
  'Order router and builders': router,
  'Institutional exchange': exchange,
  'Prop firms': partner,
  Agents: agents,
};
