import type { Schema } from '../support/from-schema.ts';
import type { Operation } from '../support/operations.ts';

/** What an id can name that belongs to somebody. */
export type IdKind =
  | 'order'
  | 'wallet'
  | 'key'
  | 'customer'
  | 'tenant'
  | 'account'
  | 'trader_user'
  | 'partner_account'
  /** A name that a caller gives to its own command: `client_order_id`, `Idempotency-Key`. */
  | 'command'
  | 'external_id'
  /** A payer's id of an order with a fee, as its builder asks for it. */
  | 'escrow'
  /** An agent's session. */
  | 'session'
  /** What one suggests: its session's number, a colon, its own. */
  | 'suggestion';

/** One place of one operation where an id can stand. */
export interface Slot {
  readonly operation: Operation;
  readonly place: 'path' | 'query' | 'header' | 'body';
  readonly name: string;
  readonly kind: IdKind;
}

/** Names that name nobody's own object, wherever they stand. */
const nobodys = new Set(
  [
    // What the venue lists for everybody.
    'token condition market market_id asset_id asset_type token_id tokenId token_ids exchange outcome',
    'parsec_id parsec_ids exchanges address depth at_ts search min_volume min_liquidity include_markets scope',
    // Filters and places in the caller's own lists.
    'status side limit cursor next_cursor before after maker_address startTs endTs interval fidelity refresh',
    'start_ts end_ts',
    // Terms of an order. On paper its parties and signature are not looked at.
    'order orders salt maker signer taker makerAmount takerAmount expiration nonce feeRateBps signatureType',
    'timestamp metadata builder signature owner orderType deferExec postOnly price size quantity order_type',
    'post_only fee_rate_bps signature_type amount time_in_force interval_ms params',
    // Of a fee: the payer's word, which proves itself, and what a wallet does on chain with its own.
    'fee_auth payer fee_amount deadline payer_address signer_address affiliate condition_id amounts neg_risk',
    'fee_escrow_enabled fee_bps min_fee_usdc max_fee_usdc min_fee_bps affiliate_address affiliate_fee_bps',
    'treasury_address',
    // Credentials, which prove themselves, and what is signed with them.
    'clob_api_key clob_api_secret clob_api_passphrase private_key api_key_id eoa_address funder key secret',
    'passphrase method path body code X-Exchange-Credentials',
    // Settings.
    'name starting_balance tier permissions mode wallet_type chain_id email qps_limit revoke_previous confirm roles',
    'admission flagged under_review beta_cutoff wallet_address keys is_active expires_at self_serve cohort_label',
    'stage rules redirect_url redirects mail_sender address enabled',
    'cohort_cap reopens_at default_venue X-Postern-Venue X-Confirm-Cancel-All X-Stainless-Retry-Count X-Polysim-Verbose',
    'X-Request-Id',
    // Of an agent's order, and its names of attempts, which are its session's run's own.
    'venue allocation_usd tokenIds expiresAt idempotencyKey',
    // Comes back as it went in: the switch is the account's.
    'heartbeat_id',
  ].flatMap((line) => line.split(' ')),
);

const kinds: Readonly<Record<string, IdKind>> = {
  'X-Postern-Wallet': 'wallet',
  wallet_id: 'wallet',
  'X-Builder-Customer-Id': 'customer',
  customer_id: 'customer',
  external_id: 'external_id',
  'Idempotency-Key': 'command',
  client_order_id: 'command',
  orderID: 'order',
  order_id: 'escrow',
  tenant: 'tenant',
  account: 'account',
  user_id: 'trader_user',
  account_id: 'partner_account',
  'X-Session-Id': 'session',
};

/** What a bare `id` names, by its route. `[]` is a body that is a list of ids. */
const kindsByRoute: readonly (readonly [RegExp, IdKind])[] = [
  [/^\/v1\/orders(?:\/\{id\})?$/, 'order'],
  [/^\/api\/v1\/orders\/\{id\}$/, 'order'],
  [/^\/v1\/data\/(?:orders|trades|order\/\{id\})$/, 'order'],
  [/^\/v1\/me\/wallets\/\{id\}/, 'wallet'],
  [/^\/v1\/keys\/\{id\}/, 'key'],
  [/^\/v1\/sessions\/\{id\}/, 'session'],
  [/^\/v1\/sessions\/suggestions\/\{id\}/, 'suggestion'],
  [/^\/admin\/v1\/tenants\/\{tenant\}\/keys\/\{id\}$/, 'key'],
];

function kindOf(name: string, { path }: Operation): IdKind | undefined {
  if (name !== 'id' && name !== '[]') return kinds[name];
  return kindsByRoute.find(([route]) => route.test(path))?.[1];
}

type Named = Pick<Slot, 'operation' | 'place' | 'name'>;

/** Every name that an operation takes, but for those that name nobody's object. */
function namesOf(operation: Operation): readonly Named[] {
  // Ids of the exchange: it tells desks apart by their sessions (exchange.test.ts), and none of these callers is one.
  if (/^\/(?:api|auth)\/v1beta1\//.test(operation.path)) return [];
  const parameters = operation.parameters.map(({ in: place, name }) => ({ place, name }));
  const members = [...membersOf(operation.body)].map((name) => ({ place: 'body' as const, name }));
  return [...parameters, ...members]
    .filter(({ name }) => !nobodys.has(name))
    .map((named) => ({ operation, ...named }));
}

/** Names of members at any depth; `[]` for a body that is a list of texts. */
function membersOf(schema: Schema | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = ({ properties = {}, anyOf = [], prefixItems = [], items }: Schema): void => {
    for (const [name, inner] of Object.entries(properties)) {
      names.add(name);
      walk(inner);
    }
    for (const inner of [...anyOf, ...prefixItems]) walk(inner);
    if (items) walk(items);
  };
  if (schema) walk(schema);
  const isList = [schema, ...(schema?.anyOf ?? [])].some((one) => one?.items && one.items.type === 'string');
  return isList ? names.add('[]') : names;
}

/** Where ids stand in the operations of a document, and the names of which nobody has said what they name. */
export function slotsOf(operations: readonly Operation[]): {
  readonly slots: readonly Slot[];
  readonly strange: readonly string[];
} {
  // In `fee_auth` it is the payer's own, and public on the chain.
  const own = ({ place, name }: Named): boolean => place === 'body' && name === 'order_id';
  const named = operations
    .flatMap(namesOf)
    .filter((one) => !own(one))
    .map((one) => ({ ...one, kind: kindOf(one.name, one.operation) }));
  return {
    slots: named.filter((one): one is Slot => one.kind !== undefined),
    strange: named.filter(({ kind }) => kind === undefined).map(labelOf),
  };
}

export const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;
export const labelOf = ({ operation, place, name }: Named): string =>
  `${nameOf(operation)}, ${place} ${name}`;
