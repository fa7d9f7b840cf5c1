import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setBook, SYMBOL, type Trader } from '../../emulators/exchange/test/support.ts';
import {
  connected,
  expectDense,
  greet,
  open,
  openLive,
  orderIds,
  startTestRelay,
  type TestRelay,
} from './support.ts';

let relay: TestRelay;
let alpha: Trader;
/** The smallest window there is, so that it can be outgrown. */
const WINDOW = 16;
beforeEach(async () => {
  relay = await startTestRelay({ RELAY_WINDOW_ITEMS: String(WINDOW) });
  alpha = await relay.exchange.login();
});
afterEach(async () => {
  await relay.close();
  await relay.exchange.close();
});

const place = async (count: number): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1)
    ids.push(await alpha.insert({ price: '100', order_qty: '1' }));
  return ids;
};

describe('who returns', () => {
  test('within the window is told exactly what it missed', async () => {
    const first = await connected(relay);
    expect(await openLive(first, 'orders', 'orders')).toMatchObject({ seq: 0, resumed: false });
    await place(2);
    const before = await first.numbered('orders', 3);
    expect(before.map((frame) => frame.type === 'item' && frame.item)).toEqual([
      'snapshot',
      'update',
      'update',
    ]);
    await first.cut();
    const missed = await place(3);
    const second = await relay.dial();
    const epoch = await greet(relay, second);
    second.send(open('orders', 'orders', {}, { epoch, seq: 3 }));
    expect(await second.next('opened')).toMatchObject({ seq: 3, resumed: true });
    const after = await second.numbered('orders', 3);
    expectDense([...before, ...after], 0);
    expect(after.flatMap(orderIds)).toEqual(missed);
  });

  test('outside the window is told a gap and a snapshot, and again if that got lost', async () => {
    const first = await connected(relay);
    await openLive(first, 'orders', 'orders');
    await first.numbered('orders', 1);
    await first.cut();
    const ids = await place(WINDOW + 4);
    // All of them have reached the relay before the connector returns.
    await expect.poll(async () => relay.metrics()).toMatch(new RegExp(`unsent_items ${WINDOW + 4}\\n`));
    for (const turn of [1, 2]) {
      const again = await relay.dial();
      const epoch = await greet(relay, again);
      again.send(open('orders', 'orders', {}, { epoch, seq: 1 }));
      const { seq, resumed } = await again.next('opened');
      expect([turn, resumed]).toEqual([turn, false]);
      const [gap, snapshot] = await again.numbered('orders', 2);
      expect([gap?.type, snapshot?.type === 'item' && snapshot.item]).toEqual(['gap', 'snapshot']);
      expectDense(
        [gap, snapshot].filter((frame) => frame !== undefined),
        seq,
      );
      expect(snapshot && orderIds(snapshot)).toEqual(ids);
      await again.cut();
    }
  });

  test('to a relay that was started again is told a gap and a snapshot', async () => {
    const first = await connected(relay);
    await openLive(first, 'orders', 'orders');
    const [id] = await place(1);
    await first.numbered('orders', 2);
    const { epoch } = relay;
    await relay.close();
    relay = await startTestRelay({}, {}, relay.exchange);
    const second = await connected(relay);
    expect(relay.epoch).not.toBe(epoch);
    second.send(open('orders', 'orders', {}, { epoch, seq: 2 }));
    expect(await second.next('opened')).toMatchObject({ resumed: false });
    const [gap, snapshot] = await second.numbered('orders', 2);
    expect([gap?.type, snapshot && orderIds(snapshot)]).toEqual(['gap', [id]]);
  });

  test('to a relay that is closing keeps nothing of it alive', async () => {
    const { exchange } = relay;
    const coming = Array.from({ length: 20 }, () => relay.dial().catch(() => undefined));
    await Promise.race(coming);
    // The others are being let in just now.
    await relay.close();
    relay = await startTestRelay({}, {}, exchange);
    for (const connector of await Promise.all(coming)) await connector?.closed();
  });

  test('by a second connection ends the first', async () => {
    const first = await connected(relay);
    await openLive(first, 'orders', 'orders');
    const second = await connected(relay);
    expect(await first.closed()).toBe(4409);
    second.send(open('orders', 'orders', {}, { epoch: relay.epoch, seq: 0 }));
    expect(await second.next('opened')).toMatchObject({ seq: 0, resumed: true });
    expect(await second.numbered('orders', 1)).toMatchObject([{ seq: 1, item: 'snapshot' }]);
  });
});

describe('when the exchange breaks off', () => {
  test('orders: a gap, then a snapshot that has what happened meanwhile', async () => {
    const connector = await connected(relay);
    await openLive(connector, 'orders', 'orders');
    const [before] = await place(1);
    await connector.numbered('orders', 2);
    await relay.exchange.control('connections', { refuse: true });
    await relay.exchange.control('streams/cut', { how: 'connection' });
    await connector.next('state', ({ live }) => !live);
    const [during] = await place(1);
    await relay.exchange.control('connections', { refuse: false });
    // In this order: between the two nobody takes what it has for the exchange's own.
    const told = () =>
      connector.frames.flatMap((frame) =>
        frame.type === 'gap' || (frame.type === 'state' && frame.live) ? [frame.type] : [],
      );
    await expect.poll(told).toEqual(['gap', 'state']);
    const [after] = await place(1);
    const frames = await connector.numbered('orders', 3);
    expectDense(frames, 2);
    expect(frames.map(({ type }) => type)).toEqual(['gap', 'item', 'item']);
    expect(frames.map(orderIds)).toEqual([[], [before, during], [after]]);
  });

  test('drop copy goes on from its token: every execution, and no gap', async () => {
    const connector = await connected(relay);
    await openLive(connector, 'copy', 'drop_copy');
    // A stream that says nothing is taken to be up before it is.
    await expect.poll(async () => (await relay.exchange.stats())['streams']).toHaveLength(1);
    const told = await place(1);
    const first = await connector.numbered('copy', 1);
    await relay.exchange.control('connections', { refuse: true });
    await relay.exchange.control('streams/cut', { how: 'connection' });
    await connector.next('state', ({ live }) => !live);
    const missed = await place(2);
    await relay.exchange.control('connections', { refuse: false });
    // At least once: the execution at the token comes again.
    const batches = [...first, ...(await connector.numbered('copy', 1))];
    const ids = batches.flatMap((frame) =>
      frame.type === 'item'
        ? (frame.body['executions'] as { order: { id: string } }[]).map(({ order }) => order.id)
        : ['gap'],
    );
    expect([...new Set(ids)]).toEqual([...told, ...missed]);
  });

  test('a drop copy whose token the exchange does not know says so by a gap', async () => {
    const connector = await connected(relay);
    connector.send(open('copy', 'drop_copy', { resume_token: Buffer.from('other').toString('base64') }));
    expect(await connector.numbered('copy', 1)).toMatchObject([{ type: 'gap' }]);
    await connector.next('state', ({ live }) => live);
    await place(1);
    expect(await connector.numbered('copy', 1)).toMatchObject([{ item: 'update' }]);
  });
});

describe('tokens', () => {
  test('one that is refused is asked for; the stream opens with the next at once', async () => {
    await relay.close();
    // Whoever waited for the back-off would wait for longer than the test.
    relay = await startTestRelay({}, { backoff: () => 600_000 }, relay.exchange);
    const connector = await relay.dial();
    connector.send({ type: 'hello', session: 's1' });
    await connector.next('credential_wanted');
    connector.send({ type: 'credential', sealed: await relay.credential({ token: 'of nobody' }) });
    connector.send(open('orders', 'orders'));
    await connector.next('state', ({ reason }) => reason.includes('refused the token'));
    await connector.next('credential_wanted');
    connector.send({ type: 'credential', sealed: await relay.credential() });
    await connector.next('state', ({ live }) => live);
    // The exchange looks at tokens when a stream opens: an end that is near is no reason to break one off.
    connector.send({ type: 'credential', sealed: await relay.credential({ expiresAt: Date.now() + 40 }) });
    await connector.next('credential_wanted');
    await place(1);
    expect(await connector.numbered('orders', 2)).toMatchObject([{ item: 'snapshot' }, { item: 'update' }]);
  });

  test("another desk's is not used", async () => {
    const connector = await relay.dial();
    connector.send({ type: 'hello', session: 's1' }, open('orders', 'orders'));
    await connector.next('credential_wanted');
    connector.send({ type: 'credential', sealed: await relay.credential({ desk: 'tenant-2/preprod' }) });
    // As if none had come.
    await connector.next('credential_wanted');
    expect((await relay.exchange.stats())['streams']).toEqual([]);
  });
});

test('positions begin with a snapshot; amounts, times and enums are as JSON has them', async () => {
  await setBook(relay.exchange, [], [[600, 100]]);
  const connector = await connected(relay);
  await openLive(connector, 'positions', 'positions');
  await alpha.insert({ price: '600' });
  const [snapshot, update] = await connector.numbered('positions', 2);
  expect(snapshot).toMatchObject({ item: 'snapshot', body: { snapshot: {} } });
  const position = {
    symbol: SYMBOL,
    net_position: '10',
    update_time: expect.stringMatching(/^20\d\d-.*Z$/),
  };
  expect(update).toMatchObject({ item: 'update', body: { update: { positions: [position] } } });
  expect(update?.type === 'item' && 'event' in update.body).toBe(false);
});

test('a stream that is silent for too long is opened again', async () => {
  await relay.close();
  relay = await startTestRelay({ RELAY_SILENCE_S: '1' }, {}, relay.exchange);
  const connector = await connected(relay);
  await openLive(connector, 'orders', 'orders');
  expect(await connector.next('state', ({ live }) => !live)).toMatchObject({
    reason: expect.stringContaining('no message for 1 s'),
  });
  expect(await connector.numbered('orders', 3)).toMatchObject([
    { item: 'snapshot' },
    { type: 'gap' },
    { item: 'snapshot' },
  ]);
});

test('what is no frame closes the session; a session needs a token', async () => {
  const connector = await connected(relay);
  connector.socket.send('{"type":"open"}');
  expect(await connector.closed()).toBe(4400);
  const response = await fetch(`${relay.url}/session`, {
    headers: { connection: 'upgrade', upgrade: 'websocket' },
  }).catch(() => undefined);
  expect(response?.status ?? 401).not.toBe(101);
});
