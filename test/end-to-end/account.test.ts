import { beforeAll, describe, expect, inject, test } from 'vitest';
import { controlVenue } from '../support/control.ts';
import { openMarket, setBook } from '../support/markets.ts';
import { ask, expectRefusal, member, rowsOf, textOf, type Answer } from './support/ask.ts';
import { limitOrder, marketBuy, microIn, newTrader, type Trader } from './support/trader.ts';

const file = inject('postern');
/** Bids at 0.40, asks at 0.50: the middle is 0.45. retries.test.ts trades on the same market. */
let market: { readonly condition: string; readonly yes: string; readonly no: string };
beforeAll(async () => {
  market = await openMarket(file);
  await setBook(file, market.yes, {
    bids: [{ price: '0.40', size: '100000' }],
    asks: [{ price: '0.50', size: '100000' }],
  });
});

async function place(trader: Trader, body: unknown): Promise<Answer> {
  const answer = await trader.call('POST', '/v1/orders', body);
  expect(answer.status, answer.text).toBe(200);
  return answer;
}
/** 100 shares at 0.50, and a BUY of 10 at 0.10 that rests. */
async function withHolding(): Promise<Trader> {
  const trader = await newTrader(file);
  await place(trader, marketBuy(market.condition, { quantity: '100' }));
  await place(trader, limitOrder(market.condition));
  return trader;
}
const listOf = (answer: Answer, name: string): readonly Readonly<Record<string, unknown>>[] =>
  // The reply's schema says so.
  (member(answer, name) ?? []) as readonly Readonly<Record<string, unknown>>[];

/** cash + reserved + fees + Σ cost = deposit + realised, from what the routes show, to their cents. */
async function expectConserved(trader: Trader, deposit: bigint): Promise<void> {
  const [balance, positions] = await Promise.all([
    trader.call('GET', '/v1/account/balance'),
    trader.call('GET', '/v1/account/positions'),
  ]);
  const cost = rowsOf(positions).reduce(
    (sum, row) => sum + BigInt(Math.round(Number(row['cost']) * 1e6)),
    0n,
  );
  const left = microIn(balance, 'balance') + microIn(balance, 'fees_paid') + cost;
  const right = deposit + microIn(balance, 'realized_pnl');
  expect(Math.abs(Number(left - right)), balance.text).toBeLessThan(30_000);
}
const DEPOSIT = 10_000_000_000n;

describe('what the account is worth', () => {
  test("positions carry the book's midpoint, their value and what is not realised yet", async () => {
    const trader = await withHolding();
    const [row] = rowsOf(await trader.call('GET', '/v1/account/positions'));
    expect(row).toMatchObject({
      token_id: market.yes,
      quantity: '100.0000',
      avg_entry_price: '0.5000',
      cost: '50.00',
      current_price: '0.45',
      market_value: '45.00',
      unrealized_pnl: '-5.00',
      settled: false,
      redeemable: false,
    });
  });

  test('equity is the balance and the value of positions, and the hour keeps one point of it', async () => {
    const trader = await withHolding();
    const portfolio = await trader.call('GET', '/v1/account/portfolio');
    expect(microIn(portfolio, 'equity')).toBe(microIn(portfolio, 'balance') + 45_000_000n);
    expect(portfolio.json).toMatchObject({ reserved: '1.00', unrealized_pnl: '-5.00' });
    expect(listOf(portfolio, 'positions')).toHaveLength(1);
    await trader.call('GET', '/v1/account/portfolio');
    const points = listOf(await trader.call('GET', '/v1/account/equity'), 'points');
    // Two where an hour ended between two requests.
    expect([1, 2]).toContain(points.length);
    expect(Number(points.at(-1)?.['equity'])).toBeCloseTo(Number(textOf(portfolio, 'equity')), 1);
  });

  test('a command alone leaves a point of equity', async () => {
    const trader = await newTrader(file);
    await place(trader, limitOrder(market.condition));
    await expect
      .poll(async () => listOf(await trader.call('GET', '/v1/account/equity'), 'points').length)
      .toBeGreaterThan(0);
  });

  test('without any bid a position has no price and counts at its cost', async () => {
    const other = await openMarket(
      file,
      (candidate) =>
        candidate.minimum_tick_size === 0.01 &&
        !candidate.neg_risk &&
        candidate.condition_id !== market.condition,
    );
    await setBook(file, other.yes, { bids: [], asks: [{ price: '0.50', size: '1000' }] });
    const trader = await newTrader(file);
    await place(trader, marketBuy(other.condition));
    const portfolio = await trader.call('GET', '/v1/account/portfolio');
    expect(listOf(portfolio, 'positions')).toMatchObject([{ current_price: null, unrealized_pnl: null }]);
    expect(microIn(portfolio, 'equity')).toBe(microIn(portfolio, 'balance') + 5_000_000n);
  });
});

describe('GET /v1/account/history', () => {
  test('has executions newest first, in pages that neither repeat nor leave out', async () => {
    const trader = await newTrader(file);
    const batch = Array.from({ length: 25 }, () => marketBuy(market.condition, { quantity: '1' }));
    for (let sent = 0; sent < 5; sent += 1) await trader.call('POST', '/v1/orders/batch', { orders: batch });
    const first = await trader.call('GET', '/v1/account/history');
    const cursor = encodeURIComponent(textOf(first, 'next_cursor'));
    const second = await trader.call('GET', `/v1/account/history?cursor=${cursor}`);
    const ids = [first, second].flatMap((page) => listOf(page, 'data').map((row) => Number(row['trade_id'])));
    expect(ids).toEqual(Array.from({ length: 125 }, (_, index) => 125 - index));
    expect([member(first, 'count'), textOf(second, 'next_cursor')]).toEqual([100, 'LTE=']);
    expectRefusal(await trader.call('GET', '/v1/account/history?cursor=!'), 400, 'INVALID_CURSOR');
  });
});

describe('GET /v1/export/trades.csv', () => {
  test('is a table of every execution, and no cell of it is a formula', async () => {
    const trader = await newTrader(file);
    const name = '=HYPERLINK("http://x","y")';
    await place(trader, marketBuy(market.condition, { client_order_id: name }));
    await place(trader, marketBuy(market.condition, { side: 'SELL', price: '0.01' }));
    const answer = await trader.call('GET', '/v1/export/trades.csv');
    expect(answer.headers.get('content-type')).toContain('text/csv');
    const [heading, bought, sold, end] = answer.text.split('\r\n');
    expect(heading).toBe(
      'trade_id,order_id,client_order_id,executed_at,market_id,token_id,outcome,side,role,quantity,price,notional,fee,realized_pnl',
    );
    expect(bought).toContain(`1,1,"'=HYPERLINK(""http://x"",""y"")",`);
    expect(bought).toContain(',BUY,TAKER,10.0000,0.5000,5.00,');
    expect(sold).toMatch(/,SELL,TAKER,10\.0000,0\.4000,4\.00,[\d.]+,-1\.00$/);
    expect(end).toBe('');
    const rest = await trader.call('GET', `/v1/export/trades.csv?after=${encodeURIComponent(btoa('1'))}`);
    expect(rest.text.split('\r\n')).toEqual([heading, sold, '']);
    expectRefusal(await trader.call('GET', '/v1/export/trades.csv?after=!'), 400, 'INVALID_CURSOR');
  });
});

describe('POST /v1/account/reset-api-balance', () => {
  test('ends orders and positions, gives the deposit back, keeps history; twice is once', async () => {
    const trader = await withHolding();
    await place(trader, limitOrder(market.condition, { side: 'SELL', price: '0.90' }));
    await expectConserved(trader, DEPOSIT);
    const reset = await trader.call('POST', '/v1/account/reset-api-balance');
    expect(reset.json).toMatchObject({
      balance: '10000.00',
      cancelled_orders: [2, 3],
      closed_positions: [market.yes],
    });
    for (const again of [reset, await trader.call('POST', '/v1/account/reset-api-balance')]) {
      expect(member(again, 'balance')).toBe('10000.00');
      const balance = await trader.call('GET', '/v1/account/balance');
      expect(balance.json).toMatchObject({ balance: '10000.00', reserved: '0.00', realized_pnl: '0.00' });
      expect(rowsOf(await trader.call('GET', '/v1/account/positions'))).toEqual([]);
      await expectConserved(trader, DEPOSIT);
    }
    expect(member(await trader.call('GET', '/v1/orders?status=PENDING'), 'orders')).toEqual([]);
    expect(member(await trader.call('GET', '/v1/orders'), 'total_hint')).toBe(3);
    expect(member(await trader.call('GET', '/v1/account/history'), 'count')).toBe(1);
    await place(trader, marketBuy(market.condition));
    await expectConserved(trader, DEPOSIT);
  });
});

describe('POST /v1/account/redeem', () => {
  test('pays a resolved position once, and nothing else', async () => {
    const resolving = await openMarket(
      file,
      (candidate) => candidate.minimum_tick_size === 0.01 && candidate.neg_risk,
    );
    await setBook(file, resolving.yes, { bids: [], asks: [{ price: '0.50', size: '1000' }] });
    const trader = await withHolding();
    await place(trader, marketBuy(resolving.condition, { quantity: '40' }));
    const none = await trader.call('POST', '/v1/account/redeem', { token_ids: [resolving.yes] });
    expect(none.json).toMatchObject({ redeemed: [], total_payout: '0.00' });
    await controlVenue(file, 'resolve', { condition_id: resolving.condition, winner: resolving.yes });
    // The gateway looks at a market's state every 5 s.
    const mine = async (): Promise<unknown> =>
      rowsOf(await trader.call('GET', '/v1/account/positions')).find(
        (row) => row['token_id'] === resolving.yes,
      );
    await expect
      .poll(mine, { interval: 500 })
      .toMatchObject({ settled: true, redeemable: true, current_price: '1.00', market_value: '40.00' });
    await expectConserved(trader, DEPOSIT);
    const before = await trader.call('GET', '/v1/account/balance');
    const paid = await trader.call('POST', '/v1/account/redeem', {});
    expect(paid.json).toMatchObject({
      redeemed: [{ token_id: resolving.yes, quantity: '40.0000', payout: '40.00', realized_pnl: '20.00' }],
      total_payout: '40.00',
    });
    const after = await trader.call('GET', '/v1/account/balance');
    expect(microIn(after, 'balance') - microIn(before, 'balance')).toBe(40_000_000n);
    expect(member(await trader.call('POST', '/v1/account/redeem'), 'redeemed')).toEqual([]);
    expect(rowsOf(await trader.call('GET', '/v1/account/positions'))).toHaveLength(1);
    await expectConserved(trader, DEPOSIT);
  });
});

test('a naked SELL is refused as one, whatever the book has', async () => {
  const trader = await newTrader(file);
  const sells = [
    { order_type: 'market', price: '0.99', time_in_force: 'FOK' },
    { time_in_force: 'FOK', price: '0.90' },
    { time_in_force: 'IOC', price: '0.90' },
    { price: '0.30', post_only: true },
  ];
  for (const members of sells)
    expectRefusal(
      await trader.call('POST', '/v1/orders', limitOrder(market.condition, { side: 'SELL', ...members })),
      400,
      'INSUFFICIENT_POSITION',
    );
});

test('a key that only reads neither resets nor redeems; nobody reads without a key', async () => {
  const reader = await newTrader(file, { tier: 'free' });
  for (const path of ['/v1/account/redeem', '/v1/account/reset-api-balance'])
    expectRefusal(await reader.call('POST', path), 403, 'INSUFFICIENT_PERMISSION');
  const reads = ['positions', 'portfolio', 'history', 'equity'].map((name) => `/v1/account/${name}`);
  for (const path of [...reads, '/v1/export/trades.csv'])
    expectRefusal(await ask(file.url, 'GET', path), 401, 'MISSING_API_KEY');
});
