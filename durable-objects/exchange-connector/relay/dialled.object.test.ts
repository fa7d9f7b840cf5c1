import { env } from 'cloudflare:workers';
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  control,
  desksDialIn,
  dialIn,
  directly,
  exchangeAt,
  newDesk,
  newDialIn,
  stopDialIns,
  SYMBOL,
  type Desk,
} from '../../../test/support/desk.ts';
import { requestDialIn } from '../../../test/support/dial-in.ts';
import { moveClock, resetClock } from '../../../shared/clock.ts';
import { exchangeConnector } from '../../rpc/stubs.ts';

// All that holds of a relay that is reached by HTTP holds of one that dials in.
desksDialIn();
afterEach(() => stopDialIns());

describe('sessions', async () => void (await import('./session.object.test.ts')));
describe('streams', async () => void (await import('../streams/streams.object.test.ts')));
describe('commands', async () =>
  void (await import('../../trading-account/exchange/commands.object.test.ts')));

describe('the socket by which a relay dialled in', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await newDesk();
    const { username, password, actor } = desk;
    const settled = await exchangeConnector(env, desk.tenant).keep(
      { kind: 'login', username, password },
      actor,
    );
    expect(settled).toMatchObject({ ok: true });
  });

  const stub = () => env.EXCHANGE_CONNECTOR.getByName(`${desk.tenant}/${env.EXCHANGE_ENVIRONMENT}`);
  const ask = (rpc: string, body: object = {}) =>
    exchangeConnector(env, desk.tenant).ask({
      path: `/api/v1beta1/${rpc}`,
      body: JSON.stringify(body),
      actor: desk.actor,
      auth: 'desk',
    });
  const openOrders = () =>
    exchangeConnector(env, desk.tenant).lookUp('get_open_orders', {}, desk.actor, false);
  const insert = async (): Promise<string> => {
    const { order_id } = await (
      await directly(desk)
    )('insert_order', {
      type: 'ORDER_TYPE_LIMIT',
      side: 'SIDE_BUY',
      symbol: SYMBOL,
      order_qty: '10',
      price: '100',
      time_in_force: 'TIME_IN_FORCE_GOOD_TILL_CANCEL',
    });
    return String(order_id);
  };
  const stats = async () => {
    const response = await fetch(await exchangeAt('/__control/stats'));
    // The emulator's own reply.
    return (await response.json()) as {
      readonly streams: readonly {
        readonly user: string;
        readonly kind: string;
        readonly opened_ms: number;
      }[];
      readonly counts: { readonly faults_armed: number };
    };
  };
  const upstream = async () => (await stats()).streams.filter(({ user }) => user.includes(desk.username));
  const isInCopy = async (order: string) => {
    await expect.poll(openOrders).toMatchObject({ source: 'stream', body: { orders: [{ id: order }] } });
  };

  /** A client that comes now, and what it hears. */
  const follow = async (stream: string, members: object = {}): Promise<readonly unknown[]> => {
    const url = `https://desk/?id=${crypto.randomUUID()}&gate=${'0'.repeat(64)}`;
    const { webSocket } = await stub().fetch(url, { headers: { upgrade: 'websocket' } });
    if (!webSocket) throw new Error('no socket');
    clients.push(webSocket);
    const heard: unknown[] = [];
    webSocket.addEventListener('message', ({ data }) => heard.push(JSON.parse(String(data))));
    webSocket.accept();
    webSocket.send(JSON.stringify({ op: 'subscribe', stream, ...members }));
    await expect.poll(() => heard).not.toHaveLength(0);
    return heard;
  };
  const followBook = () => follow('market_data', { symbols: [SYMBOL] });
  const clients: WebSocket[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.close(1000);
  });

  test('stays while its object is evicted; streams and calls go on over it, and nothing is opened again', async () => {
    await expect.poll(openOrders).toMatchObject({ source: 'stream', body: { orders: [] } });
    const streams = (await upstream()).map(({ opened_ms }) => opened_ms);
    const heard = await follow('orders');
    await evictDurableObject(stub());
    // Nobody but the relay wakes the object.
    const order = await insert();
    const told = { type: 'update', body: { executions: [{ order: { id: order } }] } };
    await expect.poll(() => heard.at(-1)).toMatchObject(told);
    await isInCopy(order);
    await evictDurableObject(stub());
    expect(await ask('cancel_order', { order_id: order, symbol: SYMBOL })).toMatchObject({ status: 200 });
    await expect.poll(openOrders).toMatchObject({ source: 'stream', body: { orders: [] } });
    expect(dialIn().arrivals).toBe(1);
    expect((await upstream()).map(({ opened_ms }) => opened_ms)).toEqual(streams);
  });

  test('tells whoever comes after an eviction the book as it stands, though nothing moves', async () => {
    expect((await followBook())[0]).toMatchObject({ symbol: SYMBOL, body: { symbol: SYMBOL } });
    await evictDurableObject(stub());
    expect((await followBook())[0]).toMatchObject({ symbol: SYMBOL, body: { symbol: SYMBOL } });
    const kinds = (await upstream()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'market_data')).toHaveLength(1);
  });

  test('stays when nobody uses the desk, whose streams are given up until somebody does', async () => {
    await expect.poll(openOrders).toMatchObject({ source: 'stream' });
    moveClock({ kind: 'advance', ms: 16 * 60_000 });
    try {
      await runInDurableObject(stub(), (instance) => instance.alarm());
      await expect.poll(upstream).toEqual([]);
    } finally {
      resetClock();
    }
    const order = await insert();
    await isInCopy(order);
    expect(dialIn().arrivals).toBe(1);
  });

  test('comes again when it is cut or its object dies, and what was told meanwhile is there', async () => {
    await expect.poll(openOrders).toMatchObject({ source: 'stream' });
    dialIn().cut();
    const order = await insert();
    await isInCopy(order);
    expect(dialIn().arrivals).toBe(2);
    await abortAllDurableObjects();
    expect(await ask('whoami')).toMatchObject({ status: 200 });
    expect(dialIn().arrivals).toBe(3);
  });

  test('leaves a call unknown that was under way when it was lost, for the journal to settle', async () => {
    await expect.poll(openOrders).toMatchObject({ source: 'stream' });
    await control('faults', { path: '/api/v1beta1/whoami', kind: 'delay', delay_ms: 3_000 });
    const reply = ask('whoami');
    await expect.poll(async () => (await stats()).counts.faults_armed).toBe(0);
    dialIn().cut();
    expect(await reply).toMatchObject({ outcome: 'unknown' });
  });

  test('is replaced by a newer one of the desk', async () => {
    await expect.poll(openOrders).toMatchObject({ source: 'stream' });
    const older = dialIn();
    await newDialIn(desk.tenant);
    await expect.poll(() => dialIn().arrivals).toBe(1);
    expect(await ask('whoami')).toMatchObject({ status: 200 });
    expect(older.arrivals).toBe(1);
  });

  test('is opened by each token once, and by none but the relay of a desk that may dial in', async () => {
    await expect.poll(openOrders).toMatchObject({ source: 'stream' });
    const { token } = dialIn();
    expect((await requestDialIn(token)).status).toBe(401);
    expect((await requestDialIn(`${token.slice(0, -8)}AAAAAAAA`)).status).toBe(401);
    // Signed by the relay, for a tenant whose relay is to be reached by HTTP.
    await newDialIn('tnt_other');
    await expect.poll(() => dialIn().token).not.toBe('');
    expect((await requestDialIn(dialIn().token)).status).toBe(501);
    expect(await ask('whoami')).toMatchObject({ status: 200 });
  });
});
