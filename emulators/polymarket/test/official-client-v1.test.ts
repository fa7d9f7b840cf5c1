import { AssetType, Chain, ClobClient, OrderType, Side } from '@polymarket/clob-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, errorOf, marketOf, startForTest, type MarketKind, type TestEmulator } from './support.ts';

let emulator: TestEmulator;

beforeEach(async () => {
  emulator = await startForTest({ version: 1 });
});

afterEach(() => emulator.close());

async function aliceClient(url = emulator.url): Promise<ClobClient> {
  const creds = await new ClobClient(url, Chain.POLYGON, ALICE).createOrDeriveApiKey();
  return new ClobClient(url, Chain.POLYGON, ALICE, creds);
}

describe.each<MarketKind>(['plain', 'neg-risk', 'fee'])('client v1 on a %s market', (kind) => {
  test('trades from key creation to balances', async () => {
    const market = await marketOf(emulator, kind);
    const client = await aliceClient();
    expect(await client.getOk()).toBe('OK');
    expect(await client.getTickSize(market.yes)).toBe('0.01');
    expect((await client.getOrderBook(market.yes)).asks.at(-1)).toEqual({ price: '0.51', size: '500' });

    const limit = { tokenID: market.yes, price: 0.4, size: 10, side: Side.BUY };
    const resting = await client.createAndPostOrder(limit);
    expect(resting).toMatchObject({ success: true, status: 'live' });

    const bought = await client.createAndPostMarketOrder({
      tokenID: market.yes,
      amount: 51,
      side: Side.BUY,
    });
    expect(bought).toMatchObject({ status: 'matched', makingAmount: '51', takingAmount: '100' });

    const sell = { tokenID: market.yes, amount: 40, side: Side.SELL };
    const sold = await client.createAndPostMarketOrder(sell, undefined, OrderType.FAK);
    expect(sold).toMatchObject({ status: 'matched', takingAmount: '19.6' });

    const pair = await Promise.all(
      [0.3, 0.31].map(async (price) => ({
        order: await client.createOrder({ tokenID: market.no, price, size: 20, side: Side.BUY }),
        orderType: OrderType.GTC,
        postOnly: true,
      })),
    );
    expect(await client.postOrders(pair)).toMatchObject([{ status: 'live' }, { status: 'live' }]);
    expect(await client.getOpenOrders({ asset_id: market.no })).toHaveLength(2);
    expect(await client.cancelOrder({ orderID: resting.orderID })).toMatchObject({
      canceled: [resting.orderID],
    });
    expect(await client.areOrdersScoring({ orderIds: [resting.orderID] })).toEqual({
      [resting.orderID]: false,
    });
    await client.cancelMarketOrders({ market: market.conditionId });
    expect(await client.getOpenOrders()).toEqual([]);
    expect(await client.getTrades({ asset_id: market.yes })).toHaveLength(2);
    const shares = await client.getBalanceAllowance({
      asset_type: AssetType.CONDITIONAL,
      token_id: market.yes,
    });
    expect(shares.balance).toBe('60000000');
  });
});

test('a version 2 venue refuses version 1 orders by name', async () => {
  const current = await startForTest();
  try {
    const market = await marketOf(current, 'plain');
    const client = await aliceClient(current.url);
    const order = { tokenID: market.yes, price: 0.4, size: 10, side: Side.BUY };
    expect(errorOf(await client.createAndPostOrder(order))).toBe('order_version_mismatch');
  } finally {
    await current.close();
  }
});
