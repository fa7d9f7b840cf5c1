import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { openMarket } from '../support/markets.ts';
import { createTenant } from '../support/tenants.ts';
import { ask, expectRefusal, member, rowsOf, textOf, type Answer } from './support/ask.ts';
import { orderBody } from './support/order-body.ts';

const file = inject('postern');
let key: string;
let yes: string;
// A key for each test: together they would meet the limiter.
beforeEach(async () => {
  const { keys } = await createTenant(file);
  key = keys[0]?.raw_key ?? '';
  ({ yes } = await openMarket(file));
});

/** Sends an order with one member of it written exactly as given, which JSON.stringify could not. */
function place(
  name: string,
  literal: string,
  outer: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const text = JSON.stringify(orderBody(yes, { [name]: '@@' }, outer)).replace('"@@"', literal);
  return ask(file.url, 'POST', '/v1/order', { raw: text, headers: { 'x-api-key': key } });
}

const notAmounts = [
  '"-1"',
  '"-0"',
  '"0"',
  '""',
  '" 1"',
  '"+1"',
  '"1e9"',
  '"1.5"',
  '"NaN"',
  '"Infinity"',
  '"0x10"',
  '"1_000"',
  '"٣"',
  `"${'9'.repeat(17)}"`,
  `"${'9'.repeat(5_000)}"`,
  '1e400',
  '-1e400',
  '-1',
  '1.5',
  'null',
  'true',
  '[]',
  '{}',
];

/** None of the refused orders came to rest. */
afterEach(async () => {
  const answer = await ask(file.url, 'GET', '/v1/data/orders', { headers: { 'x-api-key': key } });
  expect(member(answer, 'data')).toEqual([]);
});

describe('POST /v1/order refuses what is no order', () => {
  test.each(['makerAmount', 'takerAmount'])('%s that is no amount', async (name) => {
    const answers = await Promise.all(notAmounts.map((literal) => place(name, literal)));
    for (const answer of answers) expectRefusal(answer, 400, 'INVALID_ORDER_PAYLOAD');
  });

  test.each([
    ['side', ['"HOLD"', '"buy"', '2', '-1', 'null', '"0"']],
    ['tokenId', ['""', '"-1"', '"0x1"', '"1e5"', `"${'1'.repeat(79)}"`, '1', 'null']],
    ['signatureType', ['4', '-1', '1.5', '"0"', '1e400']],
    ['maker', ['"0x"', '"0x12"', `"0x${'g'.repeat(40)}"`, '7']],
    ['signature', ['"zz"', `"0x${'0'.repeat(5_000)}"`, 'null']],
    ['salt', ['-1', '1.5', '1e400', '"x"', `"${'1'.repeat(79)}"`]],
    ['expiration', ['-1', '"NaN"', '1e400', '1.5']],
    ['unknownMember', ['1']],
    ['__proto__', ['{"side":"SELL"}']],
  ] as const)('%s that is none', async (name, literals) => {
    const answers = await Promise.all(literals.map((literal) => place(name, literal)));
    for (const answer of answers) expectRefusal(answer, 400, 'INVALID_ORDER_PAYLOAD');
  });

  test.each(['1'.repeat(78), '9'.repeat(17), '9007199254740991', '8640000000001'])(
    'a GTD expiration of %s is refused, or kept to the second',
    async (digits) => {
      const answer = await place('expiration', `"${digits}"`, { orderType: 'GTD' });
      if (answer.status !== 200) return expectRefusal(answer, 400, 'INVALID_ORDER_PAYLOAD');
      const headers = { 'x-api-key': key };
      const order = await ask(file.url, 'GET', `/v1/data/order/${textOf(answer, 'orderID')}`, { headers });
      await ask(file.url, 'DELETE', '/v1/cancel-all', { headers });
      expect(member(order, 'expiration')).toBe(digits);
    },
  );

  test('unknown members and order types around it', async () => {
    const bodies = [
      orderBody(yes, {}, { extra: 1 }),
      orderBody(yes, {}, { orderType: 'IOC' }),
      orderBody(yes, {}, { orderType: 'gtc' }),
      orderBody(yes, {}, { postOnly: 'yes' }),
      orderBody(yes, {}, { owner: 'x'.repeat(129) }),
      { order: null, owner: 'x', orderType: 'GTC' },
      { token_id: yes, side: 'BUY', price: '2', size: '10' },
      { token_id: yes, side: 'BUY', price: '0.10' },
      { token_id: yes, side: 'HOLD', price: '0.10', size: '10' },
      [],
      null,
    ];
    for (const body of bodies) {
      const answer = await ask(file.url, 'POST', '/v1/order', { body, headers: { 'x-api-key': key } });
      expectRefusal(answer, 400, 'INVALID_ORDER_PAYLOAD');
    }
  });

  test('a token that no market has is MARKET_NOT_FOUND', async () => {
    for (const token of ['1', '0', '9'.repeat(78)]) {
      const answer = await ask(file.url, 'POST', '/v1/order', {
        body: orderBody(token),
        headers: { 'x-api-key': key },
      });
      expectRefusal(answer, 404, 'MARKET_NOT_FOUND');
    }
  });
});

describe('POST /v1/orders', () => {
  const send = (body: unknown): Promise<Answer> =>
    ask(file.url, 'POST', '/v1/orders', { body, headers: { 'x-api-key': key } });

  test('an empty list, 16 orders or something else is a fault of the whole', async () => {
    const many = Array.from({ length: 16 }, () => orderBody(yes));
    for (const body of [[], many, 7, 'x', null]) {
      const answer = await send(body);
      expect([400, 422]).toContain(answer.status);
      expect(answer.code).not.toBeNull();
    }
  });

  test('a bad order in the list fails by itself, the good ones are placed', async () => {
    const answer = await send([
      orderBody(yes, { takerAmount: '0' }),
      orderBody(yes),
      orderBody('1'),
      orderBody(yes, { side: 'HOLD' }),
    ]);
    expect(answer.status, answer.text).toBe(200);
    expect(rowsOf(answer).map((row) => row['success'])).toEqual([false, true, false, false]);
    await ask(file.url, 'DELETE', '/v1/cancel-all', { headers: { 'x-api-key': key } });
  });
});

describe('reads', () => {
  test.each([
    ['/v1/data/orders?next_cursor=!!', 400, 'INVALID_CURSOR'],
    ['/v1/data/trades?next_cursor=%00', 400, 'INVALID_CURSOR'],
    ['/v1/data/trades?before=NaN', 400, 'INVALID_TIME_FILTER'],
    ['/v1/data/trades?after=-1', 400, 'INVALID_TIME_FILTER'],
    ['/v1/data/trades?after=1e400', 400, 'INVALID_TIME_FILTER'],
    ['/v1/data/trades?after=200&before=100', 400, 'INVALID_TIME_FILTER'],
    ['/v1/data/order/1e3', 404, 'ORDER_NOT_FOUND'],
    ['/v1/data/order/9999999999999999', 404, 'ORDER_NOT_FOUND'],
    ['/v1/data/order/%2e%2e%2fx', 404, 'ORDER_NOT_FOUND'],
    ['/v1/balance-allowance', 422, 'VALIDATION_FAILED'],
    ['/v1/balance-allowance?asset_type=GOLD', 422, 'VALIDATION_FAILED'],
    ['/v1/prices-history?market=1&interval=2y', 400, 'INVALID_INTERVAL'],
  ] as const)('%s is %i %s', async (path, status, code) => {
    const answer = await ask(file.url, 'GET', path, { headers: { 'x-api-key': key } });
    expectRefusal(answer, status, code);
  });
});
