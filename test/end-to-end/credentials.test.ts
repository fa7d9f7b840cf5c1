import { beforeEach, describe, expect, inject, test } from 'vitest';
import { generateKey } from '../../shared/keys/key-format.ts';
import { createTenant } from '../support/tenants.ts';
import { ask, expectRefusal, type Answer } from './support/ask.ts';

const file = inject('postern');
const PROBE = '/v1/auth/ban-status/closed-only';

let key: string;
beforeEach(async () => {
  const { keys } = await createTenant(file);
  key = keys[0]?.raw_key ?? '';
});

const probe = (headers: Readonly<Record<string, string>>): Promise<Answer> =>
  ask(file.url, 'GET', PROBE, { headers });

describe('where a gateway key may stand', () => {
  test.each<readonly [string, (raw: string) => Record<string, string>]>([
    ['X-API-Key', (raw) => ({ 'X-API-Key': raw })],
    ['POLY_API_KEY', (raw) => ({ POLY_API_KEY: raw })],
    ['Poly-API-Key', (raw) => ({ 'Poly-API-Key': raw })],
    ['Authorization: Bearer', (raw) => ({ authorization: `Bearer ${raw}` })],
    ['Authorization: bearer', (raw) => ({ authorization: `bearer ${raw}` })],
    [
      'POLY_API_KEY with an L2 signature that is none',
      (raw) => ({ POLY_API_KEY: raw, POLY_SIGNATURE: 'x', POLY_TIMESTAMP: '0' }),
    ],
  ])('%s', async (_, headers) => {
    expect((await probe(headers(key))).status).toBe(200);
  });

  test('X-API-Key wins over the others, right or wrong', async () => {
    const wrong = generateKey('test');
    expect(
      (await probe({ 'x-api-key': key, POLY_API_KEY: wrong, authorization: `Bearer ${wrong}` })).status,
    ).toBe(200);
    const answer = await probe({ 'x-api-key': wrong, POLY_API_KEY: key, authorization: `Bearer ${key}` });
    expectRefusal(answer, 401, 'INVALID_KEY');
  });
});

describe('what is refused', () => {
  test('a mistyped key, at any place', async () => {
    for (const position of [4, 9, 20, key.length - 1]) {
      const other = key[position] === 'A' ? 'B' : 'A';
      const typo = key.slice(0, position) + other + key.slice(position + 1);
      expectRefusal(await probe({ 'x-api-key': typo }), 401, 'INVALID_KEY');
    }
    expectRefusal(await probe({ 'x-api-key': key.slice(0, -1) }), 401, 'INVALID_KEY');
    expectRefusal(await probe({ 'x-api-key': `${key}A` }), 401, 'INVALID_KEY');
    expectRefusal(await probe({ 'x-api-key': key.toUpperCase() }), 401, 'INVALID_KEY');
  });

  test('a well-formed key that nobody was given', async () => {
    expectRefusal(await probe({ 'x-api-key': generateKey('test') }), 401, 'INVALID_KEY');
    expectRefusal(await probe({ 'x-api-key': generateKey('live') }), 401, 'INVALID_KEY');
  });

  test.each(['', 'x', 'null', 'pst_test_', "' OR 1=1", 'ü'.repeat(48), 'x'.repeat(8_000)])(
    '%j',
    async (text) => {
      expectRefusal(await probe({ 'x-api-key': text }), 401, 'INVALID_KEY');
    },
  );

  test('nothing, on a key-only route and on one that takes either', async () => {
    expectRefusal(await probe({}), 401, 'MISSING_API_KEY');
    expectRefusal(await ask(file.url, 'GET', '/v1/keys'), 401, 'MISSING_AUTH');
  });

  test("a gateway key or no token on the operator's routes", async () => {
    for (const authorization of [
      `Bearer ${key}`,
      'Bearer ',
      'Basic x',
      file.adminToken,
      `bearer${file.adminToken}`,
    ]) {
      const answer = await ask(file.url, 'GET', '/admin/v1/settings', { headers: { authorization } });
      expectRefusal(answer, 401, 'INVALID_TOKEN');
    }
    const answer = await ask(file.url, 'GET', '/admin/v1/settings', {
      headers: { 'x-api-key': file.adminToken },
    });
    expectRefusal(answer, 401, 'MISSING_AUTH');
  });
});
