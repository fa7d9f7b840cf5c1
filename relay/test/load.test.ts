import { afterEach, describe, expect, test } from 'vitest';
import { ALPHA, startForTest, type Json } from '../../emulators/exchange/test/support.ts';
import { connected, expectDense, greet, open, openLive, startTestRelay, type TestRelay } from './support.ts';

let relay: TestRelay;
afterEach(async () => {
  await relay.close();
  await relay.exchange.close();
});

const gauge = async (name: string): Promise<number> =>
  Number(new RegExp(`^postern_relay_${name} (\\d+)$`, 'm').exec(await relay.metrics())?.[1]);

const symbolsOf = async (): Promise<readonly string[]> => {
  const trader = await relay.exchange.login();
  return (await trader.rest('list_symbols')).body['symbols'] as readonly string[];
};

const marketStreams = async (): Promise<number> =>
  ((await relay.exchange.stats())['streams'] as readonly Json[]).filter(({ kind }) => kind === 'market_data')
    .length;

describe('market data', () => {
  test('1,001 symbols share two streams; others, and one that does not exist, cost them nothing', async () => {
    relay = await startTestRelay({}, {}, await startForTest({ instruments: 1004 }));
    const symbols = await symbolsOf();
    const connector = await connected(relay);
    const asked = symbols.slice(0, 1001);
    connector.send(...asked.map((symbol) => open(symbol, 'market_data', { symbols: [symbol] })));
    const first = new Map<string, number>();
    while (first.size < asked.length) {
      const { stream, seq, item } = await connector.next('item');
      expect([item, first.has(stream)]).toEqual(['snapshot', false]);
      first.set(stream, seq);
    }
    expect(await marketStreams()).toBe(2);
    // Two streams more, before symbols are added to those that there are.
    for (const late of symbols.slice(1001)) {
      connector.send(open(late, 'market_data', { symbols: [late] }));
      expect(await connector.next('item', ({ stream }) => stream === late)).toMatchObject({
        item: 'snapshot',
      });
    }
    connector.send(open('bad', 'market_data', { symbols: ['nothing'] }));
    expect(await connector.next('close')).toMatchObject({ stream: 'bad', code: 5 });
    for (const known of [symbols.at(0) ?? '', ...symbols.slice(1001)]) {
      connector.drop((frame) => frame.type === 'item' && frame.stream === known);
      await relay.exchange.control('generate', { books: 1, symbols: [known] });
      const next = await connector.next('item', ({ stream }) => stream === known);
      expect(next).toMatchObject({ item: 'update' });
    }
    expect(connector.frames.filter(({ type }) => type === 'gap')).toEqual([]);
  });
});

test('an order reader that is behind makes the exchange wait, and misses nothing', async () => {
  relay = await startTestRelay({ RELAY_SOCKET_KB: '16', RELAY_WINDOW_ITEMS: '64', RELAY_WINDOW_KB: '256' });
  await relay.exchange.control('unfreeze');
  const connector = await connected(relay);
  await openLive(connector, 'orders', 'orders');
  await connector.numbered('orders', 1);
  connector.socket.pause();
  // More than the network's own buffers take.
  const COUNT = 10_000;
  await relay.exchange.control('generate', { executions: COUNT, account: ALPHA, username: 'alpha-trader' });
  await expect.poll(async () => gauge('upstream_streams_paused')).toBe(1);
  expect(await gauge('window_bytes')).toBeLessThanOrEqual(256 * 1024);
  expect(await gauge('unsent_items')).toBeLessThanOrEqual(64);
  connector.socket.resume();
  const ids: string[] = [];
  const { executions } = await relay.exchange.state(ALPHA);
  const frames: { readonly seq: number }[] = [];
  while (ids.length < executions.length) {
    const [frame] = await connector.numbered('orders', 1);
    if (frame?.type !== 'item') throw new Error('a gap');
    frames.push(frame);
    const { update } = frame.body as Json;
    ids.push(...(update?.executions ?? []).map(({ id }: Json) => id));
    if (frame.seq % 50 === 0) connector.send({ type: 'ack', stream: 'orders', seq: frame.seq });
  }
  expectDense(frames, 1);
  expect(ids).toEqual(executions.map(({ id }: Json) => id));
});

test('above the bound of the process, a session that is away is given up: it is told a gap, and nobody else', async () => {
  relay = await startTestRelay({ RELAY_MEMORY_MB: '1', RELAY_WINDOW_ITEMS: '100000' });
  await relay.exchange.control('unfreeze');
  const away = await connected(relay, 'away');
  await openLive(away, 'orders', 'orders');
  const here = await connected(relay, 'here');
  await openLive(here, 'positions', 'positions');
  await away.cut();
  await relay.exchange.control('generate', { executions: 2000, username: 'alpha-trader' });
  await expect.poll(async () => gauge('sessions')).toBe(1);
  expect(await gauge('window_bytes')).toBeLessThanOrEqual(1024 * 1024);
  const back = await relay.dial();
  const epoch = await greet(relay, back, 'away');
  back.send(open('orders', 'orders', {}, { epoch, seq: 1 }));
  expect(await back.next('opened')).toMatchObject({ seq: 1, resumed: false });
  expect(await back.numbered('orders', 2)).toMatchObject([{ type: 'gap' }, { item: 'snapshot' }]);
  expect(here.frames.filter(({ type }) => type === 'gap')).toEqual([]);
});
