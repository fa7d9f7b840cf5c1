import { AssetType, Chain, ClobClient, OrderType, Side, SignatureTypeV2 } from '@polymarket/clob-client-v2';
import type { ethers } from 'ethers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ALICE,
  BOB,
  errorOf,
  marketOf,
  startForTest,
  type MarketKind,
  type TestEmulator,
} from './support.ts';

let emulator: TestEmulator;

beforeEach(async () => {
  emulator = await startForTest();
});

afterEach(() => emulator.close());

async function clientFor(wallet: ethers.Wallet, funder?: string): Promise<ClobClient> {
  const base = {
    host: emulator.url,
    chain: Chain.POLYGON,
    signer: wallet,
    ...(funder === undefined
      ? {}
      : { signatureType: SignatureTypeV2.POLY_GNOSIS_SAFE, funderAddress: funder }),
  };
  const creds = await new ClobClient(base).createOrDeriveApiKey();
  return new ClobClient({ ...base, creds });
}

describe.each<MarketKind>(['plain', 'neg-risk', 'fee'])('client v2 on a %s market', (kind) => {
  test('trades from key creation to balances', async () => {
    const market = await marketOf(emulator, kind);
    const client = await clientFor(ALICE);
    expect(await client.getTickSize(market.yes)).toBe('0.01');
    expect(await client.getNegRisk(market.yes)).toBe(kind === 'neg-risk');
    const book = await client.getOrderBook(market.yes);
    expect(book.bids.at(-1)).toEqual({ price: '0.49', size: '500' });
    const { hash } = book;
    expect(await client.getOrderBookHash(book)).toBe(hash);

    const resting = await client.createAndPostOrder({
      tokenID: market.yes,
      price: 0.4,
      size: 10,
      side: Side.BUY,
    });
    expect(resting).toMatchObject({ success: true, status: 'live', takingAmount: '' });

    const bought = await client.createAndPostMarketOrder({
      tokenID: market.yes,
      amount: 51,
      side: Side.BUY,
      orderType: OrderType.FOK,
    });
    expect(bought).toMatchObject({ status: 'matched', makingAmount: '51', takingAmount: '100' });
    expect(bought.transactionsHashes).toHaveLength(1);

    const sold = await client.createAndPostMarketOrder(
      { tokenID: market.yes, amount: 40, side: Side.SELL, orderType: OrderType.FAK },
      undefined,
      OrderType.FAK,
    );
    expect(sold).toMatchObject({ status: 'matched', makingAmount: '40', takingAmount: '19.6' });

    const pair = await Promise.all(
      [0.3, 0.31].map(async (price) => ({
        order: await client.createOrder({ tokenID: market.no, price, size: 20, side: Side.BUY }),
        orderType: OrderType.GTC,
      })),
    );
    const posted: unknown = await client.postOrders(pair);
    expect(posted).toMatchObject([{ status: 'live' }, { status: 'live' }]);

    expect(await client.getOpenOrders({ market: market.conditionId })).toHaveLength(3);
    expect(await client.getOrder(resting.orderID)).toMatchObject({ status: 'LIVE', original_size: '10' });
    expect(await client.cancelOrder({ orderID: resting.orderID })).toEqual({
      canceled: [resting.orderID],
      not_canceled: {},
    });
    expect(await client.cancelAll()).toMatchObject({ not_canceled: {} });
    expect(await client.getOpenOrders()).toEqual([]);

    const trades = await client.getTrades({ market: market.conditionId });
    expect(trades.map((trade) => [trade.side, trade.size, trade.price])).toEqual([
      ['SELL', '40', '0.49'],
      ['BUY', '100', '0.51'],
    ]);
    expect(trades[0]).toMatchObject({ status: 'MATCHED', trader_side: 'TAKER' });
    await emulator.control('tick');
    expect((await client.getTrades({ id: trades[0]?.id ?? '' }))[0]).toMatchObject({ status: 'CONFIRMED' });

    const shares = await client.getBalanceAllowance({
      asset_type: AssetType.CONDITIONAL,
      token_id: market.yes,
    });
    expect(shares.balance).toBe('60000000');
    const cash = await client.getBalanceAllowance({ asset_type: AssetType.COLLATERAL });
    // 100,000 - 51 + 19.6, less 7 % x p(1-p) of 100 shares at 0.51 and 40 at 0.49 where there are fees.
    expect(cash.balance).toBe(kind === 'fee' ? '99966150980' : '99968600000');
  });
});

test('a safe trades with its funder as maker, and balances follow the safe', async () => {
  const safe = '0x00000000000000000000000000000000000a5afe';
  const market = await marketOf(emulator, 'plain');
  const client = await clientFor(ALICE, safe);
  const bought = await client.createAndPostMarketOrder({ tokenID: market.yes, amount: 51, side: Side.BUY });
  expect(bought).toMatchObject({ success: true, status: 'matched' });
  const held = await client.getBalanceAllowance({
    asset_type: AssetType.CONDITIONAL,
    token_id: market.yes,
  });
  expect(held.balance).toBe('100000000');
  expect((await client.getTrades())[0]).toMatchObject({ maker_address: safe });
  const thief = await clientFor(BOB, safe);
  const stolen: unknown = await thief.createAndPostOrder({
    tokenID: market.yes,
    price: 0.6,
    size: 10,
    side: Side.SELL,
  });
  expect(errorOf(stolen)).toBe('invalid signature');
});

test('a deposit wallet trades with the wrapped signature of type 3', async () => {
  const wallet = '0x00000000000000000000000000000000000de90c';
  const market = await marketOf(emulator, 'neg-risk');
  const creds = await new ClobClient({
    host: emulator.url,
    chain: Chain.POLYGON,
    signer: ALICE,
  }).createOrDeriveApiKey();
  const client = new ClobClient({
    host: emulator.url,
    chain: Chain.POLYGON,
    signer: ALICE,
    creds,
    signatureType: SignatureTypeV2.POLY_1271,
    funderAddress: wallet,
  });
  const order = { tokenID: market.yes, price: 0.4, size: 10, side: Side.BUY };
  expect(await client.createAndPostOrder(order)).toMatchObject({ success: true, status: 'live' });
});

test('two users meet: a BUY of NO and a BUY of YES mint a pair at complementary prices', async () => {
  const market = await marketOf(emulator, 'plain');
  await emulator.control('book', { token_id: market.yes, bids: [], asks: [] });
  const [alice, bob] = await Promise.all([clientFor(ALICE), clientFor(BOB)]);
  await alice.createAndPostOrder({ tokenID: market.no, price: 0.45, size: 20, side: Side.BUY });
  expect((await bob.getOrderBook(market.yes)).asks).toEqual([{ price: '0.55', size: '20' }]);
  const taken = await bob.createAndPostOrder({ tokenID: market.yes, price: 0.6, size: 20, side: Side.BUY });
  expect(taken).toMatchObject({ status: 'matched', makingAmount: '11', takingAmount: '20' });
  expect((await alice.getTrades())[0]).toMatchObject({
    trader_side: 'MAKER',
    maker_orders: [{ outcome: 'No', price: '0.45', side: 'BUY', matched_amount: '20' }],
  });
});

test('every read of the client gets an answer it accepts', async () => {
  const market = await marketOf(emulator, 'fee');
  const client = await clientFor(ALICE);
  const tokens = [{ token_id: market.yes, side: Side.BUY }];
  expect(await client.getOk()).toBe('OK');
  expect(await client.getVersion()).toBe(2);
  expect(await client.getServerTime()).toBeTypeOf('number');
  expect((await client.getClobMarketInfo(market.conditionId)).fd).toEqual({ r: 0.07, e: 1, to: true });
  expect(await client.getFeeRateBps(market.yes)).toBe(1000);
  expect(await client.getFeeExponent(market.yes)).toBe(1);
  expect(await client.getPrice(market.yes, 'BUY')).toEqual({ price: '0.49' });
  expect(await client.getPrices(tokens)).toEqual({ [market.yes]: { BUY: '0.49' } });
  expect(await client.getMidpoint(market.yes)).toEqual({ mid: '0.5' });
  expect(await client.getMidpoints(tokens)).toEqual({ [market.yes]: '0.5' });
  expect(await client.getSpread(market.no)).toEqual({ spread: '0.02' });
  expect(await client.getSpreads(tokens)).toEqual({ [market.yes]: '0.02' });
  expect(await client.getOrderBooks(tokens)).toHaveLength(1);
  expect(await client.getLastTradesPrices(tokens)).toMatchObject([{ token_id: market.yes }]);
  expect(await client.getMarketTradesEvents(market.conditionId)).toEqual([]);
  expect(await client.getClosedOnlyMode()).toEqual({ closed_only: false });
  expect(await client.getNotifications()).toEqual([]);
  expect(await client.getCurrentRewards()).toEqual([]);
  expect(await client.getPreMigrationOrders()).toEqual([]);
  expect((await client.getApiKeys()).apiKeys).toHaveLength(1);
  const beat: unknown = await client.postHeartbeat();
  expect(beat).toMatchObject({ heartbeat_id: expect.any(String) });
  const { key } = await client.createBuilderApiKey();
  expect(await client.getBuilderApiKeys()).toMatchObject([{ key }]);
  await client.revokeBuilderApiKey();
  expect(await client.getBuilderApiKeys()).toMatchObject([{ revokedAt: expect.any(String) }]);
  expect(await client.deleteApiKey()).toBe('OK');
  expect(errorOf(await client.getApiKeys())).toBe('Unauthorized/Invalid api key');
});

test('against a version 1 venue the client signs version 1 orders', async () => {
  const old = await startForTest({ version: 1 });
  try {
    const market = await marketOf(old, 'fee');
    const base = { host: old.url, chain: Chain.POLYGON, signer: ALICE };
    const creds = await new ClobClient(base).createOrDeriveApiKey();
    const client = new ClobClient({ ...base, creds });
    const order = { tokenID: market.yes, price: 0.4, size: 10, side: Side.BUY };
    expect(await client.createAndPostOrder(order)).toMatchObject({ status: 'live' });
  } finally {
    await old.close();
  }
});
