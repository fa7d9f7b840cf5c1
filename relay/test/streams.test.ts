import { afterEach, beforeEach, expect, test } from 'vitest';
import { connected, expectDense, greet, open, orderIds, startTestRelay, type TestRelay } from './support.ts';
import type { Trader } from '../../emulators/exchange/test/support.ts';

let relay: TestRelay;
let alpha: Trader;
beforeEach(async () => {
  relay = await startTestRelay();
  alpha = await relay.exchange.login();
});
afterEach(async () => {
  await relay.close();
  await relay.exchange.close();
});

const place = async (count: number): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await alpha.insert({ price: '100' }));
  return ids;
};

test('a session that returns within its window is told exactly what it missed', async () => {
  const first = await connected(relay);
  first.send(open('orders', 'orders'));
  expect(await first.next('opened')).toMatchObject({ seq: 0, resumed: false });
  await first.next('state', ({ live }) => live);
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
