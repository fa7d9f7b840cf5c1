import { afterEach, expect, test, vi } from 'vitest';
import type { FeedItem, NativeItem } from '../../shared/market-feeds/feed-items.ts';
import { Outbox } from './outbox.ts';

const event = (text: string): NativeItem => ({ kind: 'event', tokens: [], custom: false, text, prices: [] });
const snapshot = (socket: string): NativeItem => ({ kind: 'snapshot', socket, books: [], prices: [] });
function textOf(item: FeedItem): string {
  if (item.kind === 'view-unavailable') return item.kind;
  return item.kind === 'event' || item.kind === 'view' ? item.text : `snapshot ${item.socket}`;
}

/** A hub that answers only when told. */
function slowHub(): {
  readonly outbox: Outbox;
  readonly calls: string[][];
  readonly answer: (wants?: boolean) => Promise<void>;
  readonly abandoned: () => number;
} {
  const calls: string[][] = [];
  const answers: ((wants: boolean) => void)[] = [];
  let abandoned = 0;
  const outbox = new Outbox({
    send: (items) => {
      calls.push(items.map(textOf));
      return new Promise((resolve) => answers.push(resolve));
    },
    books: () => [event('newest book')],
    abandon: () => {
      abandoned += 1;
    },
  });
  const answer = async (wants = true): Promise<void> => {
    answers.shift()?.(wants);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { outbox, calls, answer, abandoned: () => abandoned };
}

test('one call at a time, and what comes meanwhile follows in order', async () => {
  const { outbox, calls, answer } = slowHub();
  for (const text of ['1', '2', '3']) outbox.push(event(text));
  expect(calls).toEqual([['1']]);
  await answer();
  outbox.push(event('4'));
  await answer();
  await answer();
  expect(calls).toEqual([['1'], ['2', '3'], ['4']]);
});

test('a hub that is too slow skips to the newest whole books, and waiting clients keep their snapshot', async () => {
  const { outbox, calls, answer } = slowHub();
  outbox.push(event('first'));
  outbox.push(snapshot('a'));
  for (let count = 0; count < 10_000; count += 1) outbox.push(event(String(count)));
  await answer();
  expect(calls[1]).toEqual(['snapshot a', 'newest book']);
  await answer();
  outbox.push(event('after'));
  expect(calls[2]).toEqual(['after']);
});

test('thousands who wait for their snapshot get it in calls of bounded size', async () => {
  const { outbox, calls, answer } = slowHub();
  for (let count = 0; count < 1_000; count += 1) outbox.push(snapshot(String(count)));
  for (let count = 0; count < 5; count += 1) await answer();
  expect(Math.max(...calls.map((items) => items.length))).toBe(256);
  const told = calls.flat().filter((text) => text.startsWith('snapshot'));
  expect(told).toEqual(Array.from({ length: 1_000 }, (_, count) => `snapshot ${count}`));
});

afterEach(() => {
  vi.useRealTimers();
});

test('a hub that cannot be reached for minutes gets the newest whole books once it can be', async () => {
  vi.useFakeTimers();
  const calls: string[][] = [];
  let reachable = false;
  let abandoned = false;
  const outbox = new Outbox({
    send: async (items) => {
      if (!reachable) throw new Error('overloaded');
      calls.push(items.map(textOf));
      return true;
    },
    books: () => [event('newest book')],
    abandon: () => {
      abandoned = true;
    },
  });
  outbox.push(event('1'));
  outbox.push(snapshot('a'));
  await vi.advanceTimersByTimeAsync(180_000);
  reachable = true;
  await vi.advanceTimersByTimeAsync(15_000);
  expect({ calls, abandoned }).toEqual({ calls: [['snapshot a', 'newest book']], abandoned: false });
});

test('a hub without followers is given up, unless one has subscribed since', async () => {
  const { outbox, answer, abandoned } = slowHub();
  outbox.push(event('1'));
  outbox.want();
  await answer(false);
  expect(abandoned()).toBe(0);
  outbox.push(event('2'));
  await answer(false);
  expect(abandoned()).toBe(1);
});
