import { beforeAll, describe, expect, inject, test } from 'vitest';
import { ask, member } from './support/ask.ts';
import {
  BALANCE,
  expectRouterRefusal,
  newBuilder,
  USERS,
  withKey,
  type Builder,
  type OwnCustomer,
} from './support/builder.ts';
import { newTrader } from './support/trader.ts';

const file = inject('postern');

let builder: Builder;
let customer: OwnCustomer;
beforeAll(async () => {
  builder = await newBuilder(file);
  customer = await builder.create();
});

describe('X-Builder-Customer-Id', () => {
  test('acts as the customer; the case of the id does not matter', async () => {
    for (const id of [customer.id, customer.id.toUpperCase()]) {
      const answer = await builder.as(id, 'GET', BALANCE);
      expect([answer.status, member(answer, 'currency')]).toEqual([200, 'USD']);
      expect(answer.headers.get('x-ratelimit-user-limit')).toBe('200');
      expect(answer.headers.get('x-ratelimit-pool-limit')).toBe('500');
    }
  });

  test('an empty header names nobody, and is not taken for no header', async () => {
    expectRouterRefusal(await builder.as('', 'GET', BALANCE), 403, 'forbidden', 'CUSTOMER_FORBIDDEN');
  });

  test("on a key that is no builder's: 403 forbidden, whoever the customer is", async () => {
    const trader = await newTrader(file);
    for (const id of [customer.id, 'no-uuid']) {
      const answer = await trader.call('GET', BALANCE, undefined, { 'x-builder-customer-id': id });
      expectRouterRefusal(answer, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
    }
  });

  test("on the customer's own key: 403, even for itself", async () => {
    const headers = { 'x-builder-customer-id': customer.id };
    const answer = await withKey(file, customer.key, 'GET', BALANCE, { headers });
    expectRouterRefusal(answer, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
  });

  test("on /v1: refused, not dropped, for the order would be placed with the builder's own money", async () => {
    for (const [method, path] of [
      ['POST', '/v1/orders'],
      ['GET', '/v1/account/balance'],
      ['GET', '/v1/sessions'],
    ] as const) {
      const answer = await builder.as(customer.id, method, path, method === 'GET' ? undefined : {});
      expect([answer.code, answer.text], path).toEqual([
        'INSUFFICIENT_PERMISSION',
        expect.stringContaining('X-Builder-Customer-Id'),
      ]);
    }
  });

  test("on a builder's own route: 403, because a customer is no builder", async () => {
    const answer = await builder.as(customer.id, 'GET', USERS);
    expectRouterRefusal(answer, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
  });

  test('with a bearer token: 400, before the token is looked at', async () => {
    // No token at all: were it verified, the answer would be another.
    const authorization = 'Bearer aaaa.bbbb.cccc';
    const headers = { authorization, 'x-builder-customer-id': customer.id };
    const answer = await ask(file.url, 'GET', BALANCE, { headers });
    expectRouterRefusal(answer, 400, 'bad_request', 'IMPERSONATION_NEEDS_KEY');
  });
});

describe('X-API-Key is the one way in', () => {
  test('a key anywhere else is no key', async () => {
    const [key = ''] = builder.keys;
    for (const headers of [{}, { authorization: `Bearer ${key}` }, { poly_api_key: key }] as const) {
      const answer = await ask(file.url, 'GET', BALANCE, { headers });
      expectRouterRefusal(answer, 401, 'unauthorized', 'MISSING_API_KEY');
    }
  });

  test('a mistyped and an unknown key: 401', async () => {
    for (const key of ['x', `pst_test_${'A'.repeat(48)}`]) {
      expectRouterRefusal(await withKey(file, key, 'GET', BALANCE), 401, 'unauthorized', 'INVALID_KEY');
    }
  });
});

describe('errors of the surface', () => {
  test.each([
    ['GET', '/api/v1', 404, 'not_found', 'NOT_FOUND', null],
    ['GET', '/api/v1/nothing', 404, 'not_found', 'NOT_FOUND', null],
    ['PUT', USERS, 405, 'bad_request', 'METHOD_NOT_ALLOWED', 'POST, GET'],
  ] as const)('%s %s: %i in its own shape', async (method, path, status, code, reason, allow) => {
    const answer = await builder.call(method, path);
    expectRouterRefusal(answer, status, code, reason);
    expect(answer.headers.get('allow')).toBe(allow);
  });

  test('/api/beta and /api/v1beta are other surfaces', async () => {
    const answer = await builder.call('GET', '/api/v1beta/nothing');
    expect(Object.keys(answer.json ?? {})).toEqual(['error']);
  });

  test('broken JSON and a body too large keep their statuses', async () => {
    const broken = await withKey(file, builder.keys[0] ?? '', 'POST', USERS, { raw: '{' });
    expectRouterRefusal(broken, 400, 'validation_error', 'VALIDATION_FAILED');
    const large = await builder.call('POST', USERS, { external_id: 'x'.repeat(300_000) });
    expectRouterRefusal(large, 413, 'bad_request', 'PAYLOAD_TOO_LARGE');
  });

  test.each([
    ['/api/v1/balance', 400, 'missing_parameter', 'MISSING_PARAMETER'],
    ['/api/v1/balance?exchange=nyse', 404, 'exchange_not_found', 'EXCHANGE_NOT_FOUND'],
    ['/api/v1/balance?exchange=limitless', 501, 'not_supported', 'NOT_SUPPORTED'],
    ['/api/v1/balance?exchange=paper&currency=EUR', 400, 'validation_error', 'VALIDATION_FAILED'],
  ] as const)('%s: %i %s', async (path, status, code, reason) => {
    expectRouterRefusal(await builder.call('GET', path), status, code, reason);
  });

  test('credentials that paper cannot use are refused, not dropped', async () => {
    const answer = await builder.call('GET', BALANCE, undefined, { 'x-exchange-credentials': btoa('{}') });
    expectRouterRefusal(answer, 400, 'validation_error', 'VALIDATION_FAILED');
  });
});

test('the document names the header where it works, and the shape of the errors', async () => {
  const { json } = await ask(file.url, 'GET', '/openapi.json');
  const header = { name: 'X-Builder-Customer-Id', in: 'header', required: false };
  expect(json).toMatchObject({
    paths: {
      '/api/v1/balance': {
        get: {
          security: [{ apiKey: [] }],
          parameters: expect.arrayContaining([expect.objectContaining(header)]),
          responses: { default: { $ref: '#/components/responses/RouterError' } },
        },
      },
    },
    components: { schemas: { RouterError: { required: ['error', 'code', 'retryable'] } } },
  });
});
