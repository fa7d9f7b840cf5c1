import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bookFrames, replay } from '../support/book-replay.ts';
import { openMarket, setBook, type Level } from '../support/markets.ts';
import type { Frame, TestSocket } from '../support/socket.ts';
import { ask, member } from './ask.ts';
import { SocketStage } from './socket-stage.ts';

let stage: SocketStage;
let key: string;
beforeAll(async () => {
  stage = await SocketStage.start();
  key = await stage.tenantKey();
});
afterAll(() => stage.stop());
afterEach(() => stage.closeAll());

const isError = (code: number) => (frame: Frame) => frame['type'] === 'error' && frame['code'] === code;

/** A whole number below `limit`, the same in every run. */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}

/** A book of up to 40 levels a side around 0.5 on a tick of a cent. */
function randomBook(roll: (limit: number) => number): { bids: Level[]; asks: Level[] } {
  const level = (cents: number): Level[] =>
    roll(3) === 0 ? [] : [{ price: (cents / 100).toFixed(2), size: String(1 + roll(500)) }];
  return {
    bids: Array.from({ length: 40 }, (_, index) => level(49 - index)).flat(),
    asks: Array.from({ length: 40 }, (_, index) => level(51 + index)).flat(),
  };
}

/** The venue's own book of a token, best level first, as numbers. */
async function restBook(token: string, depth: number) {
  const answer = await ask(stage.file.emulators.polymarket, 'GET', `/book?token_id=${token}`);
  const side = (name: string) =>
    (member(answer, name) as Level[])
      .map(({ price, size }) => [Number(price), Number(size)] as const)
      .toReversed()
      .slice(0, depth);
  return { bids: side('bids'), asks: side('asks') };
}

const bookOf = (socket: TestSocket, parsecId: string, outcome: string) =>
  replay(bookFrames(socket, parsecId, outcome));

describe('books', () => {
  test.each([5, 50])(
    'snapshot and changes of depth %i make the book of the REST API, with dense numbers',
    async (depth) => {
      const { yes, no, condition } = await openMarket(stage.file);
      const parsecId = `polymarket:${condition}`;
      const roll = dice(depth);
      await setBook(stage.file, yes, randomBook(roll));
      const socket = await stage.router(key);
      socket.send({
        type: 'subscribe',
        markets: [
          { parsec_id: parsecId, depth },
          { exchange: 'polymarket', market_id: condition, outcome: 'no', depth },
        ],
      });
      const first = await socket.frame(({ type }) => type === 'orderbook');
      expect(first).toMatchObject({
        exchange: 'polymarket',
        market_id: condition,
        kind: 'snapshot',
        tick_size: 0.01,
        book_state: 'fresh',
        feed_state: 'healthy',
        stale_after_ms: expect.any(Number),
      });
      for (let round = 0; round < 30; round += 1) await setBook(stage.file, yes, randomBook(roll));
      const [yesBook, noBook] = await Promise.all([restBook(yes, depth), restBook(no, depth)]);
      await expect.poll(() => bookOf(socket, parsecId, 'Yes')).toMatchObject(yesBook);
      await expect.poll(() => bookOf(socket, parsecId, 'no')).toMatchObject(noBook);
      expect(bookFrames(socket, parsecId, 'Yes').filter(({ type }) => type === 'orderbook')).toHaveLength(1);
      expect(bookFrames(socket, parsecId, 'Yes').length).toBeGreaterThan(10);
    },
  );

  test('a resync gives a whole book, after which the numbers go on', async () => {
    const { yes, condition } = await openMarket(stage.file);
    const parsecId = `polymarket:${condition}`;
    const socket = await stage.router(key);
    socket.send({ type: 'subscribe', markets: [{ parsec_id: parsecId }] });
    await socket.frame(({ type }) => type === 'orderbook');
    socket.send({ type: 'resync', parsec_id: parsecId, outcome: 'YES' });
    await expect.poll(() => bookFrames(socket, parsecId, 'Yes').length).toBe(2);
    await stage.setAsk(yes, '0.77', 7);
    await expect.poll(() => bookOf(socket, parsecId, 'Yes')?.asks).toEqual([[0.77, 7]]);
  });
});

void isError;
