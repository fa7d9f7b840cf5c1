import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, member, type Answer } from '../end-to-end/support/ask.ts';
import { limitOrder, newTrader, type Trader } from '../end-to-end/support/trader.ts';
import { openMarket } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';

/** Orders that are to stand once each, and kills while they are on their way. */
const ORDERS = 60;
const KILLS = 3;
const SENDERS = 6;

let program: OwnProgram;
let trader: Trader;
let condition: string;
beforeAll(async () => {
  program = await startProgram({ vars: { CLIENT_IP_HEADER: 'x-test-address' } });
  ({ condition } = await openMarket(program.file));
  trader = await newTrader(program.file);
});
afterAll(() => program.stop());

/** Sends one command until it is answered, as a careful bot does: the same key, the same body. */
async function insist(key: string, price: string): Promise<Answer> {
  let answer: Answer | undefined;
  const send = async (): Promise<number | undefined> => {
    try {
      answer = await ask(program.file.url, 'POST', '/v1/orders', {
        headers: { 'x-api-key': trader.keys[0] ?? '', 'idempotency-key': key },
        body: limitOrder(condition, { price, quantity: '5' }),
      });
    } catch {
      // No reply: it may stand or not, so it is sent again.
    }
    return answer?.status;
  };
  await expect.poll(send, { interval: 20 }).toBe(200);
  if (!answer) throw new Error('no answer');
  return answer;
}

test('kill -9 while commands are retried under their keys: each stands once', async () => {
  const keys = Array.from({ length: ORDERS }, () => randomUUID());
  const ids = new Map<string, unknown>();
  const queue = [...keys];
  const worker = async (): Promise<void> => {
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      const first = await insist(key, '0.01');
      // Once more, across whatever has died in between.
      const again = await insist(key, '0.01');
      expect(member(again, 'order_id')).toBe(member(first, 'order_id'));
      expect(member(again, 'is_replay')).toBe(true);
      ids.set(key, member(first, 'order_id'));
    }
  };
  const workers = Promise.all(Array.from({ length: SENDERS }, worker));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await expect.poll(() => ids.size, { interval: 5 }).toBeGreaterThanOrEqual((kill * ORDERS) / (KILLS + 2));
    process.kill(program.workerdPid(), 'SIGKILL');
  }
  await workers;
  expect(new Set(ids.values()).size).toBe(ORDERS);
  const listed = await trader.call('GET', '/v1/orders?limit=200');
  expect(member(listed, 'total_hint')).toBe(ORDERS);
});
