import {
  ApiKeysApi,
  BookSide,
  Configuration,
  EventsApi,
  ExchangeApi,
  MarketApi,
  OrdersApi,
  PortfolioApi,
  SelfTradePreventionType,
  type CreateOrderV2Request,
} from 'kalshi-typescript';
import * as z from 'zod';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, knownBook, MARKET, startForTest, type TestEmulator } from './support.ts';

let emulator: TestEmulator;
let configuration: Configuration;
let orders: OrdersApi;
let portfolio: PortfolioApi;
let markets: MarketApi;

beforeEach(async () => {
  emulator = await startForTest();
  await knownBook(emulator);
  const { keyId: apiKey, privateKeyPem } = ALICE;
  configuration = new Configuration({ apiKey, privateKeyPem, basePath: emulator.url });
  orders = new OrdersApi(configuration);
  portfolio = new PortfolioApi(configuration);
  markets = new MarketApi(configuration);
});

afterEach(() => emulator.close());

function order(extra: Partial<CreateOrderV2Request> = {}): CreateOrderV2Request {
  return {
    ticker: MARKET,
    side: BookSide.Bid,
    count: '10',
    price: '0.40',
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: SelfTradePreventionType.TakerAtCross,
    ...extra,
  };
}

const axiosErrorSchema = z.object({ response: z.object({ status: z.number(), data: z.unknown() }) });

/** What the client throws for a refusal: axios' error, with status and body. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; data: unknown }> {
  try {
    await call;
  } catch (error) {
    const { status, data } = axiosErrorSchema.parse(error).response;
    return { status, data };
  }
  throw new Error('it was not refused');
}

describe('what anybody may read', () => {
  test('the exchange is trading', async () => {
    const { data } = await new ExchangeApi(configuration).getExchangeStatus();
    expect(data).toMatchObject({ exchange_active: true, trading_active: true });
  });

  test('markets come in pages that hold each once, and by status, event and ticker', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { data } = await markets.getMarkets(4, cursor === '' ? undefined : cursor);
      seen.push(...data.markets.map((market) => market.ticker));
      ({ cursor } = data);
    } while (cursor !== '');
    expect(seen).toHaveLength(15);
    expect(new Set(seen).size).toBe(15);
    const none = undefined;
    const by = async (status: 'open' | 'closed' | 'settled'): Promise<number> =>
      (await markets.getMarkets(none, none, none, none, none, none, none, none, none, none, none, status))
        .data.markets.length;
    expect([await by('open'), await by('closed'), await by('settled')]).toEqual([13, 1, 1]);
    const { data } = await markets.getMarkets(none, none, 'KXFEDDECISION-27APR');
    expect(data.markets).toHaveLength(4);
  });

  test('a market shows the top of its book', async () => {
    const { data } = await markets.getMarket(MARKET);
    expect(data.market).toMatchObject({
      status: 'active',
      yes_bid_dollars: '0.4900',
      yes_ask_dollars: '0.5100',
      no_bid_dollars: '0.4900',
      no_ask_dollars: '0.5100',
      price_level_structure: 'linear_cent',
      price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100' }],
    });
  });

  test('the book is bids of both outcomes, best last', async () => {
    const { data } = await markets.getMarketOrderbook(MARKET, 1);
    expect(data.orderbook_fp).toEqual({
      yes_dollars: [['0.4900', '500.00']],
      no_dollars: [['0.4900', '500.00']],
    });
    const whole = (await markets.getMarketOrderbook(MARKET)).data.orderbook_fp;
    expect(whole.yes_dollars.map(([price]) => price)).toEqual(['0.4800', '0.4900']);
  });

  test('events, their markets and series', async () => {
    const events = new EventsApi(configuration);
    const list = (await events.getEvents()).data;
    expect(list.events).toHaveLength(7);
    expect(new Set(list.events.map((event) => event.category)).size).toBe(4);
    const { data } = await events.getEvent('KXFEDDECISION-27APR', true);
    expect(data.event.mutually_exclusive).toBe(true);
    expect(data.event.markets).toHaveLength(4);
    expect((await markets.getSeries('KXFEDDECISION')).data.series.fee_type).toBe('quadratic');
    expect((await markets.getSeriesList('Crypto')).data.series).toHaveLength(1);
  });

  test('candlesticks are whole periods inside the range', async () => {
    const end = Math.floor(Date.now() / 1000) - 3600;
    const { data } = await markets.getMarketCandlesticks('KXCPIYOY', MARKET, end - 7200, end, 60);
    expect(data.candlesticks.length).toBeGreaterThanOrEqual(2);
    for (const candle of data.candlesticks) expect(candle.end_period_ts % 3600).toBe(0);
  });
});

describe('orders', () => {
  test('a limit order rests, is found, listed and cancelled', async () => {
    const created = (await orders.createOrderV2(order({ client_order_id: 'mine-1' }))).data;
    expect(created).toMatchObject({
      client_order_id: 'mine-1',
      fill_count: '0.00',
      remaining_count: '10.00',
    });
    expect(created).not.toHaveProperty('average_fill_price');
    const { data } = await orders.getOrder(created.order_id);
    expect(data.order).toMatchObject({
      client_order_id: 'mine-1',
      status: 'resting',
      book_side: 'bid',
      outcome_side: 'yes',
      yes_price_dollars: '0.4000',
      no_price_dollars: '0.6000',
      initial_count_fp: '10.00',
      remaining_count_fp: '10.00',
    });
    const none = undefined;
    const resting = await orders.getOrders(MARKET, none, none, none, 'resting');
    expect(resting.data.orders.map(({ order_id }) => order_id)).toEqual([created.order_id]);
    expect((await portfolio.getBalance()).data).toMatchObject({ balance: 9_999_600 });
    const canceled = (await orders.cancelOrderV2(created.order_id)).data;
    expect(canceled).toMatchObject({ order_id: created.order_id, reduced_by: '10.00' });
    expect((await orders.getOrder(created.order_id)).data.order.status).toBe('canceled');
    expect((await portfolio.getBalance()).data.balance_dollars).toBe('100000.0000');
    expect(await refusal(orders.cancelOrderV2(created.order_id))).toEqual({
      status: 404,
      data: { error: { code: 'not_found', message: 'not found' } },
    });
  });

  test('an order that crosses takes the book, in fills, position and balance to the fee', async () => {
    const request = order({ count: '600', price: '0.52', time_in_force: 'immediate_or_cancel' });
    const created = (await orders.createOrderV2(request)).data;
    // 500 at 0.51 and 100 at 0.52; fees 0.07 x 500 x 0.51 x 0.49 and 0.07 x 100 x 0.52 x 0.48, up to 0.0001.
    expect(created).toMatchObject({
      fill_count: '600.00',
      remaining_count: '0.00',
      average_fill_price: '0.511666',
    });
    const { data } = await portfolio.getFills(undefined, created.order_id);
    const shown = data.fills.map((fill) => [
      fill.count_fp,
      fill.yes_price_dollars,
      fill.fee_cost,
      fill.is_taker,
    ]);
    expect(shown).toEqual([
      ['100.00', '0.5200', '1.747200', true],
      ['500.00', '0.5100', '8.746500', true],
    ]);
    const positions = (await portfolio.getPositions()).data;
    expect(positions.market_positions).toMatchObject([
      {
        ticker: MARKET,
        position_fp: '600.00',
        market_exposure_dollars: '307.0000',
        fees_paid_dollars: '10.4937',
      },
    ]);
    expect(positions.event_positions).toMatchObject([{ event_ticker: 'KXCPIYOY-27MAY' }]);
    expect((await portfolio.getBalance()).data.balance_dollars).toBe('99682.5063');
    const trades = (await markets.getTrades(undefined, undefined, MARKET)).data.trades;
    expect(trades.map((trade) => trade.count_fp)).toEqual(['100.00', '500.00']);
    expect((await markets.getMarket(MARKET)).data.market).toMatchObject({
      last_price_dollars: '0.5200',
      open_interest_fp: '600.00',
    });
  });

  test('fill or kill fills whole, or is refused with nothing done', async () => {
    const whole = order({ count: '1000', price: '0.52', time_in_force: 'fill_or_kill' });
    expect((await orders.createOrderV2(whole)).data.fill_count).toBe('1000.00');
    const before = (await portfolio.getBalance()).data.balance_dollars;
    const tooMuch = order({ count: '1', price: '0.52', time_in_force: 'fill_or_kill' });
    expect(await refusal(orders.createOrderV2(tooMuch))).toMatchObject({
      status: 409,
      data: { error: { code: 'fill_or_kill_insufficient_resting_volume' } },
    });
    expect((await portfolio.getBalance()).data.balance_dollars).toBe(before);
  });

  test('a client order id is used once, even when its order is cancelled', async () => {
    const first = (await orders.createOrderV2(order({ client_order_id: 'once' }))).data;
    const duplicate = {
      status: 409,
      data: {
        error: {
          code: 'order_already_exists',
          message: 'order already exists',
          service: 'exchange',
        },
      },
    };
    expect(await refusal(orders.createOrderV2(order({ client_order_id: 'once' })))).toEqual(duplicate);
    await orders.cancelOrderV2(first.order_id);
    expect(await refusal(orders.createOrderV2(order({ client_order_id: 'once' })))).toEqual(duplicate);
    expect((await orders.getOrders()).data.orders).toHaveLength(1);
  });

  test('orders come in pages, newest first', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift((await orders.createOrderV2(order())).data.order_id);
    const none = undefined;
    const first = (await orders.getOrders(none, none, none, none, none, 3)).data;
    const second = (await orders.getOrders(none, none, none, none, none, 3, first.cursor)).data;
    expect([...first.orders, ...second.orders].map(({ order_id }) => order_id)).toEqual(ids);
    expect(second.cursor).toBe('');
  });
});

test('keys are listed, added and deleted', async () => {
  const keys = new ApiKeysApi(configuration);
  const { data } = await keys.createApiKey({ name: 'second', public_key: ALICE.publicKeyPem });
  const listed = (await keys.getApiKeys()).data.api_keys;
  expect(listed.map((key) => key.api_key_id)).toEqual([ALICE.keyId, data.api_key_id]);
  await keys.deleteApiKey(data.api_key_id);
  expect((await keys.getApiKeys()).data.api_keys).toHaveLength(1);
});
