import { describe, expect, test } from 'vitest';
import { errorCatalogue, type Reason } from './catalogue.ts';
import { failure } from './failure.ts';
import { toV1Error } from './v1-mapper.ts';

const reasons = Object.keys(errorCatalogue) as Reason[];

describe('the /v1 error body', () => {
  test.each(reasons.filter((reason) => reason !== 'UPGRADE_REQUIRED'))(
    '%s: one key by default, four in verbose',
    (reason) => {
      const plain = toV1Error(failure(reason), 'id-1', false);
      expect(Object.keys(plain.body)).toEqual(['error']);
      expect(plain.headers['x-polysim-code']).toBe(reason);
      const verbose = toV1Error(failure(reason, { details: { a: 1 } }), 'id-1', true);
      expect(verbose.body).toEqual({
        error: reason,
        message: plain.body['error'],
        details: { a: 1 },
        request_id: 'id-1',
      });
    },
  );

  test('402 alone carries feature_key and upgrade_url, verbose or not', () => {
    const body = {
      error: 'UPGRADE_REQUIRED',
      feature_key: 'wallets.sandbox_baseline',
      upgrade_url: '/pricing',
    };
    const failed = failure('UPGRADE_REQUIRED', { featureKey: 'wallets.sandbox_baseline' });
    expect(toV1Error(failed, 'id', false)).toMatchObject({ status: 402, body });
    expect(toV1Error(failed, 'id', true).body).toEqual(body);
  });

  test('waiting times reach header and body', () => {
    const wire = toV1Error(failure('RATE_LIMITED', { retryAfter: 1, retryAfterMs: 250 }), 'id', false);
    expect(wire.headers['retry-after']).toBe('1');
    expect(wire.body['retry_after_ms']).toBe(250);
  });
});
