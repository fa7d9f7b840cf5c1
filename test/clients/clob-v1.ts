import { AssetType, Chain, ClobClient, OrderType, Side } from '@polymarket/clob-client';
import type { Trip, TripSettings } from './trip.ts';

/** The same day with the SDK's earlier generation (5.8.1). Only `host` differs from production use. */
export async function tradeWithV1({ host, signer, tokenID }: TripSettings): Promise<Trip> {
  const creds = await new ClobClient(host, Chain.POLYGON, signer).createOrDeriveApiKey();
  const client = new ClobClient(host, Chain.POLYGON, signer, creds);
  const tickSize = await client.getTickSize(tokenID);
  const book = await client.getOrderBook(tokenID);
  const price = Number(tickSize);
  const limit = await client.createAndPostOrder(
    { tokenID, price, size: 20, side: Side.BUY },
    { tickSize },
    OrderType.GTC,
  );
  const buy = await client.createAndPostMarketOrder(
    { tokenID, amount: 30, side: Side.BUY },
    { tickSize },
    OrderType.FOK,
  );
  const sell = await client.createAndPostMarketOrder(
    { tokenID, amount: 5, side: Side.SELL },
    { tickSize },
    OrderType.FAK,
  );
  const orders = await Promise.all(
    [10, 15].map(async (size) => ({
      order: await client.createOrder({ tokenID, price, size, side: Side.BUY }, { tickSize }),
      orderType: OrderType.GTC,
    })),
  );
  const two = await client.postOrders(orders);
  const open = await client.getOpenOrders({ asset_id: tokenID });
  const one = await client.getOrder(limit.orderID);
  const cancelled = await client.cancelOrder({ orderID: limit.orderID });
  const cancelledAll = await client.cancelAll();
  const stillOpen = await client.getOpenOrders();
  const trades = await client.getTrades({ asset_id: tokenID });
  const { balance } = await client.getBalanceAllowance({ asset_type: AssetType.COLLATERAL });
  return {
    creds,
    tickSize,
    book,
    limit,
    buy,
    sell,
    two,
    open,
    one,
    cancelled,
    cancelledAll,
    stillOpen,
    trades,
    balance,
  };
}
