import { beforeAll, describe, expect, inject, test } from 'vitest';
import { controlVenue } from '../support/control.ts';
import { openMarket, setBook } from '../support/markets.ts';
import { ask, member, type Answer } from './support/ask.ts';
import { agentOf, dataOf, expectRefused, type Agent, type SessionMembers } from './support/agent.ts';
import { limitOrder, newTrader } from './support/trader.ts';

const file = inject('postern');

/** Markets that no other test trades or resolves: neg-risk ones with a tick of 0.001. */
let nth = 0;
async function ownMarket(): Promise<{
  readonly condition: string;
  readonly yes: string;
  readonly no: string;
}> {
  let seen = 0;
  const wanted = nth++;
  const market = await openMarket(
    file,
    ({ minimum_tick_size, neg_risk }) => minimum_tick_size === 0.001 && neg_risk && seen++ === wanted,
  );
  await book(market.yes);
  return market;
}
const book = (yes: string, offer = '0.50', bid = '0.40'): Promise<void> =>
  setBook(file, yes, { bids: [{ price: bid, size: '5000' }], asks: [{ price: offer, size: '5000' }] });

let market: { readonly condition: string; readonly yes: string; readonly no: string };
beforeAll(async () => {
  market = await ownMarket();
});

const session = async (members: SessionMembers = {}): Promise<Agent> =>
  agentOf(await newTrader(file), members);
const buy = (size: number, members: object = {}): object => ({
  tokenId: market.yes,
  side: 'BUY',
  size,
  ...members,
});
const sell = (size: number): object => ({ ...buy(size), side: 'SELL' });
const positionsOf = (answer: Answer): readonly Readonly<Record<string, unknown>>[] =>
  // The reply's schema says so.
  dataOf(answer)['positions'] as readonly Readonly<Record<string, unknown>>[];

describe('an auto session on paper', () => {
  test('buys for dollars, sells shares, and shows what it holds', async () => {
    const agent = await session({ allocation_usd: 100 });
    const bought = await agent.order(buy(10));
    expect(dataOf(bought)['orderInfo']).toMatchObject({
      orderId: expect.stringMatching(/^\d+$/) as unknown,
      side: 'BUY',
      size: '20',
      priceUsd: '0.5',
      totalPriceUsd: '10',
      txHashes: [expect.stringMatching(/^0x[0-9a-f]{64}$/)],
    });
    const sold = await agent.order(sell(5));
    expect(dataOf(sold)['orderInfo']).toMatchObject({ side: 'SELL', size: '5', totalPriceUsd: '2' });
    const held = await agent.positions();
    expect(dataOf(held)['totalValue']).toBe(6.75);
    expect(positionsOf(held)).toEqual([
      expect.objectContaining({
        outcome: 'Yes',
        tokenId: market.yes,
        conditionId: market.condition,
        question: expect.stringMatching(/.{5}/) as unknown,
        priceUsd: '0.45',
        valueUsd: '6.75',
        pnlUsd: '-0.75',
        pnlPercent: '-10.00',
        shares: '15000000',
        formattedShares: '15',
        averagePriceUsd: '0.5',
        initialValue: '7.5',
        pnlRealizedUsd: '-0.5',
        pnlRealizedPercent: '-20.00',
        decimals: 6,
        isRedeemable: false,
        isNegativeRisk: true,
        endDate: expect.stringMatching(/^\d{4}-/) as unknown,
      }),
    ]);
    const current = await agent.call('GET', '/v1/positions/current');
    expect(positionsOf(current)).toEqual(positionsOf(held));
    const [cash] = dataOf(current)['balances'] as readonly { readonly amount: string }[];
    // 100 - 10 + 2, less fees of at most a tenth.
    expect(Number(cash?.amount)).toBeGreaterThan(91);
    expect(Number(cash?.amount)).toBeLessThanOrEqual(92);
  });

  test('spends and sells nothing but its own, and the account nothing of it', async () => {
    const trader = await newTrader(file);
    const [one, other] = [
      await agentOf(trader, { allocation_usd: 20 }),
      await agentOf(trader, { allocation_usd: '30' }),
    ];
    expect((await one.order(buy(10))).status).toBe(200);
    expectRefused(await one.order(buy(10.5)), 400, 'INSUFFICIENT_BALANCE', 'Insufficient balance');
    expectRefused(await other.order(sell(1)), 400, 'INSUFFICIENT_POSITION');
    const own = limitOrder(market.condition, { side: 'SELL', price: '0.40' });
    expect((await trader.call('POST', '/v1/orders', own)).code).toBe('INSUFFICIENT_POSITION');
    // 10,000 of which 10 went and 40 are the sessions'.
    const dear = limitOrder(market.condition, { price: '0.10', quantity: '99800' });
    expect((await trader.call('POST', '/v1/orders', dear)).code).toBe('INSUFFICIENT_BALANCE');
    const more = await trader.call('POST', '/v1/sessions', { mode: 'auto', allocation_usd: 9_990 });
    expectRefused(more, 400, 'INSUFFICIENT_BALANCE', 'Insufficient balance');
    // Stopped, what it has is the account's own again.
    expect(dataOf(await one.change('stop'))['status']).toBe('stopped');
    expect((await trader.call('POST', '/v1/orders', own)).status).toBe(200);
  });

  test('tells a wrong token, and money that is short, in the words that agents look for', async () => {
    const agent = await session({ allocation_usd: 3_000 });
    for (const tokenId of ['1'.repeat(70), 'no token']) {
      const answer = await agent.order(buy(1, { tokenId }));
      const sentence = 'No orderbook exists for the requested token id';
      expectRefused(
        answer,
        404,
        answer.code === 'TOKEN_NOT_FOUND' ? 'TOKEN_NOT_FOUND' : 'MARKET_NOT_FOUND',
        sentence,
      );
    }
    // The book has shares for 2,500.
    expectRefused(await agent.order(buy(2_600)), 400, 'FOK_ORDER_NOT_FILLED_ERROR');
    expectRefused(await agent.order(buy(1e6)), 400, 'INSUFFICIENT_BALANCE', 'Insufficient balance');
    expectRefused(await agent.order(sell(1e6)), 400, 'INSUFFICIENT_POSITION');
    expectRefused(await agent.order(buy(-1)), 422, 'VALIDATION_FAILED');
  });

  test('sizes that are no exact decimals are cut, and what the venue does not trade stays behind as dust', async () => {
    const agent = await session();
    await agent.order(buy(10 / 3));
    const [held] = positionsOf(await agent.positions());
    expect(held?.['formattedShares']).toBe('6.66');
    expect((await agent.order(sell(6.660_01))).code).toBe(null);
    expect(positionsOf(await agent.positions())).toEqual([]);
    await agent.order(buy(1.01));
    await agent.order(sell(2.01 + 0.005));
    expect(positionsOf(await agent.positions())).toMatchObject([{ formattedShares: '0.005' }]);
  });
});

describe('states and runs', () => {
  test('only a running session trades, and a stopped one stays so', async () => {
    const agent = await session({ started: false });
    expectRefused(await agent.order(buy(1)), 409, 'SESSION_STATE_CONFLICT');
    expectRefused(await agent.change('pause'), 409, 'SESSION_STATE_CONFLICT');
    for (const [verb, status] of [
      ['start', 'running'],
      ['pause', 'paused'],
      ['start', 'running'],
      ['stop', 'stopped'],
    ] as const)
      expect(dataOf(await agent.change(verb))).toMatchObject({ run: 1, mode: 'auto', status });
    expectRefused(await agent.change('start'), 409, 'SESSION_STATE_CONFLICT');
    expectRefused(await agent.order(buy(1)), 409, 'SESSION_STATE_CONFLICT');
  });

  test('the next run shows what the session begins with, and frees its keys', async () => {
    const agent = await session({ allocation_usd: 50 });
    const keyed = buy(10, { idempotencyKey: 'once' });
    expect((await agent.order(keyed)).status).toBe(200);
    expectRefused(await agent.order(keyed), 409, 'ATTEMPT_CONFLICT');
    const begun = await agent.call('POST', `/v1/sessions/${agent.id}/runs`);
    expect([begun.status, dataOf(begun)['run']]).toEqual([201, 2]);
    expect(positionsOf(begun)).toMatchObject([{ tokenId: market.yes, formattedShares: '20' }]);
    expect((await agent.order(keyed)).status).toBe(200);
  });

  test("another tenant's session, and a customer's, is nobody's", async () => {
    const [agent, stranger] = [await session(), await newTrader(file)];
    const headers = { 'x-session-id': agent.id };
    for (const answer of [
      await stranger.call('GET', `/v1/sessions/${agent.id}`),
      await stranger.call('POST', '/v1/platforms/polymarket/market-order', buy(1), headers),
      await stranger.call('GET', '/v1/platforms/polymarket/positions', undefined, headers),
      await stranger.call('GET', '/v1/sessions/suggestions', undefined, { 'x-session-id': 'x' }),
    ])
      expectRefused(answer, 404, 'SESSION_NOT_FOUND');
    const without = await stranger.call('GET', '/v1/platforms/polymarket/positions');
    expectRefused(without, 400, 'MISSING_PARAMETER');
  });
});

describe('a manual session', () => {
  const suggestionOf = (answer: Answer): number => {
    expect([answer.status, dataOf(answer)['suggested']], answer.text).toEqual([200, true]);
    return Number(dataOf(answer)['suggestionId']);
  };

  test('captures whatever moves value, and reads are reads; approving executes once', async () => {
    const agent = await session({ mode: 'manual' });
    const id = suggestionOf(await agent.order(buy(10)));
    expect(positionsOf(await agent.positions())).toEqual([]);
    expect(dataOf(await agent.call('GET', '/v1/sessions/suggestions'))['suggestions']).toMatchObject([
      {
        suggestionId: id,
        kind: 'market_order',
        side: 'BUY',
        size: '10',
        worstPriceUsd: '0.51',
        status: 'open',
      },
    ]);
    const approved = await agent.approve(id);
    expect(dataOf(approved)).toMatchObject({ status: 'executed', result: { orderInfo: { size: '20' } } });
    expectRefused(await agent.approve(id), 409, 'SUGGESTION_CONFLICT', 'The suggestion has been executed');
    expect(positionsOf(await agent.positions())).toMatchObject([{ formattedShares: '20' }]);
    const redeem = suggestionOf(await agent.redeem([market.yes]));
    const early = dataOf(await agent.approve(redeem));
    expect(early['status']).toBe('open');
    expect(early['result']).toMatchObject([
      {
        success: false,
        transactionHash: null,
        skippedReason: expect.stringContaining('not settled') as unknown,
      },
    ]);
  });

  test('what has expired, was rejected or cleared, or is of an earlier run cannot be approved', async () => {
    const agent = await session({ mode: 'manual' });
    const [rejected, cleared] = [
      suggestionOf(await agent.order(buy(1))),
      suggestionOf(await agent.order(buy(1))),
    ];
    expect(dataOf(await agent.call('POST', `/v1/sessions/suggestions/${rejected}/reject`))['status']).toBe(
      'rejected',
    );
    expect(dataOf(await agent.call('DELETE', '/v1/sessions/suggestions'))).toEqual({ cleared: 1 });
    const earlier = suggestionOf(await agent.order(buy(1)));
    const begun = await agent.call('POST', `/v1/sessions/${agent.id}/runs`);
    expect(dataOf(begun)['cleared']).toBe(1);
    const past = await agent.order(buy(1, { expiresAt: '2020-01-01T00:00:00Z' }));
    expectRefused(past, 422, 'VALIDATION_FAILED');
    for (const [id, why] of [
      [rejected, 'rejected'],
      [cleared, 'cleared'],
      [earlier, 'next run'],
    ] as const) {
      const answer = await agent.approve(id);
      expectRefused(answer, 409, 'SUGGESTION_CONFLICT');
      expect(member(answer, 'error')).toContain(why);
    }
    expectRefused(await agent.approve(999), 404, 'SUGGESTION_NOT_FOUND');
    expect(dataOf(await agent.call('GET', '/v1/sessions/suggestions'))['suggestions']).toEqual([]);
    expect(positionsOf(await agent.positions())).toEqual([]);
  });

  test('beyond the worst price nothing is executed; back within it, it may be', async () => {
    const [trader, moving] = [await newTrader(file), await ownMarket()];
    const [agent, watcher] = [await agentOf(trader, { mode: 'manual' }), await agentOf(trader)];
    await watcher.order(buy(1, { tokenId: moving.yes }));
    /** Quotes are kept for 250 ms: a price that a reader sees is what an order meets. */
    const move = async (offer: string, middle: string): Promise<void> => {
      await book(moving.yes, offer);
      const seen = async () => positionsOf(await watcher.positions())[0]?.['priceUsd'];
      await expect.poll(seen).toBe(middle);
    };
    const id = suggestionOf(await agent.order(buy(10, { tokenId: moving.yes })));
    await move('0.52', '0.46');
    const beyond = 'The price has moved beyond the worst price of 0.51';
    expectRefused(await agent.approve(id), 409, 'SUGGESTION_CONFLICT', beyond);
    expect(positionsOf(await agent.positions())).toEqual([]);
    await move('0.51', '0.455');
    expect(dataOf(await agent.approve(id))['result']).toMatchObject({ orderInfo: { priceUsd: '0.51' } });
  });

  test('a key that can only read may suggest, and approve nothing', async () => {
    const trader = await newTrader(file);
    const agent = await agentOf(trader, { mode: 'manual' });
    const auto = await agentOf(trader);
    const issued = await trader.call('POST', '/v1/keys', { permissions: ['read'] });
    const headers = (id: string) => ({ 'x-api-key': String(member(issued, 'raw_key')), 'x-session-id': id });
    const send = (id: string, path: string, body?: object): Promise<Answer> =>
      ask(file.url, 'POST', path, { headers: headers(id), body });
    const order = '/v1/platforms/polymarket/market-order';
    const id = suggestionOf(await send(agent.id, order, buy(1)));
    const approve = await send(agent.id, `/v1/sessions/suggestions/${id}/approve`);
    expectRefused(approve, 403, 'INSUFFICIENT_PERMISSION');
    expectRefused(await send(auto.id, order, buy(1)), 403, 'INSUFFICIENT_PERMISSION');
  });
});

describe('redeeming on paper', () => {
  test('pays what is settled, skips the rest, and nothing at all with a token that is not held', async () => {
    const resolving = await ownMarket();
    const trader = await newTrader(file);
    const [agent, other] = [await agentOf(trader), await agentOf(trader)];
    for (const one of [agent, other]) await one.order(buy(10, { tokenId: resolving.yes }));
    await agent.order(buy(5));
    await controlVenue(
      file,
      'resolve',
      { condition_id: resolving.condition, winner: resolving.yes },
      'POST',
      'polymarket',
    );
    await expect
      .poll(
        async () =>
          positionsOf(await agent.positions()).find((row) => row['tokenId'] === resolving.yes)?.[
            'isRedeemable'
          ],
      )
      .toBe(true);
    expectRefused(await agent.redeem([resolving.yes, resolving.no]), 404, 'POSITION_NOT_HELD');
    const redeemed = await agent.redeem([resolving.yes, market.yes], 'mine');
    expect(dataOf(redeemed)).toMatchObject([
      {
        success: true,
        position: { valueUsd: '20', pnlUsd: '10', formattedShares: '20' },
        transactionHash: expect.stringMatching(/^0x[0-9a-f]{64}$/) as unknown,
      },
      { success: false, position: null, transactionHash: null, skippedReason: expect.any(String) as unknown },
    ]);
    expectRefused(await agent.redeem([market.yes], 'mine'), 409, 'ATTEMPT_CONFLICT');
    // Nothing was settled under this key: it may be used again.
    for (let said = 0; said < 2; said += 1)
      expect(dataOf(await agent.redeem([market.yes], 'early'))).toMatchObject([{ success: false }]);
    expect(positionsOf(await other.positions())).toMatchObject([
      { formattedShares: '20', isRedeemable: true },
    ]);
    // The account redeems its own alone.
    expect((await trader.call('POST', '/v1/account/redeem')).text).not.toContain(resolving.yes);
    expect(dataOf(await other.redeem([resolving.yes]))).toMatchObject([{ success: true }]);
  });
});
