import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnProgram } from '../../support/program.ts';
import type { Client } from './client.ts';
import { controlExchange, exchangeState, lookUp, type Desk, type ExchangeState } from './stage.ts';

const LOOK_MS = 100;

/** Levels that no generator makes: whoever has them has the newest book. */
const LAST_BOOK = {
  bids: [{ px: '120', qty: '77' }],
  offers: [{ px: '880', qty: '78' }],
};

/** Whether copy and clients come to what the exchange has, by `until` (Unix ms). Nothing may move meanwhile. */
export async function compareCopies(
  program: OwnProgram,
  desk: Desk,
  clients: readonly Client[],
  symbols: readonly string[],
  until: number,
): Promise<{ readonly state: ExchangeState; readonly violations: readonly string[] }> {
  for (const symbol of symbols) await controlExchange(program, 'book', { symbol, ...LAST_BOOK });
  // The last book may have traded.
  const state = await exchangeState(program, desk);
  for (;;) {
    const violations = [
      ...(await differences(program, desk, state)),
      ...clients.flatMap((client) => behind(client, state)),
    ];
    if (violations.length === 0 || Date.now() >= until) return { state, violations };
    await sleep(LOOK_MS);
  }
}

async function differences(
  program: OwnProgram,
  desk: Desk,
  state: ExchangeState,
): Promise<readonly string[]> {
  const ask = (rpc: string, body: object) => lookUp(program, desk, rpc, body);
  const { account } = desk;
  const open = new Set(state.open_orders);
  const expected = {
    get_open_orders: state.orders.filter(({ id }) => open.has(id)),
    list_account_positions: state.positions,
  };
  const orders = await ask('get_open_orders', {});
  const positions = await ask('list_account_positions', { name: account });
  const [balance] = state.balances;
  const told = await ask('get_account_balance', { name: account, currency: 'USD' });
  const found: string[] = [];
  if (orders.source !== 'stream' || positions.source !== 'stream')
    found.push(`the copy is not live: ${orders.source}, ${positions.source}`);
  const [listed, standing] = [sorted(orders.json['orders']), sorted(expected.get_open_orders)];
  if (!isDeepStrictEqual(listed, standing))
    found.push(`the copy's open orders are not the exchange's: ${unlike(listed, standing)}`);
  const [copied, held] = [sorted(positions.json['positions']), sorted(expected.list_account_positions)];
  if (!isDeepStrictEqual(copied, held))
    found.push(`the copy's positions are not the exchange's: ${unlike(copied, held)}`);
  if (told.json['balance'] !== balance?.balance)
    found.push(`the balance is ${String(told.json['balance'])}, at the exchange ${balance?.balance}`);
  return found;
}

/** What a client's own picture lacks. Its orders are judged by what it was told, in `verdict.ts`. */
function behind({ spec, memory }: Client, state: ExchangeState): readonly string[] {
  const found: string[] = [];
  const { name, listens, symbols } = spec;
  if (listens === 'socket' || listens === 'positions') {
    if (!isDeepStrictEqual(sorted([...memory.positions.values()]), sorted(state.positions)))
      found.push(`${name} has other positions than the exchange`);
  }
  if (listens === 'socket' || listens === 'market_data') {
    const isLast = (symbol: string): boolean => {
      const book = memory.books.get(symbol);
      // Orders of the desk stand in it too, farther from the middle.
      return isDeepStrictEqual([book?.bids[0], book?.offers[0]], [LAST_BOOK.bids[0], LAST_BOOK.offers[0]]);
    };
    const old = symbols.filter((symbol) => !isLast(symbol));
    if (old.length > 0) found.push(`${name} has old books of ${old.join(', ')}`);
  }
  if (listens === 'socket' || listens === 'orders') {
    const last = state.executions.at(-1)?.id;
    const newest = memory.orders.findLast((one) => one.kind !== 'begin' && one.kind !== 'gap');
    const has = newest?.kind === 'snapshot' && newest.executions.length === 0;
    if (last !== undefined && newest?.executions.at(-1) !== last && !has)
      found.push(`${name} has not heard the last execution`);
  }
  return found;
}

/** What only one of two lists has. */
const unlike = (copied: readonly string[], held: readonly string[]): string =>
  `${copied.filter((one) => !held.includes(one)).join(' ')} instead of ${held.filter((one) => !copied.includes(one)).join(' ')}`;
const sorted = (list: unknown): readonly string[] =>
  Array.isArray(list)
    ? list.map((one) => JSON.stringify(one, Object.keys(one as object).toSorted())).toSorted()
    : [];
