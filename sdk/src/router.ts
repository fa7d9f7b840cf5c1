import { methodsOf, type Methods } from './methods.ts';
import type { CallOptions, ClientOptions } from './options.ts';

/** The order router: what acts for an account. */
const accountMethods = {
  placeOrder: 'POST /api/v1/orders',
  cancelOrder: 'DELETE /api/v1/orders/{id}',
  order: 'GET /api/v1/orders/{id}',
  orders: 'GET /api/v1/orders',
  positions: 'GET /api/v1/positions',
  fills: 'GET /api/v1/fills',
  balance: 'GET /api/v1/balance',
  ping: 'GET /api/v1/ping',
  onboard: 'POST /api/v1/onboard',
  unlink: 'DELETE /api/v1/onboard',
  wallet: 'GET /api/v1/wallet',
  exportKey: 'POST /api/v1/wallet/export-key',
  split: 'POST /api/v1/polymarket/ctf/split',
  merge: 'POST /api/v1/polymarket/ctf/merge',
  redeem: 'POST /api/v1/polymarket/ctf/redeem',
  exchanges: 'GET /api/v1/exchanges',
  markets: 'GET /api/v1/markets',
  events: 'GET /api/v1/events',
  orderbook: 'GET /api/v1/orderbook',
  executionPrice: 'GET /api/v1/execution-price',
  price: 'GET /api/v1/price',
  trades: 'GET /api/v1/trades',
  userActivity: 'GET /api/v1/user-activity',
  usage: 'GET /api/v1/usage',
  websocketUsage: 'GET /api/v1/ws/usage',
} as const;

/** What only a builder's key may do. */
const builderMethods = {
  createUser: 'POST /api/v1/builder/users',
  users: 'GET /api/v1/builder/users',
  user: 'GET /api/v1/builder/users/{customer_id}',
  updateUser: 'PATCH /api/v1/builder/users/{customer_id}',
  deleteUser: 'DELETE /api/v1/builder/users/{customer_id}',
  issueUserKey: 'POST /api/v1/builder/users/{customer_id}/keys',
  onboardUser: 'POST /api/v1/builder/onboard',
  pool: 'GET /api/v1/builder/pool',
  escrowConfig: 'GET /api/v1/builder/escrow/config',
  escrowOrder: 'GET /api/v1/builder/escrow/orders/{order_id}',
  storeCredentials: 'PUT /api/v1/builder/credentials',
  credentials: 'GET /api/v1/builder/credentials',
  removeCredentials: 'DELETE /api/v1/builder/credentials',
  sign: 'POST /api/v1/builder/sign',
} as const;

export interface Router extends Methods<typeof accountMethods> {
  readonly builder: Methods<typeof builderMethods>;
  /** The same, with other options unless a call gives its own: `router.with({ customer })` acts as that customer. */
  readonly with: (options: Omit<CallOptions, 'idempotencyKey'>) => Router;
}

/** A client of `/api/v1`. Makes no request by itself, and never throws. */
export const createRouter = (client: ClientOptions, always: CallOptions = {}): Router =>
  routerOf(client, () => always);

const routerOf = (client: ClientOptions, always: () => CallOptions): Router => ({
  ...methodsOf(client, accountMethods, always),
  builder: methodsOf(client, builderMethods),
  with: (options) => routerOf(client, () => ({ ...always(), ...options })),
});
