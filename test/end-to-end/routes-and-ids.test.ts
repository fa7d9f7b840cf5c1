import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { ask, expectRefusal, member } from './support/ask.ts';

const file = inject('postern');

describe('routes', () => {
  test.each([
    '/v1',
    '/v2/order',
    '/v1/nope',
    '/v1/order/',
    '/V1/order',
    '/v1/%00',
    '/admin/v1',
    '/v1//order',
  ])('unknown path %s is 404', async (path) => {
    for (const method of ['GET', 'POST']) {
      expectRefusal(await ask(file.url, method, path), 404, 'NOT_FOUND');
    }
  });

  test.each([
    ['PUT', '/v1/order', ['POST', 'DELETE']],
    ['GET', '/v1/keys/some-id', ['PATCH', 'DELETE']],
    ['POST', '/v1/time', ['GET']],
    ['DELETE', '/openapi.json', ['GET']],
    ['PUT', '/admin/v1/settings', ['GET', 'PATCH']],
    ['PROPFIND', '/v1/book', ['GET']],
  ] as const)('%s %s is 405 and names the methods that there are', async (method, path, allowed) => {
    const answer = await ask(file.url, method, path);
    expectRefusal(answer, 405, 'METHOD_NOT_ALLOWED');
    const allow = (answer.headers.get('allow') ?? '').split(/,\s*/);
    expect(allow.filter((name) => name !== 'HEAD' && name !== 'OPTIONS')).toSatisfy(
      (names: readonly string[]) =>
        names.length === allowed.length && allowed.every((name) => names.includes(name)),
    );
  });
});

describe('request ids and verbose bodies', () => {
  test.each(['/v1/time', '/v1/keys', '/nope', '/', '/openapi.json', '/docs', '/admin/v1/settings'])(
    'GET %s echoes a well-formed request id and replaces any other',
    async (path) => {
      const given = `abc-DEF_1.2=${randomUUID()}`;
      const echoed = await ask(file.url, 'GET', path, { headers: { 'x-request-id': given } });
      expect(echoed.headers.get('x-request-id')).toBe(given);
      const ids = await Promise.all(
        ['a b', 'ö', 'x'.repeat(129), '<script>', ''].map(async (bad) => {
          const answer = await ask(file.url, 'GET', path, { headers: { 'x-request-id': bad } });
          return answer.headers.get('x-request-id');
        }),
      );
      expect(ids.every((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id ?? ''))).toBe(true);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  test.each([
    ['GET', '/nope', undefined, 404, 'NOT_FOUND'],
    ['PUT', '/v1/order', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/v1/data/orders', undefined, 401, 'MISSING_API_KEY'],
    ['POST', '/v1/books', '{}', 422, 'VALIDATION_FAILED'],
    ['GET', '/v1/book?token_id=1', undefined, 404, 'TOKEN_NOT_FOUND'],
    ['GET', '/v1/markets?next_cursor=!', undefined, 400, 'INVALID_CURSOR'],
  ] as const)(
    '%s %s with X-Polysim-Verbose tells code, sentence, details and id',
    async (method, path, raw, status, code) => {
      const answer = await ask(file.url, method, path, {
        headers: { 'x-polysim-verbose': 'true' },
        ...(raw === undefined ? {} : { raw }),
      });
      expect([answer.status, answer.code], answer.text).toEqual([status, code]);
      expect(Object.keys(answer.json ?? {}).toSorted()).toEqual([
        'details',
        'error',
        'message',
        'request_id',
      ]);
      expect(member(answer, 'error')).toBe(code);
      expect(member(answer, 'request_id')).toBe(answer.headers.get('x-request-id'));
    },
  );
});
