import { env } from 'cloudflare:workers';
import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { moveClock, resetClock } from '../../../shared/clock.ts';
import { clearAlarm, fireAlarm } from '../../../test/support/alarms.ts';
import { control, lookUpOrders, newDesk, SYMBOL, type Desk } from '../../../test/support/desk.ts';
import { accountObject, exchangeConnector } from '../../rpc/stubs.ts';
import type { ExchangeRpc } from './model.ts';
import type { ExchangeCommand, ExchangeReply } from '../api.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await newDesk();
  const { username, password, actor } = desk;
  await exchangeConnector(env, desk.tenant).keep({ kind: 'login', username, password }, actor);
  await clearAlarm(stub());
});
afterEach(() => resetClock());

const stub = () => env.TRADING_ACCOUNT.getByName(desk.scope.account);
const states = (): Promise<readonly string[]> =>
  runInDurableObject(stub(), (_, { storage }) =>
    storage.sql
      .exec<{ state: string }>('SELECT state FROM exchange_commands ORDER BY id')
      .toArray()
      .map(({ state }) => state),
  );

const order = (clordId: string, members: object = {}): Record<string, unknown> => ({
  type: 'ORDER_TYPE_LIMIT',
  side: 'SIDE_BUY',
  symbol: SYMBOL,
  order_qty: '10',
  price: '100',
  time_in_force: 'TIME_IN_FORCE_GOOD_TILL_CANCEL',
  clord_id: clordId,
  ...members,
});

function submit(
  rpc: ExchangeRpc,
  body: Record<string, unknown>,
  over: Partial<ExchangeCommand> = {},
): Promise<ExchangeReply> {
  const items = (body['requests'] ?? [body]) as readonly Record<string, string>[];
  const { tenant, scope, actor } = desk;
  return accountObject(env, scope.account).submitExchange({
    caller: { tenant, account: scope.account, ...actor },
    rpc,
    body: JSON.stringify(body),
    refs: items.map(({ clord_id: clordId, order_id: orderId }) => ({
      ...(clordId !== undefined && { clordId }),
      ...(orderId !== undefined && { orderId }),
    })),
    ownIds: items.flatMap(({ clord_id: id }) => (id === undefined ? [] : [id])),
    auth: 'desk',
    commandIdentity: { fingerprint: JSON.stringify([rpc, body]) },
    maxWrites: 10,
    ...over,
  });
}
const insert = (clordId: string, members: object = {}) => submit('insert_order', order(clordId, members));
const idOf = (reply: ExchangeReply): unknown => reply.ok && (reply.body as { order_id?: string }).order_id;
const fault = (rpc: string, kind: string, members: object = {}) =>
  control('faults', { path: `/api/v1beta1/${rpc}`, kind, ...members });
const openOrders = () => lookUpOrders(desk, 'get_open_orders');

test('the same clord_id with the same body is done once and answered alike; with another body it is refused', async () => {
  const id = crypto.randomUUID();
  const first = await insert(id);
  expect(first).toMatchObject({ ok: true, replayed: false, body: { clord_id: id } });
  expect(await insert(id)).toEqual({ ...first, replayed: true });
  expect(await insert(id, { price: '110' })).toMatchObject({ reason: 'DUPLICATE_CLIENT_ORDER_ID' });
  expect(await openOrders()).toEqual([idOf(first)]);
});

test("an SDK's retry without any name is the order before it, whatever became of an equal one since", async () => {
  const { clord_id: _, ...body } = order(crypto.randomUUID());
  const insertUnnamed = (sdkRetry: boolean): Promise<ExchangeReply> =>
    submit('insert_order', body, {
      refs: [{ clordId: crypto.randomUUID() }],
      commandIdentity: { fingerprint: 'f', sdkRetry },
    });
  const first = await insertUnnamed(false);
  await fault('insert_order', 'status', { status: 429, body: { code: 8, message: 'slow down' } });
  expect(await insertUnnamed(false)).toMatchObject({ reason: 'EXCHANGE_REFUSED' });
  for (let retry = 0; retry < 3; retry += 1) {
    expect(await insertUnnamed(true)).toEqual({ ...first, replayed: true });
    moveClock({ kind: 'advance', ms: 60_000 });
  }
  expect(await openOrders()).toEqual([idOf(first)]);
});

test('of two at once one is sent, the other is told to wait', async () => {
  const id = crypto.randomUUID();
  const replies = await Promise.all([insert(id), insert(id)]);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(replies.find(({ ok }) => !ok)).toMatchObject({ reason: 'IDEMPOTENCY_CONFLICT_PENDING' });
  expect(await openOrders()).toHaveLength(1);
});

test('an order whose answer was lost is unknown, then found by its clord_id and never sent again', async () => {
  const id = crypto.randomUUID();
  await fault('insert_order', 'drop_after');
  expect(await insert(id)).toMatchObject({ reason: 'PERSISTENCE_UNKNOWN' });
  const again = await insert(id);
  expect(again).toMatchObject({ ok: true, replayed: true, body: { clord_id: id } });
  expect(await openOrders()).toEqual([idOf(again)]);
});

test('one that never arrived is unknown until that is certain, then may be said again', async () => {
  const id = crypto.randomUUID();
  await fault('insert_order', 'drop_before');
  expect(await insert(id)).toMatchObject({ reason: 'PERSISTENCE_UNKNOWN' });
  expect(await insert(id)).toMatchObject({ reason: 'IDEMPOTENCY_CONFLICT_PENDING' });
  moveClock({ kind: 'advance', ms: 31_000 });
  const again = await insert(id);
  expect(again).toMatchObject({ ok: true, replayed: false });
  expect(await openOrders()).toEqual([idOf(again)]);
});

test("a command whose answer was lost is judged by nobody but the user who sent it: it is not sent as another's", async () => {
  const [id, other] = [crypto.randomUUID(), await newDesk()];
  const logIn = ({ username, password }: Desk) =>
    exchangeConnector(env, desk.tenant).keep({ kind: 'login', username, password }, desk.actor);
  // The desk was this user for long enough.
  moveClock({ kind: 'advance', ms: 5_000 });
  await fault('insert_order', 'drop_after');
  expect(await insert(id)).toMatchObject({ reason: 'PERSISTENCE_UNKNOWN' });
  moveClock({ kind: 'advance', ms: 5_000 });
  await logIn(other);
  moveClock({ kind: 'advance', ms: 31_000 });
  expect(await insert(id)).toMatchObject({ reason: 'IDEMPOTENCY_CONFLICT_PENDING' });
  expect(await lookUpOrders(other, 'get_open_orders')).toEqual([]);
  await logIn(desk);
  const again = await insert(id);
  expect(again).toMatchObject({ ok: true, replayed: true });
  expect(await openOrders()).toEqual([idOf(again)]);
});

test('the alarm settles what nobody asks for, also what a dead instance left behind', async () => {
  const id = crypto.randomUUID();
  await fault('insert_order', 'drop_after');
  await insert(id);
  await abortAllDurableObjects();
  moveClock({ kind: 'advance', ms: 5_000 });
  await fireAlarm(stub());
  await expect.poll(states).toEqual(['done']);
});

test('a 5xx of the exchange says nothing about what happened', async () => {
  await fault('insert_order', 'status', { status: 503 });
  expect(await insert(crypto.randomUUID())).toMatchObject({ reason: 'PERSISTENCE_UNKNOWN' });
});

test('what the exchange refuses keeps its words and may be said again', async () => {
  const id = crypto.randomUUID();
  const bad = { symbol: SYMBOL, account: 'not-mine' };
  expect(await insert(id, bad)).toMatchObject({ reason: 'EXCHANGE_REFUSED', status: 403, grpcCode: 7 });
  await fault('insert_order', 'status', { status: 429, body: { code: 8, message: 'slow down' } });
  expect(await insert(id)).toMatchObject({ reason: 'EXCHANGE_REFUSED', status: 429, retryAfter: 1 });
  expect(await insert(id)).toMatchObject({ ok: true, replayed: false });
  expect(await states()).toEqual(['released', 'released', 'done']);
});

test('a list is one command: settled as a whole, refused as a whole', async () => {
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  const body = { requests: ids.map((id) => order(id)) };
  await fault('insert_order_list', 'drop_after');
  expect(await submit('insert_order_list', body)).toMatchObject({ reason: 'PERSISTENCE_UNKNOWN' });
  const settled = await submit('insert_order_list', body);
  expect(settled).toMatchObject({ ok: true, body: { responses: ids.map((clord_id) => ({ clord_id })) } });
  const mixed = { requests: [order(crypto.randomUUID()), order(ids[0] ?? '')] };
  expect(await submit('insert_order_list', mixed)).toMatchObject({ reason: 'DUPLICATE_CLIENT_ORDER_ID' });
  expect(await openOrders()).toHaveLength(2);
});

test('of a list of which one order stands, none is sent again', async () => {
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  const body = { requests: ids.map((id) => order(id)) };
  await fault('insert_order_list', 'drop_before');
  expect(await submit('insert_order_list', body)).toMatchObject({ reason: 'PERSISTENCE_UNKNOWN' });
  // By the second of the two alone, as an exchange has it that takes what it can.
  const { tenant, actor } = desk;
  const alone = JSON.stringify(order(ids[1] ?? ''));
  const path = '/api/v1beta1/insert_order';
  await exchangeConnector(env, tenant).ask({ path, body: alone, auth: 'desk', actor });
  moveClock({ kind: 'advance', ms: 31_000 });
  const [order_id] = await openOrders();
  const responses = [
    { order_id: '', clord_id: ids[0] },
    { order_id, clord_id: ids[1] },
  ];
  expect(await submit('insert_order_list', body)).toEqual({ ok: true, replayed: true, body: { responses } });
});

test('a cancel and a replacement whose answers were lost are settled by how their orders stand', async () => {
  const order_id = String(idOf(await insert(crypto.randomUUID())));
  const replacement = {
    order_id,
    clord_id: crypto.randomUUID(),
    symbol: SYMBOL,
    price: '120',
    order_qty: '10',
  };
  await fault('cancel_replace_order', 'drop_after');
  expect(await submit('cancel_replace_order', replacement)).toMatchObject({ reason: 'PERSISTENCE_UNKNOWN' });
  expect(await submit('cancel_replace_order', replacement)).toMatchObject({ ok: true, replayed: true });
  const cancel = { order_id, symbol: SYMBOL };
  const commandIdentity = { key: crypto.randomUUID(), fingerprint: 'cancel' };
  await fault('cancel_order', 'drop_after');
  expect(await submit('cancel_order', cancel, { commandIdentity })).toMatchObject({
    reason: 'PERSISTENCE_UNKNOWN',
  });
  expect(await submit('cancel_order', cancel, { commandIdentity })).toEqual({
    ok: true,
    replayed: true,
    body: {},
  });
  expect(await openOrders()).toEqual([]);
});
