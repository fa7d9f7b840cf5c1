import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import * as z from 'zod';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { controlVenue } from '../../support/control.ts';
import { openMarket, setBook } from '../../support/markets.ts';
import { member, textOf, type Answer } from './ask.ts';
import { newTrader, type Trader } from './trader.ts';
import { clobAccount, fundWallet, kalshiAccount } from './venue-accounts.ts';

export type LiveName = 'polymarket' | 'kalshi';
export const liveNames = ['polymarket', 'kalshi'] as const;

/** A market of a venue's emulator that this test has to itself, with the means to look behind the counter. */
export interface LiveStage {
  readonly venue: LiveName;
  readonly market: string;
  /** Where the adapter sends orders. */
  readonly placePath: string;
  /** Where it sends cancels. */
  readonly cancelPath: (id: string) => string;
  /** Members of an onboarding, and of `X-Exchange-Credentials`, of a new member of the venue with money. */
  newMember(): Promise<Readonly<Record<string, unknown>>>;
  /** Levels of Yes, price and size, which then stand still. */
  book(bids: readonly Level[], asks: readonly Level[]): Promise<void>;
  /** Orders on this market at the venue, whoever placed them. */
  orders(): Promise<number>;
  /** Whether an order is open there. */
  resting(id: string): Promise<boolean>;
}
type Level = readonly [price: string, size: string];

const rows = z.array(z.looseObject({}));

async function countOrders(
  file: PosternFile,
  venue: LiveName,
  name: string,
  market: string,
): Promise<number> {
  const response = await fetch(`${file.emulators[venue]}/__control/orders`);
  return rows.parse(await response.json()).filter((order) => order[name] === market).length;
}

async function isResting(file: PosternFile, venue: LiveName, id: string): Promise<boolean> {
  const response = await fetch(`${file.emulators[venue]}/__control/orders`);
  const found = rows
    .parse(await response.json())
    .find((order) => (order['hash'] ?? order['order_id']) === id);
  if (!found) throw new Error(`${venue} has no order ${id}`);
  return ['live', 'resting'].includes(String(found['status']).toLowerCase());
}

async function polymarketStage(file: PosternFile, nth: number): Promise<LiveStage> {
  let seen = 0;
  const { condition, yes } = await openMarket(
    file,
    (market) => market.minimum_tick_size === 0.01 && !market.neg_risk && seen++ === nth,
  );
  return {
    venue: 'polymarket',
    market: condition,
    placePath: '/order',
    cancelPath: () => '/order',
    async newMember() {
      const { address, privateKey, wire } = await clobAccount(file);
      await fundWallet(file, address, '1000');
      return { ...wire, private_key: privateKey };
    },
    book: (bids, asks) =>
      setBook(file, yes, {
        bids: bids.map(([price, size]) => ({ price, size })),
        asks: asks.map(([price, size]) => ({ price, size })),
      }),
    orders: () => countOrders(file, 'polymarket', 'market', condition),
    resting: (id) => isResting(file, 'polymarket', id),
  };
}

const marketList = z.object({ markets: z.array(z.object({ ticker: z.string(), status: z.string() })) });

async function kalshiStage(file: PosternFile, nth: number): Promise<LiveStage> {
  const response = await fetch(`${file.emulators.kalshi}/markets?status=open&limit=100`);
  const ticker = marketList.parse(await response.json()).markets[nth]?.ticker;
  if (ticker === undefined) throw new Error('the emulator has no such market');
  const levels = (list: readonly Level[]) => list.map(([price, count]) => ({ price, count }));
  return {
    venue: 'kalshi',
    market: ticker,
    placePath: '/portfolio/events/orders',
    cancelPath: (id) => `/portfolio/events/orders/${id}`,
    newMember: async () => (await kalshiAccount(file, '1000')).wire,
    book: (bids, asks) =>
      controlVenue(file, 'book', { ticker, bids: levels(bids), asks: levels(asks) }, 'POST', 'kalshi'),
    orders: () => countOrders(file, 'kalshi', 'ticker', ticker),
    resting: (id) => isResting(file, 'kalshi', id),
  };
}

/** `nth` open market: tests that share a program take different ones. */
export const liveStage = (file: PosternFile, venue: LiveName, nth: number): Promise<LiveStage> =>
  venue === 'polymarket' ? polymarketStage(file, nth) : kalshiStage(file, nth);

/** A trader whose account the venue believes. */
export async function onboarded(file: PosternFile, stage: LiveStage): Promise<Trader> {
  const trader = await newTrader(file);
  const body = { exchange: stage.venue, mode: 'self', ...(await stage.newMember()) };
  const answer = await trader.call('POST', '/api/v1/onboard', body);
  expect(answer.status, answer.text).toBe(200);
  return trader;
}

export type OrderMembers = Readonly<Record<string, unknown>>;

/** A buy of 10 Yes at 0.40 that rests; members are replaced or added. */
export const order = ({ market }: LiveStage, members: OrderMembers = {}): OrderMembers => ({
  market_id: market,
  outcome: 'Yes',
  side: 'buy',
  price: 0.4,
  size: 10,
  ...members,
});

export const ordersPath = ({ venue }: LiveStage, id?: string, query = ''): string =>
  `/api/v1/orders${id === undefined ? '' : `/${id}`}?exchange=${venue}${query}`;

export const place = (
  trader: Trader,
  stage: LiveStage,
  members: OrderMembers = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> => trader.call('POST', ordersPath(stage), order(stage, members), headers);

/** Id of an order that was taken. */
export function placedId(answer: Answer): string {
  expect(answer.status, answer.text).toBe(200);
  return textOf(answer, 'id');
}

export const cancel = (trader: Trader, stage: LiveStage, id: string, headers = {}): Promise<Answer> =>
  trader.call('DELETE', ordersPath(stage, id), undefined, headers);

/** A fault at the venue. */
export const fault = (
  file: PosternFile,
  { venue }: LiveStage,
  members: Readonly<Record<string, unknown>>,
): Promise<void> => controlVenue(file, 'faults', members, 'POST', venue);

export const newKey = (): Record<string, string> => ({ 'idempotency-key': randomUUID() });
export const sdkRetry = { 'x-stainless-retry-count': '1' };

/** What of an order a test compares. */
export const shape = (answer: Answer): readonly unknown[] =>
  ['side', 'outcome', 'price', 'size', 'filled', 'status'].map((name) => member(answer, name));
