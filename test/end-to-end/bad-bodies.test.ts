import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { createTenant } from '../support/tenants.ts';
import { ask, expectRefusal, member, type Answer, type Raw } from './support/ask.ts';

const file = inject('postern');
let key: string;
beforeAll(async () => {
  const { keys } = await createTenant(file);
  key = keys[0]?.raw_key ?? '';
});

const post = (path: string, raw: Raw, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  ask(file.url, 'POST', path, { raw, headers: { 'x-api-key': key, ...headers } });

/** `[[[…]]]`, so many levels deep. */
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('bodies', () => {
  test.each([
    '{',
    '',
    ' ',
    '{"name":',
    "{'name':'x'}",
    '{"name":"x"}}',
    'NaN',
    '\u0000',
    '\ud800',
    '{"a":01}',
  ])('text that is not the JSON asked for (%j) is a 4xx with a sentence', async (text) => {
    const answer = await ask(file.url, 'PATCH', `/v1/keys/${randomUUID()}`, {
      raw: text,
      headers: { 'x-api-key': key },
    });
    expectRefusal(answer, 422, 'VALIDATION_FAILED');
  });

  test('JSON deeper than 16 levels is refused, and 16 are looked at', async () => {
    const [deep, shallow, abyss] = await Promise.all([
      post('/v1/books', nested(17)),
      post('/v1/books', nested(16)),
      post('/v1/books', nested(100_000)),
    ]);
    for (const answer of [deep, abyss]) {
      expectRefusal(answer, 422, 'VALIDATION_FAILED');
      expect(answer.text).toContain('16 levels');
    }
    expectRefusal(shallow, 422, 'VALIDATION_FAILED');
    expect(shallow.text).not.toContain('16 levels');
  });

  const twoMegabytes = Buffer.alloc(2_000_000, 'x');
  const chunked = (): ReadableStream => new Blob([twoMegabytes]).stream();
  test.each<readonly [string, () => Raw]>([
    ['with content-length', () => twoMegabytes],
    ['chunked', chunked],
  ])('a 2 MB body %s is refused, credential or not, and the client gets to read it', async (_, body) => {
    // Several times: a server that closes while the client still writes only sometimes cuts its own reply off.
    for (let count = 0; count < 8; count += 1) {
      expectRefusal(await post('/v1/keys', body()), 413, 'PAYLOAD_TOO_LARGE');
      expectRefusal(await ask(file.url, 'POST', '/v1/books', { raw: body() }), 413, 'PAYLOAD_TOO_LARGE');
    }
  });

  test('a body of exactly 256 KB is read, one byte more is not', async () => {
    const exact = `"${'x'.repeat(256 * 1024 - 2)}"`;
    expectRefusal(await post('/v1/keys', exact), 422, 'VALIDATION_FAILED');
    expectRefusal(await post('/v1/keys', `${exact} `), 413, 'PAYLOAD_TOO_LARGE');
    expectRefusal(await post('/v1/keys', new Blob([`${exact} `]).stream()), 413, 'PAYLOAD_TOO_LARGE');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ])('content type %s is refused', async (type) => {
    expectRefusal(await post('/v1/keys', '{}', { 'content-type': type }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('a content type of JSON with parameters is taken', async () => {
    const answer = await post('/v1/books', '[]', { 'content-type': 'Application/JSON; charset=utf-8' });
    expect(answer.status).toBe(200);
  });

  test('a schema fault names every member in details.issues', async () => {
    const answer = await post('/v1/keys', '{"name":7,"tier":"gold","more":1}', {
      'x-polysim-verbose': 'true',
    });
    expect(answer.status).toBe(422);
    const { issues } = member(answer, 'details') as { readonly issues: readonly { readonly path: string }[] };
    expect(issues.map((issue) => issue.path)).toEqual(expect.arrayContaining(['name', 'tier']));
  });
});
