import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMarket, setBook } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { ask, expectRefusal, member, rowsOf, textOf } from './support/ask.ts';
import { localToken } from './support/local-token.ts';
import { orderBody } from './support/order-body.ts';
import { limitOrder, marketBuy, newTrader, type Trader } from './support/trader.ts';

let program: OwnProgram;
let market: { readonly condition: string; readonly yes: string };
beforeAll(async () => {
  // Its own program: user tokens are signed with its secret.
  program = await startProgram({ vars: { CLIENT_IP_HEADER: 'x-test-address' } });
  market = await openMarket(program.file);
  await setBook(program.file, market.yes, {
    bids: [{ price: '0.40', size: '100000' }],
    asks: [{ price: '0.50', size: '100000' }],
  });
});
afterAll(() => program.stop());

async function newWallet(trader: Trader, body: unknown = {}): Promise<number> {
  const answer = await trader.call('POST', '/v1/me/wallets', body);
  expect(answer.status, answer.text).toBe(201);
  return Number(member(answer, 'id'));
}
const balanceOf = async (trader: Trader, wallet?: number | string): Promise<unknown> =>
  member(
    await trader.call(
      'GET',
      '/v1/account/balance',
      undefined,
      wallet === undefined ? {} : { 'x-postern-wallet': String(wallet) },
    ),
    'balance',
  );

describe('GET /v1/me', () => {
  test('says who a key and a token act as, and what they may', async () => {
    const owner = randomUUID();
    const trader = await newTrader(program.file, { owner, roles: ['trader', 'builder'], tier: 'pro' });
    const mine = {
      tenant: trader.tenant,
      tier: 'pro',
      admission: 'self_serve',
      roles: ['trader', 'builder'],
    };
    const byKey = await trader.call('GET', '/v1/me');
    expect(byKey.json).toMatchObject(mine);
    expect(member(byKey, 'permissions')).toContain('trade');
    const token = await localToken(program.home, { subject: owner });
    const byToken = await ask(program.file.url, 'GET', '/v1/me', {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(byToken.json).toMatchObject(mine);
    expectRefusal(await ask(program.file.url, 'GET', '/v1/me'), 401, 'MISSING_AUTH');
  });
});

describe('a sandbox wallet', () => {
  test('needs no body at all', async () => {
    const trader = await newTrader(program.file);
    const answer = await trader.call('POST', '/v1/me/wallets');
    expect([answer.status, member(answer, 'name')], answer.text).toEqual([201, 'Sandbox']);
  });

  test('begins with the balance it was given, from one dollar to a million', async () => {
    const trader = await newTrader(program.file);
    const [plain, rich] = [
      await newWallet(trader),
      await newWallet(trader, { starting_balance: 250.5, name: 'b' }),
    ];
    expect([await balanceOf(trader, plain), await balanceOf(trader, rich)]).toEqual(['10000.00', '250.50']);
    for (const starting_balance of ['0.99', '1000000.01', '-5', 'NaN', '1e3', '0.0000001'])
      expectRefusal(
        await trader.call('POST', '/v1/me/wallets', { starting_balance }),
        422,
        'VALIDATION_FAILED',
      );
    const listed = rowsOf(await trader.call('GET', '/v1/me/wallets'));
    expect(listed).toMatchObject([
      { id: plain, name: 'Sandbox', balance: '10000.00' },
      { id: rich, name: 'b', balance: '250.50', starting_balance: '250.50' },
    ]);
  });

  test('trades by itself: by wallet_id, header or query, on every route', async () => {
    const trader = await newTrader(program.file);
    const wallet = await newWallet(trader);
    const header = { 'x-postern-wallet': String(wallet) };
    const placed = [
      await trader.call('POST', '/v1/orders', limitOrder(market.condition, { wallet_id: wallet })),
      await trader.call('POST', '/v1/orders', limitOrder(market.condition), header),
      await trader.call('POST', `/v1/order?wallet_id=${wallet}`, orderBody(market.yes)),
      await trader.call('POST', '/v1/orders/batch', {
        orders: [limitOrder(market.condition, { wallet_id: wallet })],
      }),
    ];
    for (const answer of placed) expect(answer.status, answer.text).toBe(200);
    const count = async (path: string, headers = {}): Promise<unknown> =>
      member(await trader.call('GET', path, undefined, headers), 'total_hint');
    expect(await count('/v1/orders')).toBe(0);
    expect(await count('/v1/orders', header)).toBe(4);
    expect(await count(`/v1/orders?wallet_id=${wallet}`)).toBe(4);
    await trader.call('DELETE', '/v1/cancel-all');
    expect(await count('/v1/orders?status=PENDING', header)).toBe(4);
    const cancelled = await trader.call('DELETE', '/v1/cancel-all', undefined, header);
    expect(member(cancelled, 'canceled')).toHaveLength(4);
  });

  test('is never guessed: two names that differ, or a batch for two wallets, are refused', async () => {
    const trader = await newTrader(program.file);
    const [one, two] = [await newWallet(trader), await newWallet(trader)];
    const answers = [
      await trader.call('POST', '/v1/orders', limitOrder(market.condition, { wallet_id: one }), {
        'x-postern-wallet': String(two),
      }),
      await trader.call('GET', `/v1/account/balance?wallet_id=${one}`, undefined, {
        'x-postern-wallet': String(two),
      }),
      await trader.call('POST', '/v1/orders/batch', {
        orders: [limitOrder(market.condition, { wallet_id: one }), limitOrder(market.condition)],
      }),
    ];
    for (const answer of answers) expectRefusal(answer, 422, 'VALIDATION_FAILED');
  });

  test('of another tenant is as little there as one that nobody has', async () => {
    const [owner, stranger] = await Promise.all([newTrader(program.file), newTrader(program.file)]);
    const wallet = await newWallet(owner);
    await newWallet(owner);
    const [, other] = rowsOf(await owner.call('GET', '/v1/me/wallets'));
    // The stranger has no wallet of this number, and names its owner's account in every way.
    const names = [
      wallet,
      other?.['id'],
      999,
      0,
      -1,
      '1e0',
      `acct_${owner.tenant}`,
      `../${owner.tenant}`,
      ' 1',
    ];
    for (const name of names) {
      const header = { 'x-postern-wallet': String(name) };
      const answers = [
        await stranger.call('GET', '/v1/account/portfolio', undefined, header),
        await stranger.call('POST', '/v1/orders', limitOrder(market.condition), header),
        await stranger.call('DELETE', '/v1/cancel-all', undefined, header),
        await stranger.call('POST', '/v1/account/reset-api-balance', undefined, header),
        await stranger.call('GET', `/v1/account/balance?wallet_id=${encodeURIComponent(String(name))}`),
      ];
      for (const answer of answers) {
        // A header's blanks are not part of its value.
        if (name === ' 1' && answer.status !== 404) continue;
        expectRefusal(answer, 404, 'WALLET_NOT_FOUND');
      }
    }
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'mine' }],
      ['DELETE', '', undefined],
      ['POST', '/reset', undefined],
    ] as const) {
      expectRefusal(
        await stranger.call(method, `/v1/me/wallets/${wallet}${path}`, body),
        404,
        'WALLET_NOT_FOUND',
      );
    }
    expect(rowsOf(await owner.call('GET', '/v1/me/wallets'))).toHaveLength(2);
  });

  test('is renamed, reset to its own balance, and deleted with what rests in it', async () => {
    const trader = await newTrader(program.file);
    const wallet = await newWallet(trader, { starting_balance: '500' });
    const path = `/v1/me/wallets/${wallet}`;
    expect(member(await trader.call('PATCH', path, { name: 'grid bot' }), 'name')).toBe('grid bot');
    await trader.call('POST', '/v1/orders', marketBuy(market.condition, { wallet_id: wallet }));
    await trader.call('POST', '/v1/orders', limitOrder(market.condition, { wallet_id: wallet }));
    const reset = await trader.call('POST', `${path}/reset`);
    expect(reset.json).toMatchObject({
      balance: '500.00',
      cancelled_orders: [2],
      closed_positions: [market.yes],
    });
    expect(member(await trader.call('GET', path), 'balance')).toBe('500.00');
    await trader.call('POST', '/v1/orders', limitOrder(market.condition, { wallet_id: wallet }));
    expect((await trader.call('DELETE', path)).status).toBe(200);
    for (const [method, gone] of [
      ['GET', path],
      ['DELETE', path],
      ['POST', `${path}/reset`],
    ] as const)
      expectRefusal(await trader.call(method, gone), 404, 'WALLET_NOT_FOUND');
    expect(await newWallet(trader)).toBe(wallet + 1);
    expect(await balanceOf(trader)).toBe('10000.00');
  });
});

test('a token of the owner manages wallets as a key does', async () => {
  const owner = randomUUID();
  await newTrader(program.file, { owner, tier: 'pro' });
  const headers = { authorization: `Bearer ${await localToken(program.home, { subject: owner })}` };
  const created = await ask(program.file.url, 'POST', '/v1/me/wallets', { headers, body: { name: 'web' } });
  expect(created.status, created.text).toBe(201);
  expect(textOf(created, 'name')).toBe('web');
});
