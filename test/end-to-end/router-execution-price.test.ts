import { beforeAll, describe, expect, inject, test } from 'vitest';
import { member, rowsOf, type Answer } from './support/ask.ts';
import { expectRouterRefusal } from './support/builder.ts';
import { liveStage, type LiveStage } from './support/live-stage.ts';
import { marketDataStage, of, type MarketDataStage } from './support/market-data-stage.ts';
import { newTrader } from './support/trader.ts';

const file = inject('postern');
let asking: MarketDataStage;
let poly: LiveStage;
let kalshi: LiveStage;
beforeAll(async () => {
  asking = await marketDataStage(file);
  ({ poly, kalshi } = asking);
});
const get = (path: string): Promise<Answer> => asking.get(path);
const ok = (path: string): Promise<Answer> => asking.ok(path);
const stages = (): readonly LiveStage[] => [poly, kalshi];

describe('/execution-price', () => {
  test('walks the side that the order takes from', async () => {
    for (const stage of stages()) {
      const path = `execution-price?${of(stage)}`;
      await asking.settled(`orderbook?${of(stage)}&limit=1`, 'asks', [[0.45, 10]]);
      expect((await ok(`${path}&side=buy&amount=25`)).json).toMatchObject({
        avg_price: 0.48,
        total_cost: 12,
        filled_amount: 25,
        fully_filled: true,
        slippage: 0.03,
        levels_consumed: 2,
        worst_price: 0.5,
      });
      const sale = await ok(`${path}&side=sell&amount=1000`);
      expect(sale.json).toMatchObject({
        filled_amount: 120.5,
        fully_filled: false,
        total_cost: 46.8,
        levels_consumed: 2,
        worst_price: 0.38,
      });
      const [cost, fee, net] = ['total_cost', 'fee_estimate', 'net_cost'].map((name) =>
        Number(member(sale, name)),
      );
      expect(fee).toBeGreaterThan(0);
      expect(net).toBeCloseTo((cost ?? 0) - (fee ?? 0), 9);
      for (const bad of ['amount=0', 'amount=-1', 'amount=1e3', 'amount=x', 'amount=0.0000001'])
        expectRouterRefusal(
          await get(`${path}&side=buy&${bad}`),
          400,
          'validation_error',
          'VALIDATION_FAILED',
        );
    }
  });

  test('without anybody to trade with: 200 and nulls', async () => {
    const nobody = await liveStage(file, 'polymarket', 1);
    await nobody.book([], []);
    const path = `execution-price?${of(nobody)}&side=buy&amount=1`;
    await asking.settled(path, 'avg_price', null);
    expect((await ok(path)).json).toMatchObject({
      avg_price: null,
      total_cost: 0,
      filled_amount: 0,
      fully_filled: false,
      slippage: null,
      levels_consumed: 0,
      worst_price: null,
      fee_estimate: null,
      net_cost: null,
    });
  });

  test.each([
    ['buy', '37.123456'],
    ['buy', '10'],
    ['sell', '9.9'],
  ] as const)('is what a market order on paper then costs on the same book: %s %s', async (side, amount) => {
    const own = await newTrader(file);
    const market = { venue: 'paper', market: poly.market };
    await asking.settled(`orderbook?${of(market)}&limit=1`, 'asks', [[0.45, 10]]);
    const order = (members: object): Promise<Answer> =>
      own.call('POST', '/api/v1/orders?exchange=paper', {
        market_id: poly.market,
        outcome: 'yes',
        params: { order_type: 'ioc' },
        ...members,
      });
    if (side === 'sell') await order({ side: 'buy', price: 0.99, size: 10 });
    const before = Number(member(await own.call('GET', '/api/v1/balance?exchange=paper'), 'available'));
    const told = await own.call('GET', `/api/v1/execution-price?${of(market)}&side=${side}&amount=${amount}`);
    const placed = await order({ side, price: side === 'buy' ? 0.99 : 0.01, size: Number(amount) });
    const [fill] = rowsOf(await own.call('GET', '/api/v1/fills?exchange=paper'));
    const after = Number(member(await own.call('GET', '/api/v1/balance?exchange=paper'), 'available'));
    expect(member(placed, 'filled'), placed.text).toBe(member(told, 'filled_amount'));
    expect(fill).toMatchObject({ price: member(told, 'avg_price'), fee: member(told, 'fee_estimate') });
    expect(Math.abs(after - before)).toBeCloseTo(Number(member(told, 'net_cost')), 6);
  });
});
