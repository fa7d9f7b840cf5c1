import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { generateKey } from '../../shared/keys/key-format.ts';
import { openMarket, setBook } from '../support/markets.ts';
import { TestSocket } from '../support/socket.ts';
import { ask, member, type Answer } from './support/ask.ts';
import { operationsOf, type Operation } from './support/operations.ts';
import { orderBody } from './support/order-body.ts';
import { limitOrder, newTrader, type Trader } from './support/trader.ts';

const file = inject('postern');
const operations = await operationsOf(file.url);
const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;
const declaring = (header: string, place = 'header'): readonly string[] =>
  operations
    .filter(({ parameters }) => parameters.some(({ name, in: where }) => name === header && where === place))
    .map(nameOf);

let market: { readonly condition: string; readonly yes: string };
beforeAll(async () => {
  market = await openMarket(file);
  await setBook(file, market.yes, { bids: [], asks: [{ price: '0.50', size: '100000' }] });
});

/** A request of each operation that trades or shows an account: good but for what a test adds to it. */
const examples: Readonly<Record<string, () => unknown>> = {
  'POST /v1/order': () => orderBody(market.yes),
  'POST /v1/orders': () => limitOrder(market.condition),
  'POST /v1/orders/batch': () => ({ orders: [limitOrder(market.condition)] }),
  'POST /v1/clob/order': () => ({ token_id: market.yes, side: 'BUY', price: '0.10', size: '10' }),
  'POST /v1/heartbeats': () => ({ interval_ms: 60_000 }),
  'POST /v1/v1/heartbeats': () => ({ heartbeat_id: null }),
  'POST /api/v1/orders': () => ({
    market_id: market.condition,
    outcome: 'Yes',
    side: 'buy',
    price: 0.1,
    size: 10,
  }),
  'DELETE /v1/order': () => ({ orderID: '1' }),
  'DELETE /v1/orders': () => ['1'],
  'DELETE /v1/cancel-market-orders': () => ({ market: market.condition }),
};
const onPaper = 'exchange=paper';
const queries: Readonly<Record<string, string>> = {
  'POST /api/v1/orders': onPaper,
  'GET /api/v1/orders': onPaper,
  'GET /api/v1/orders/{id}': onPaper,
  'DELETE /api/v1/orders/{id}': onPaper,
  'GET /api/v1/positions': onPaper,
  'GET /api/v1/fills': onPaper,
  'GET /v1/balance-allowance': 'asset_type=COLLATERAL',
  'GET /v1/balance-allowance/update': 'asset_type=COLLATERAL',
  'POST /v1/cancel-all': 'confirm=true',
  'GET /api/v1/balance': onPaper,
};

function send(
  trader: Trader,
  name: string,
  headers: Readonly<Record<string, string>> = {},
  query = '',
): Promise<Answer> {
  const [method = '', path = ''] = name.split(' ');
  const search = [queries[name], query].filter(Boolean).join('&');
  const target = `${path.replace('{id}', '1')}${search === '' ? '' : `?${search}`}`;
  return trader.call(method, target, examples[name]?.(), headers);
}

/** What must be there for a command to have an effect. */
const given = (name: string, trader: Trader): Promise<unknown> =>
  // Order 1 of a new account.
  /^DELETE|cancel/.test(name) ? send(trader, 'POST /api/v1/orders') : Promise.resolve();

/** Others need money on the chain, or a session at the exchange: ctf.test.ts and exchange.test.ts show that they run once. */
const onPaperOrVenue = (name: string): boolean => !/\/polymarket\/ctf\/|\/v1beta1\//.test(name);

const isSocket = (name: string): boolean => name.includes('/v1/ws/');

describe('each header that the document declares is honoured', () => {
  test('there are such headers', () => {
    expect(declaring('X-Postern-Wallet').length).toBeGreaterThan(20);
    expect(declaring('wallet_id', 'query').length).toBeGreaterThan(20);
    expect(declaring('Idempotency-Key')).toEqual(
      expect.arrayContaining(['POST /v1/order', 'POST /v1/orders', 'POST /v1/orders/batch']),
    );
    expect(declaring('X-Request-Id')).toEqual(operations.map(nameOf));
  });

  test.each(declaring('X-Postern-Wallet').filter((name) => !isSocket(name)))(
    'X-Postern-Wallet and ?wallet_id: %s',
    async (name) => {
      const trader = await newTrader(file);
      expect((await send(trader, name)).code).not.toBe('WALLET_NOT_FOUND');
      for (const answer of [
        await send(trader, name, { 'x-postern-wallet': '999' }),
        await send(trader, name, { 'x-postern-wallet': 'acct_other' }),
        ...(declaring('wallet_id', 'query').includes(name)
          ? [await send(trader, name, {}, 'wallet_id=999')]
          : []),
      ])
        expect([answer.status, answer.code], answer.text).toEqual([404, 'WALLET_NOT_FOUND']);
    },
  );

  test.each(declaring('X-Postern-Wallet').filter(isSocket))('X-Postern-Wallet: %s', async (name) => {
    const trader = await newTrader(file);
    const headers = { 'x-api-key': trader.keys[0] ?? '' };
    const minted = await trader.call('POST', '/v1/keys/ws-token');
    const token = String(member(minted, 'token'));
    const url = `${file.url}${name.split(' ')[1]}?token=${token}`;
    for (const socket of [
      new TestSocket(url, { ...headers, 'x-postern-wallet': '999' }),
      new TestSocket(url, { ...headers, 'x-postern-wallet': 'acct_other' }),
      new TestSocket(`${url}&wallet_id=999`, headers),
    ])
      expect((await socket.closed).code).toBe(4001);
  });

  test.each(declaring('X-Postern-Venue'))('X-Postern-Venue: %s', async (name) => {
    const trader = await newTrader(file);
    const nowhere = await send(trader, name, { 'x-postern-venue': 'nowhere' });
    expect([nowhere.code, nowhere.text], nowhere.text).toEqual([
      'VALIDATION_FAILED',
      expect.stringContaining('X-Postern-Venue'),
    ]);
    expect((await send(trader, name, { 'x-postern-venue': 'paper' })).text).not.toContain('X-Postern-Venue');
  });

  test.each(declaring('Idempotency-Key').filter(onPaperOrVenue))('Idempotency-Key: %s', async (name) => {
    const [trader, key] = [await newTrader(file), randomUUID()];
    await given(name, trader);
    const [first, quoted] = [
      await send(trader, name, { 'idempotency-key': key }),
      await send(trader, name, { 'idempotency-key': `"${key}"` }),
    ];
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, null]);
    expect([quoted.status, quoted.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  });

  test.each(declaring('X-Stainless-Retry-Count').filter(onPaperOrVenue))(
    'X-Stainless-Retry-Count: %s',
    async (name) => {
      const trader = await newTrader(file);
      await given(name, trader);
      const attempts = [
        await send(trader, name, { 'x-stainless-retry-count': '0' }),
        await send(trader, name, { 'x-stainless-retry-count': '1' }),
      ];
      expect(attempts.map((answer) => answer.headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    },
  );

  test.each(declaring('X-Confirm-Cancel-All'))('X-Confirm-Cancel-All: %s', async (name) => {
    const [method = '', path = ''] = name.split(' ');
    const trader = await newTrader(file);
    const asked = (headers: Readonly<Record<string, string>>): Promise<Answer> =>
      trader.call(method, path, undefined, headers);
    expect((await asked({})).code).toBe('CONFIRMATION_REQUIRED');
    expect((await asked({ 'x-confirm-cancel-all': 'true' })).status).toBe(200);
  });

  test.each(declaring('X-Builder-Customer-Id'))('X-Builder-Customer-Id: %s', async (name) => {
    const builder = await newTrader(file, { roles: ['trader', 'builder'] });
    const [method = '', path = ''] = name.split(' ');
    const stranger = { 'x-builder-customer-id': randomUUID() };
    const answer = await builder.call(method, path, undefined, stranger);
    expect([answer.status, answer.code], answer.text).toEqual([403, 'CUSTOMER_FORBIDDEN']);
  });

  test.each(declaring('X-Request-Id'))('X-Request-Id: %s', async (name) => {
    const [method = '', path = ''] = name.split(' ');
    const id = randomUUID();
    const answer = await ask(file.url, method, path, { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toBe(id);
  });

  test.each(declaring('X-Polysim-Verbose'))('X-Polysim-Verbose: %s', async (name) => {
    const [method = '', path = ''] = name.split(' ');
    // A key that nobody was given: refused by every route that looks who is there. A websocket's asks for the
    // upgrade first.
    const headers = { 'x-polysim-verbose': 'true', 'x-api-key': generateKey('test') };
    const answer = await ask(file.url, method, path, { headers });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(Object.keys(answer.json ?? {})).toEqual(expect.arrayContaining(['error', 'message', 'details']));
    expect(member(answer, 'error')).toBe(answer.code);
  });
});
