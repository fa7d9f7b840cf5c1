import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestSocket } from '../../../test/support/socket.ts';
import { credentialsFor, post } from './signed-requests.ts';
import { ALICE, marketOf, startForTest, type TestEmulator, type TestMarket } from './support.ts';

let emulator: TestEmulator;
let market: TestMarket;
let socket: TestSocket;

beforeEach(async () => {
  emulator = await startForTest();
  market = await marketOf(emulator, 'plain');
  socket = new TestSocket(`${emulator.wsUrl}/market`);
  await socket.opened;
});

afterEach(async () => {
  await socket.close();
  await emulator.close();
});

const isEvent = (type: string) => (frame: Readonly<Record<string, unknown>>) => frame['event_type'] === type;

test('a subscription is answered with whole books in one array, best level last', async () => {
  socket.send({ type: 'market', assets_ids: [market.yes, market.no] });
  const books: unknown = JSON.parse(await socket.text((text) => text.startsWith('[')));
  expect(books).toMatchObject([
    { event_type: 'book', asset_id: market.yes, asks: [{ price: '0.52' }, { price: '0.51', size: '500' }] },
    { event_type: 'book', asset_id: market.no, bids: [{ price: '0.48' }, { price: '0.49', size: '500' }] },
  ]);
});

test('an order that rests changes a level of both tokens; one that trades brings books and the last price', async () => {
  socket.send({ type: 'market', assets_ids: [market.yes, market.no] });
  await socket.text((text) => text.startsWith('['));
  const creds = await credentialsFor(emulator, ALICE);
  await post(emulator, ALICE, creds, { token: market.yes, price: 0.4, size: 10, side: 'BUY' });
  const { price_changes: changes } = await socket.frame(isEvent('price_change'));
  expect(changes).toMatchObject([
    { asset_id: market.yes, price: '0.4', size: '10', side: 'BUY', best_bid: '0.49', best_ask: '0.51' },
    { asset_id: market.no, price: '0.6', size: '10', side: 'SELL', best_bid: '0.49', best_ask: '0.51' },
  ]);
  await post(emulator, ALICE, creds, { token: market.yes, price: 0.51, size: 10, side: 'BUY' });
  expect(await socket.frame(isEvent('last_trade_price'))).toMatchObject({
    asset_id: market.yes,
    price: '0.51',
    size: '10',
    side: 'BUY',
  });
  expect(await socket.frame(isEvent('book'))).toMatchObject({ asks: [{}, { price: '0.51', size: '490' }] });
});

test('resolution is told to who asked for custom features, and PING is answered', async () => {
  socket.send({ type: 'market', assets_ids: [market.yes], custom_feature_enabled: true });
  socket.send('PING');
  await socket.text((text) => text === 'PONG');
  await emulator.control('resolve', { condition_id: market.conditionId, winner: market.yes });
  expect(await socket.frame(isEvent('market_resolved'))).toMatchObject({
    market: market.conditionId,
    winning_asset_id: market.yes,
    winning_outcome: 'Yes',
  });
});
