import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMarket } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { tradeWithV1 } from './clob-v1.ts';
import { tradeWithV2 } from './clob-v2.ts';
import type { Trip, TripSettings } from './trip.ts';

const clients: readonly (readonly [string, (settings: TripSettings) => Promise<Trip>])[] = [
  ['@polymarket/clob-client-v2', tradeWithV2],
  ['@polymarket/clob-client 5.8.1', tradeWithV1],
];

describe.each(clients)('%s, unmodified, trades with only its host changed', (_, trade) => {
  let program: OwnProgram;
  let trip: Trip;
  beforeAll(async () => {
    // A program of its own: a client without a key shares its address's public limit with all others.
    program = await startProgram();
    const { yes } = await openMarket(program.file);
    const signer = new Wallet(program.file.polymarket.privateKey);
    trip = await trade({ host: `${program.file.url}/v1`, signer, tokenID: yes });
  });
  afterAll(() => program.stop());

  test('derives its key and reads the market', () => {
    expect(trip.creds.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(trip.tickSize).toBe('0.01');
    expect(trip.book.asks.length).toBeGreaterThan(0);
  });

  test('a limit order far from the book rests', () => {
    expect(trip.limit).toMatchObject({ success: true, status: 'live', errorMsg: '' });
  });

  test('market orders fill: FOK whole, within the money given', () => {
    expect(trip.buy).toMatchObject({ success: true, status: 'matched' });
    expect(Number(trip.buy.makingAmount)).toBeLessThanOrEqual(30);
    expect(Number(trip.buy.takingAmount)).toBeGreaterThan(30);
    expect(trip.sell).toMatchObject({ success: true, status: 'matched', makingAmount: '5' });
  });

  test('two orders in one call each get their own id, and all resting orders are listed', () => {
    const ids = [trip.limit.orderID, ...trip.two.map((order) => order.orderID)];
    expect(new Set(ids).size).toBe(3);
    expect(new Set(trip.open.map((order) => order.id))).toEqual(new Set(ids));
  });

  test('cancel takes the named order, cancel-all the others, and nothing stays open', () => {
    expect(trip.cancelled.canceled).toEqual([trip.limit.orderID]);
    expect(new Set(trip.cancelledAll.canceled)).toEqual(new Set(trip.two.map((order) => order.orderID)));
    expect(trip.stillOpen).toEqual([]);
  });

  test('trades carry the fills, and the balance is the deposit less what they cost', () => {
    expect(trip.trades.map((trade_) => trade_.side)).toEqual(['SELL', 'BUY']);
    expect(trip.trades.every((trade_) => /^0x[0-9a-f]{64}$/.test(trade_.transaction_hash ?? ''))).toBe(true);
    expect(Number(trip.balance)).toBeLessThan(10_000_000_000);
    expect(Number(trip.balance)).toBeGreaterThan(9_969_000_000);
  });
});
