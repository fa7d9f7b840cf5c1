import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { markets, openMarket } from '../support/markets.ts';
import type { Frame, TestSocket } from '../support/socket.ts';
import { ask, member } from './support/ask.ts';
import { SocketStage } from './support/socket-stage.ts';

let stage: SocketStage;
beforeAll(async () => {
  stage = await SocketStage.start();
});
afterAll(() => stage.stop());
afterEach(() => stage.closeAll());

const changedSizes = (socket: TestSocket, token: string): readonly number[] =>
  socket
    .frames()
    .flatMap((frame) =>
      frame['event_type'] === 'price_change'
        ? (frame['price_changes'] as Frame[])
            .filter(
              (change) => change['asset_id'] === token && change['side'] === 'SELL' && change['size'] !== '0',
            )
            .map((change) => Number(change['size']))
        : [],
    );

const venueCounts = async (): Promise<{ readonly sockets: number; readonly subscriptions: number }> => {
  const answer = await ask(stage.file.emulators.polymarket, 'GET', '/__control/stats');
  return member(answer, 'counts') as { readonly sockets: number; readonly subscriptions: number };
};

const isBook = (token: string) => (frame: Frame) =>
  frame['event_type'] === 'book' && frame['asset_id'] === token;

describe('/v1/ws/market', () => {
  test("a client of Polymarket's gets a whole book, then every change in order, and PONG for PING", async () => {
    const { yes, no, condition } = await openMarket(stage.file);
    await stage.setAsk(yes, '0.6', 1);
    const socket = await stage.open('market');
    socket.send({ type: 'market', assets_ids: [yes] });
    const book = await socket.frame(isBook(yes));
    expect(book).toMatchObject({ market: condition, bids: [], asks: [{ price: '0.6', size: '1' }] });
    expect(book['hash']).toMatch(/^[0-9a-f]{40}$/);
    for (let size = 2; size <= 30; size += 1) await stage.setAsk(yes, '0.6', size);
    await socket.frame(() => changedSizes(socket, yes).at(-1) === 30);
    expect(changedSizes(socket, yes)).toEqual(Array.from({ length: 29 }, (_, index) => index + 2));
    expect(socket.frames().some(isBook(no))).toBe(false);
    socket.send('PING');
    expect(await socket.text((text) => text === 'PONG')).toBe('PONG');
  });

  test('many clients of one market share one subscription to the venue, which ends with the last', async () => {
    const { yes } = await openMarket(stage.file, ({ minimum_tick_size }) => minimum_tick_size === 0.001);
    // Earlier tests' subscriptions end a moment after their sockets.
    await expect.poll(async () => (await venueCounts()).sockets).toBe(0);
    const clients = await Promise.all(Array.from({ length: 12 }, () => stage.open('market')));
    for (const client of clients) client.send({ type: 'market', assets_ids: [yes] });
    await Promise.all(clients.map((client) => client.frame(isBook(yes))));
    expect((await venueCounts()).sockets).toBe(1);
    await Promise.all(clients.map((client) => client.close()));
    await expect.poll(async () => (await venueCounts()).sockets).toBe(0);
  });

  test('an unsubscribed token is heard no more, another one still is', async () => {
    const [first, second] = await twoMarkets();
    const socket = await stage.open('market');
    socket.send({ type: 'market', assets_ids: [first, second] });
    await Promise.all([socket.frame(isBook(first)), socket.frame(isBook(second))]);
    socket.send({ operation: 'unsubscribe', assets_ids: [first] });
    await socket.settle();
    await stage.setAsk(first, '0.9', 77);
    await stage.setAsk(second, '0.9', 78);
    await socket.frame(() => changedSizes(socket, second).includes(78));
    expect(changedSizes(socket, first)).not.toContain(77);
    socket.send({ operation: 'subscribe', assets_ids: [first] });
    await socket.frame((frame) => isBook(first)(frame) && JSON.stringify(frame['asks']).includes('"77"'));
  });

  test('when the venue drops the connection, clients get a fresh book and go on', async () => {
    const { yes } = await openMarket(stage.file);
    const socket = await stage.open('market');
    socket.send({ type: 'market', assets_ids: [yes] });
    await socket.frame(isBook(yes));
    const fault = { method: 'GET', path: '/ws/market', kind: 'status', status: 503, times: 2 };
    const control = `${stage.file.emulators.polymarket}/__control`;
    await fetch(`${control}/faults`, { method: 'POST', body: JSON.stringify(fault) });
    await fetch(`${control}/drop-sockets`, { method: 'POST' });
    await stage.setAsk(yes, '0.7', 4321);
    await socket.frame((frame) => isBook(yes)(frame) && JSON.stringify(frame['asks']).includes('"4321"'));
    await stage.setAsk(yes, '0.7', 4322);
    await socket.frame(() => changedSizes(socket, yes).includes(4322));
  });

  test('best_bid_ask comes only to who asked for it', async () => {
    const { yes } = await openMarket(stage.file);
    const [plain, custom] = [await stage.open('market'), await stage.open('market')];
    plain.send({ type: 'market', assets_ids: [yes] });
    custom.send({ type: 'market', assets_ids: [yes], custom_feature_enabled: true });
    await Promise.all([plain.frame(isBook(yes)), custom.frame(isBook(yes))]);
    await stage.setAsk(yes, '0.55', 5);
    await custom.frame((frame) => frame['event_type'] === 'best_bid_ask' && frame['best_ask'] === '0.55');
    await plain.frame(() => changedSizes(plain, yes).includes(5));
    expect(plain.frames().some((frame) => frame['event_type'] === 'best_bid_ask')).toBe(false);
  });

  test('an unknown token is told, and does not end the connection', async () => {
    const { yes } = await openMarket(stage.file);
    const socket = await stage.open('market');
    socket.send({ type: 'market', assets_ids: ['12345', yes] });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    await socket.frame(isBook(yes));
  });
});

async function twoMarkets(): Promise<readonly [string, string]> {
  const found = (await markets(stage.file)).filter(
    (market) => market.accepting_orders && market.minimum_tick_size === 0.01,
  );
  const [first, second] = found.flatMap(({ tokens }) => tokens[0]?.token_id ?? []);
  if (first === undefined || second === undefined) throw new Error('the emulator has too few markets');
  return [first, second];
}

describe('frames that do not fit', () => {
  test.each([
    ['no JSON', '{'],
    ['another channel', '{"type":"trades"}'],
    ['a token that is none', '{"type":"market","assets_ids":["x"]}'],
  ])('%s: an error frame, then 1008', async (_, text) => {
    const socket = await stage.open('market');
    socket.send(text);
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await socket.closed).code).toBe(1008);
  });

  test('an oversized frame: an error frame, then 1009', async () => {
    const socket = await stage.open('market');
    socket.send({ type: 'market', assets_ids: [], padding: 'x'.repeat(20_000) });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect((await socket.closed).code).toBe(1009);
  });

  test('too many frames: an error frame, then 1008', async () => {
    const socket = await stage.open('market');
    for (let count = 0; count < 80; count += 1) socket.send({ action: 'ping' });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
    expect((await socket.closed).code).toBe(1008);
  });
});
