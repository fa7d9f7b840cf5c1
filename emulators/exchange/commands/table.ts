import type * as z from 'zod';
import type { User } from '../auth/users.ts';
import type { WireRecord } from '../engine/views.ts';
import { takeToken } from '../rate-limits.ts';
import { nowMs, type Venue } from '../state.ts';
import { requireCaller, type Credentials, type Scope } from './caller.ts';
import * as lookups from './lookups.ts';
import { insertSchema } from './order-terms.ts';
import * as orders from './order-entry.ts';
import * as reference from './reference.ts';
import { read } from './wire.ts';

/** One thing that the exchange does, whichever way it is asked: REST of either dialect, or unary gRPC. */
export interface Command {
  /** `POST /api/v1beta1/<rpc>`; rate limits name it by this, too. */
  readonly rpc: string;
  /** REST of the v1 dialect. */
  readonly v1: readonly [method: 'GET' | 'POST', path: string];
  /** `<service>/<method>`, where our `.proto` files have it. */
  readonly grpc?: string;
  readonly scope: Scope;
  /** `body` as v1beta1 writes it. @throws ExchangeError. */
  readonly run: (venue: Venue, user: User, body: unknown) => WireRecord;
}

function command<T>(
  rpc: string,
  v1: Command['v1'],
  schema: z.ZodType<T>,
  run: (venue: Venue, user: User, request: T) => WireRecord,
  { grpc, scope = 'account' }: { readonly grpc?: string; readonly scope?: Scope } = {},
): Command {
  return {
    rpc,
    v1,
    scope,
    ...(grpc === undefined ? {} : { grpc }),
    run: (venue, user, body) => run(venue, user, read(schema, body)),
  };
}

const TRADING = '/v1/trading/orders';
const ENTRY = 'OrderEntryAPI';
const POSITION = 'PositionAPI';

/** v1 paths: docs.polymarket.us, the overviews of Trading, Report, Positions and RefData. */
export const commands: readonly Command[] = [
  command('insert_order', ['POST', TRADING], insertSchema, orders.insertOne, {
    grpc: `${ENTRY}/InsertOrder`,
  }),
  command('insert_order_list', ['POST', `${TRADING}/list`], orders.insertListSchema, orders.insertList, {
    grpc: `${ENTRY}/InsertOrderList`,
  }),
  command('preview_order', ['POST', `${TRADING}/preview`], orders.previewSchema, orders.preview, {
    grpc: `${ENTRY}/PreviewOrder`,
  }),
  command('cancel_order', ['POST', `${TRADING}/cancel`], orders.cancelSchema, orders.cancelOne, {
    grpc: `${ENTRY}/CancelOrder`,
  }),
  command(
    'cancel_order_list',
    ['POST', `${TRADING}/cancel/list`],
    orders.cancelListSchema,
    orders.cancelList,
    {
      grpc: `${ENTRY}/CancelOrderList`,
    },
  ),
  command('cancel_replace_order', ['POST', `${TRADING}/replace`], orders.replaceSchema, orders.replaceOne, {
    grpc: `${ENTRY}/CancelReplaceOrder`,
  }),
  command(
    'cancel_replace_order_list',
    ['POST', `${TRADING}/replace/list`],
    orders.replaceListSchema,
    orders.replaceList,
    { grpc: `${ENTRY}/CancelReplaceOrderList` },
  ),
  command('get_open_orders', ['GET', `${TRADING}/open`], lookups.openOrdersSchema, lookups.openOrders, {
    grpc: `${ENTRY}/GetOpenOrders`,
  }),
  command('list_account_positions', ['GET', '/v1/positions'], lookups.positionsSchema, lookups.positions, {
    grpc: `${POSITION}/ListAccountPositions`,
  }),
  command('get_account_balance', ['POST', '/v1/positions/balance'], lookups.balanceSchema, lookups.balance, {
    grpc: `${POSITION}/GetAccountBalance`,
  }),
  command(
    'list_account_balances',
    ['POST', '/v1/positions/balances'],
    lookups.balancesSchema,
    lookups.balances,
    {
      grpc: `${POSITION}/ListAccountBalances`,
    },
  ),
  command('search_orders', ['POST', '/v1/report/orders/search'], lookups.ordersSchema, lookups.searchOrders),
  command(
    'search_executions',
    ['POST', '/v1/report/executions/search'],
    lookups.executionsSchema,
    lookups.searchExecutions,
  ),
  command(
    'list_instruments',
    ['POST', '/v1/refdata/instruments'],
    reference.instrumentsSchema,
    reference.instruments,
    { scope: 'reference' },
  ),
  command('list_symbols', ['POST', '/v1/refdata/symbols'], reference.nothingSchema, reference.symbols, {
    scope: 'reference',
  }),
  command('list_accounts', ['GET', '/v1/accounts'], reference.nothingSchema, reference.accounts),
  command('whoami', ['GET', '/v1/whoami'], reference.nothingSchema, reference.whoami, { scope: 'reference' }),
];

/** @throws ExchangeError. */
export function runCommand(
  venue: Venue,
  { rpc, scope, run }: Command,
  credentials: Credentials,
  body: unknown,
): WireRecord {
  const user = requireCaller(venue, credentials, scope);
  takeToken(venue.rateLimits, user.firm, rpc, nowMs(venue));
  return run(venue, user, body);
}
