import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { markets, openMarket, setBook } from '../support/markets.ts';
import { SocketStage } from './support/socket-stage.ts';

let stage: SocketStage;
beforeAll(async () => {
  stage = await SocketStage.start();
});
afterAll(() => stage.stop());
afterEach(() => stage.closeAll());

describe('/v1/ws/prices', () => {
  test('shows best prices of both outcomes at once and when they change', async () => {
    const { condition, yes, no } = await openMarket(stage.file);
    await setBook(stage.file, yes, {
      bids: [{ price: '0.40', size: '10' }],
      asks: [{ price: '0.44', size: '10' }],
    });
    const socket = await stage.openWith('prices', await stage.tenantKey());
    socket.send({ action: 'subscribe', markets: [condition] });
    expect(await socket.frame(({ token_id }) => token_id === yes)).toMatchObject({
      type: 'price',
      market_id: condition,
      outcome: 'Yes',
      bid: '0.4',
      ask: '0.44',
      mid: '0.42',
    });
    expect(await socket.frame(({ token_id }) => token_id === no)).toMatchObject({ bid: '0.56', ask: '0.6' });
    await setBook(stage.file, yes, { bids: [], asks: [{ price: '0.43', size: '10' }] });
    const changed = await socket.frame((frame) => frame['token_id'] === yes && frame['ask'] === '0.43');
    expect(changed).toMatchObject({ bid: null, mid: null });
    socket.send({ action: 'unsubscribe', markets: [condition] });
    await socket.frame(({ type }) => type === 'unsubscribed');
    const heard = socket.texts.length;
    await setBook(stage.file, yes, { bids: [], asks: [{ price: '0.47', size: '10' }] });
    await socket.settle();
    expect(socket.texts.slice(heard).some((text) => text.includes('0.47'))).toBe(false);
  });

  test('the 51st market is refused, whether alone or in one frame, and the connection stays', async () => {
    const { condition } = await openMarket(stage.file);
    const all = (await markets(stage.file)).map((market) => market.condition_id);
    const made = Array.from({ length: 51 }, (_, index) => `0x${String(index + 1).padStart(64, '0')}`);
    const socket = await stage.openWith('prices', await stage.tenantKey());
    socket.send({ action: 'subscribe', markets: made });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({
      code: 'BATCH_LIMIT_EXCEEDED',
    });
    socket.send({ action: 'subscribe', markets: all });
    await socket.frame(
      (frame) => frame['type'] === 'subscribed' && (frame['markets'] as string[]).length === all.length,
    );
    const refusals = (): number =>
      socket.frames().filter(({ code }) => code === 'BATCH_LIMIT_EXCEEDED').length;
    socket.send({ action: 'subscribe', markets: made.slice(0, 51 - all.length) });
    await socket.frame(() => refusals() === 2);
    await setBook(stage.file, (await openMarket(stage.file)).yes, {
      bids: [],
      asks: [{ price: '0.91', size: '1' }],
    });
    await socket.frame((frame) => frame['market_id'] === condition && frame['ask'] === '0.91');
  });

  test('an unknown market is told', async () => {
    const socket = await stage.openWith('prices', await stage.tenantKey());
    socket.send({ action: 'subscribe', markets: [`0x${'e'.repeat(64)}`] });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'MARKET_NOT_FOUND' });
    expect(await socket.frame(({ type }) => type === 'subscribed')).toMatchObject({ markets: [] });
  });
});
