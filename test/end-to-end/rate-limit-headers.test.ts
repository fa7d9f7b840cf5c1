import { describe, expect, inject, test } from 'vitest';
import { ask, expectRefusal } from './support/ask.ts';
import { freshKey, numberIn, probe } from './support/limits.ts';

const file = inject('postern');

describe('headers', () => {
  const names = ['limit', 'remaining', 'reset', 'limit-per-second', 'remaining-per-second', 'tier'];

  test('every authenticated reply carries all of them, twice, and they agree', async () => {
    const key = await freshKey(file, 'free');
    const answers = await Promise.all([
      probe(file, key),
      probe(file, key),
      probe(file, key),
      probe(file, key),
    ]);
    for (const answer of answers) {
      for (const name of names) {
        const value = answer.headers.get(`x-ratelimit-${name}`);
        expect(value, name).not.toBeNull();
        expect(answer.headers.get(`x-polysim-ratelimit-${name}`)).toBe(value);
      }
      expect([
        numberIn(answer, 'x-ratelimit-limit'),
        numberIn(answer, 'x-ratelimit-limit-per-second'),
      ]).toEqual([120, 2]);
      expect(answer.headers.get('x-ratelimit-tier')).toBe('free');
      expect(answer.headers.get('ratelimit-policy')).toBe('"second";q=2;w=1, "minute";q=120;w=60');
      expect(answer.headers.get('ratelimit')).toMatch(/^"second";r=\d+;t=\d+, "minute";r=\d+;t=\d+$/);
      const left = numberIn(answer, 'x-ratelimit-reset') - Date.now() / 1000;
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(61);
    }
  });

  test('what remains counts down by one for each request that passed', async () => {
    const key = await freshKey(file, 'enterprise');
    for (let count = 1; count <= 5; count += 1) {
      const answer = await probe(file, key);
      expect(numberIn(answer, 'x-ratelimit-remaining')).toBe(6_000 - count);
      expect(answer.headers.get('ratelimit')).toContain(`"minute";r=${6_000 - count};`);
      expect(numberIn(answer, 'x-ratelimit-remaining-per-second')).toBeLessThan(100);
    }
  });

  test('an authenticated reply that refuses for another reason carries them too', async () => {
    const key = await freshKey(file, 'free');
    const denied = await ask(file.url, 'DELETE', '/v1/cancel-all', { headers: { 'x-api-key': key } });
    expectRefusal(denied, 403, 'INSUFFICIENT_PERMISSION');
    const invalid = await ask(file.url, 'GET', '/v1/balance-allowance', { headers: { 'x-api-key': key } });
    expectRefusal(invalid, 422, 'VALIDATION_FAILED');
    for (const answer of [denied, invalid]) expect(answer.headers.get('x-ratelimit-tier')).toBe('free');
  });
});
