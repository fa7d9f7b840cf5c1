import { expect } from 'vitest';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { member, type Answer } from './ask.ts';
import { liveStage, type LiveStage } from './live-stage.ts';
import { newTrader } from './trader.ts';

/** Levels of Yes on both venues. */
const BIDS = [
  ['0.38', '70'],
  ['0.40', '50.5'],
] as const;
const ASKS = [
  ['0.45', '10'],
  ['0.50', '30'],
  ['0.60', '20'],
] as const;

/** Keys that take turns: together they may ask more in a second than a test does. */
const KEYS = 5;

/** A market of each live venue whose book stands still, and somebody who asks the router. */
export interface MarketDataStage {
  readonly poly: LiveStage;
  readonly kalshi: LiveStage;
  readonly get: (path: string) => Promise<Answer>;
  /** The same, where the answer has to be 200. */
  readonly ok: (path: string) => Promise<Answer>;
  /** Asks until the quote of 250 ms that somebody may have made before is over. */
  readonly settled: (path: string, name: string, value: unknown) => Promise<void>;
}

/** Tests that only look share a market, because all of them set the same book. */
const LOOKED_AT = 5;

/** `nth` market of Kalshi: whoever trades on it takes one to itself. */
export async function marketDataStage(file: PosternFile, nth = LOOKED_AT): Promise<MarketDataStage> {
  const [trader, poly, kalshi] = await Promise.all([
    newTrader(file, { keys: KEYS }),
    liveStage(file, 'polymarket', LOOKED_AT),
    liveStage(file, 'kalshi', nth),
  ]);
  await Promise.all([poly.book(BIDS, ASKS), kalshi.book(BIDS, ASKS)]);
  let turn = 0;
  const get = (path: string): Promise<Answer> => {
    const key = trader.keys[(turn += 1) % KEYS] ?? '';
    return trader.call('GET', `/api/v1/${path}`, undefined, { 'x-api-key': key });
  };
  const ok = async (path: string): Promise<Answer> => {
    const answer = await get(path);
    expect(answer.status, answer.text).toBe(200);
    return answer;
  };
  const settled = async (path: string, name: string, value: unknown): Promise<void> => {
    await expect.poll(async () => member(await ok(path), name)).toEqual(value);
  };
  return { poly, kalshi, get, ok, settled };
}

/** A market as a query names it. */
export const of = ({ venue, market }: { readonly venue: string; readonly market: string }): string =>
  `parsec_id=${venue}:${market}`;
