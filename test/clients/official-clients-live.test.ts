import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { clobAccount, fundWallet, type ClobAccount } from '../end-to-end/support/venue-accounts.ts';
import { newTrader } from '../end-to-end/support/trader.ts';
import { openMarket, setBook } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { tradeWithV1 } from './clob-v1.ts';
import { tradeWithV2 } from './clob-v2.ts';
import type { Trip, TripSettings } from './trip.ts';

const atVenue = z.array(
  z.object({
    hash: z.string(),
    owner: z.string(),
    maker: z.string(),
    signer: z.string(),
    status: z.string(),
  }),
);

const clients: readonly (readonly [string, '1' | '2', (settings: TripSettings) => Promise<Trip>])[] = [
  ['@polymarket/clob-client-v2', '2', tradeWithV2],
  ['@polymarket/clob-client 5.8.1', '1', tradeWithV1],
];

describe.each(clients)('%s, unmodified, on Polymarket by schema %s', (_, version, trade) => {
  let program: OwnProgram;
  let trip: Trip;
  let account: ClobAccount;
  let orders: z.infer<typeof atVenue>;
  beforeAll(async () => {
    program = await startProgram({ emulatorEnv: { EMULATOR_VERSION: version } });
    const { file } = program;
    const { yes } = await openMarket(file);
    const level = { size: '5000' };
    await setBook(file, yes, {
      bids: [{ price: '0.40', ...level }],
      asks: [{ price: '0.50', ...level }],
    });
    const signer = Wallet.createRandom();
    account = await clobAccount(file, signer);
    await fundWallet(file, signer.address, '1000');
    const trader = await newTrader(file, { wallet_address: signer.address, default_venue: 'polymarket' });
    // The vault gets the CLOB key and no private key: what goes out is what the client signed, or nothing.
    const onboarded = await trader.call('POST', '/api/v1/onboard', {
      exchange: 'polymarket',
      mode: 'self',
      eoa_address: signer.address,
      ...account.wire,
    });
    expect(onboarded.status, onboarded.text).toBe(200);
    trip = await trade({ host: `${file.url}/v1`, signer, tokenID: yes });
    orders = atVenue.parse(await (await fetch(`${file.emulators.polymarket}/__control/orders`)).json());
  });
  afterAll(() => program.stop());

  test('each order is at the venue once, its signature believed, under the CLOB key of the vault', () => {
    const placed = [trip.limit, trip.buy, trip.sell, ...trip.two].map(({ orderID }) => orderID);
    expect(placed.every((id) => /^0x[0-9a-f]{64}$/.test(id))).toBe(true);
    expect(orders.map(({ hash }) => hash).toSorted()).toEqual(placed.toSorted());
    const { address, wire } = account;
    for (const order of orders)
      expect(order).toMatchObject({ owner: wire.clob_api_key, maker: address, signer: address });
    // Its own key is the gateway's, not the venue's.
    expect(trip.creds.key).not.toBe(wire.clob_api_key);
  });

  test('replies are what the venue said', () => {
    expect(trip.limit).toMatchObject({ success: true, status: 'live', makingAmount: '' });
    expect(trip.buy).toMatchObject({ status: 'matched', makingAmount: '30', takingAmount: '60' });
    expect(trip.sell).toMatchObject({ status: 'matched', makingAmount: '5', takingAmount: '2' });
    expect(trip.two).toMatchObject([{ status: 'live' }, { status: 'live' }]);
  });

  test('reads, cancels, trades and balance are the account’s at the venue', () => {
    const resting = [trip.limit, ...trip.two].map(({ orderID }) => orderID);
    expect(trip.open.map(({ id }) => id).toSorted()).toEqual(resting.toSorted());
    expect(trip.one).toMatchObject({ id: trip.limit.orderID, original_size: '20' });
    expect(trip.cancelled.canceled).toEqual([trip.limit.orderID]);
    expect(trip.cancelledAll.canceled.toSorted()).toEqual(resting.slice(1).toSorted());
    expect(trip.stillOpen).toEqual([]);
    expect(trip.trades.map(({ side }) => side)).toEqual(['SELL', 'BUY']);
    // The emulator's own gift and ours, less 30 for the shares, their fee, and what the five sold for.
    expect(Number(trip.balance)).toBeLessThan(100_973_000_000);
    expect(Number(trip.balance)).toBeGreaterThan(100_970_000_000);
  });
});
