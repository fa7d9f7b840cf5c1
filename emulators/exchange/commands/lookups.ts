import * as z from 'zod';
import { formatMicro } from '../../lib/units.ts';
import type { User } from '../auth/users.ts';
import { accountOf, instrumentOf } from '../engine/engine.ts';
import { buyingPowerOf } from '../engine/judge-order.ts';
import { marginOf, reservedOf } from '../engine/ledger.ts';
import type { OrderRecord } from '../engine/types.ts';
import { orderView, positionView, prune, rfc3339, type WireRecord } from '../engine/views.ts';
import { invalid } from '../exchange-error.ts';
import { nowMs, type Venue } from '../state.ts';
import { accountFor, accountsFor } from './caller.ts';
import { flag, member, name, names, page, pageFields, time } from './wire.ts';

/** What clients recover by. Nothing here changes anything. */
export const openOrdersSchema = z.object({ accounts: names, symbols: names });
export const positionsSchema = z.object({ name, symbol: name });
export const balanceSchema = z.object({ name, currency: name });
export const balancesSchema = z.object({ name });
export const ordersSchema = z.object({
  order_id: name,
  clord_id: name,
  symbol: name,
  accounts: names,
  start_time: time,
  end_time: time,
  ...pageFields,
});
const EXECUTION_TYPES = [
  'EXECUTION_TYPE_NEW',
  'EXECUTION_TYPE_PARTIAL_FILL',
  'EXECUTION_TYPE_FILL',
  'EXECUTION_TYPE_CANCELED',
  'EXECUTION_TYPE_REPLACE',
  'EXECUTION_TYPE_REJECTED',
  'EXECUTION_TYPE_EXPIRED',
  'EXECUTION_TYPE_DONE_FOR_DAY',
] as const;
export const executionsSchema = ordersSchema.extend({
  types: z.array(member(EXECUTION_TYPES, '')).max(8).default([]),
  newest_first: flag,
});

export function openOrders(venue: Venue, user: User, request: z.infer<typeof openOrdersSchema>): WireRecord {
  return { orders: openOrderViews(venue, accountsFor(user, request.accounts), request.symbols) };
}

/** By age. */
export function openOrderViews(
  venue: Venue,
  accounts: ReadonlySet<string>,
  symbols: readonly string[],
): readonly WireRecord[] {
  const open: OrderRecord[] = [];
  for (const account of accounts)
    for (const order of accountOf(venue.engine, account, nowMs(venue)).openOrders)
      if (symbols.length === 0 || symbols.includes(order.terms.symbol)) open.push(order);
  return open.sort((a, b) => (a.id < b.id ? -1 : 1)).map((order) => viewOf(venue, order));
}

function viewOf(venue: Venue, order: OrderRecord): WireRecord {
  return orderView(order, venue.engine.books.get(order.terms.symbol)?.instrument);
}

export function positions(venue: Venue, user: User, request: z.infer<typeof positionsSchema>): WireRecord {
  const account = accountOf(venue.engine, named(user, request.name), nowMs(venue));
  const held = [...account.positions].filter(
    ([symbol]) => request.symbol === '' || symbol === request.symbol,
  );
  const selling = (symbol: string): bigint =>
    [...account.openOrders].reduce(
      (sum, { terms, leavesQty }) =>
        terms.symbol === symbol && terms.side === 'SIDE_SELL' ? sum + leavesQty : sum,
      0n,
    );
  return {
    positions: held.map(([symbol, position]) => positionView(account.name, symbol, position)),
    available_position: held.map(([symbol, { net }]) => String(net > 0n ? net - selling(symbol) : net)),
  };
}

export function balance(venue: Venue, user: User, request: z.infer<typeof balanceSchema>): WireRecord {
  if (request.currency !== '' && request.currency !== 'USD') throw invalid('unknown currency');
  return balanceView(venue, named(user, request.name));
}

export function balances(venue: Venue, user: User, request: z.infer<typeof balancesSchema>): WireRecord {
  return { balances: { USD: balanceView(venue, named(user, request.name)) } };
}

/** Decimal dollars. Nothing settles later here, so no funds are unsettled. */
export function balanceView(venue: Venue, name_: string): WireRecord {
  const account = accountOf(venue.engine, name_, nowMs(venue));
  const lookUp = (symbol: string) => instrumentOf(venue.engine, symbol);
  const margin = marginOf(account, lookUp);
  const power = buyingPowerOf(venue.engine, name_, nowMs(venue));
  return {
    balance: formatMicro(account.cash),
    capital_requirement: formatMicro(margin),
    excess_capital: formatMicro(account.cash - margin),
    buying_power: formatMicro(power),
    open_orders: formatMicro(reservedOf(account, lookUp)),
    unsettled_funds: '0',
    margin_requirement: formatMicro(margin),
    update_time: rfc3339(account.updateMs),
  };
}

function named(user: User, account: string): string {
  if (account === '') throw invalid('name is required');
  return accountFor(user, account);
}

export function searchOrders(venue: Venue, user: User, request: z.infer<typeof ordersSchema>): WireRecord {
  const accounts = accountsFor(user, request.accounts);
  const found = [...candidates(venue, request.order_id)].filter(
    (order) =>
      accounts.has(order.owner.account) &&
      (request.clord_id === '' ||
        order.clordId === request.clord_id ||
        order.terms.clordId === request.clord_id) &&
      (request.symbol === '' || order.terms.symbol === request.symbol) &&
      isWithin(order.createMs, request),
  );
  const { items, nextPageToken } = page(found, request);
  return prune({ order: items.map((order) => viewOf(venue, order)), next_page_token: nextPageToken });
}

function candidates(venue: Venue, orderId: string): Iterable<OrderRecord> {
  if (orderId === '') return venue.engine.orders.values();
  const order = venue.engine.orders.get(orderId);
  return order === undefined ? [] : [order];
}

export function searchExecutions(
  venue: Venue,
  user: User,
  request: z.infer<typeof executionsSchema>,
): WireRecord {
  const accounts = accountsFor(user, request.accounts);
  const found = venue.log.filter(
    (execution) =>
      accounts.has(execution.owner.account) &&
      (request.order_id === '' || execution.orderId === request.order_id) &&
      (request.clord_id === '' || execution.clordId === request.clord_id) &&
      (request.symbol === '' || execution.symbol === request.symbol) &&
      (request.types.length === 0 || request.types.includes(execution.type)) &&
      isWithin(execution.transactMs, request),
  );
  const { items, nextPageToken } = page(request.newest_first ? found.toReversed() : found, request);
  return prune({
    executions: items.map(({ view }) => view),
    next_page_token: nextPageToken,
    eof: nextPageToken === '',
  });
}

function isWithin(
  ms: number,
  { start_time: start, end_time: end }: { start_time?: number | undefined; end_time?: number | undefined },
): boolean {
  return (start === undefined || ms >= start) && (end === undefined || ms <= end);
}
