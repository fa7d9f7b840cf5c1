import { describe, expect, test } from 'vitest';
import { errorCatalogue, type Reason } from './catalogue.ts';
import { failure } from './failure.ts';
import { toRouterError } from './router-mapper.ts';

const reasons = Object.keys(errorCatalogue) as Reason[];

describe('the /api/v1 error body', () => {
  test.each(reasons)('%s: sentence, code and retryable; the reason in the header', (reason) => {
    const { status, headers, body } = toRouterError(failure(reason));
    expect(Object.keys(body).toSorted()).toEqual(['code', 'error', 'retryable']);
    expect(body['code']).toMatch(/^[a-z_]+$/);
    expect(headers['x-polysim-code']).toBe(reason);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  test('only rate_limit_exceeded and service_unavailable are retryable', () => {
    const retryable = reasons.filter((reason) => toRouterError(failure(reason)).body['retryable'] === true);
    expect(retryable.toSorted()).toEqual(['RATE_LIMITED', 'RATE_LIMIT_EXCEEDED', 'VENUE_UNAVAILABLE']);
  });

  test('an order whose outcome is unknown is a 503 that nobody should send again', () => {
    const { status, body } = toRouterError(failure('PERSISTENCE_UNKNOWN'));
    expect([status, body['retryable']]).toEqual([503, false]);
  });

  test('a status that another surface names for one case does not leak into this one', () => {
    expect(toRouterError(failure('VALIDATION_FAILED', { status: 422 })).status).toBe(400);
  });

  test('every fault of a body becomes a line', () => {
    const issues = [
      { path: 'qps_limit', message: 'too small' },
      { path: '', message: 'expected object' },
    ];
    const { body } = toRouterError(failure('VALIDATION_FAILED', { details: { issues } }));
    expect(body['validation_errors']).toEqual(['qps_limit: too small', 'expected object']);
  });

  test('a 429 says how long to wait, and which limit of which tier', () => {
    const info = { retryAfter: 2, tier: 'pro', limitQps: 10 };
    const { headers, body } = toRouterError(failure('RATE_LIMIT_EXCEEDED', info));
    expect(headers['retry-after']).toBe('2');
    expect(body).toMatchObject({ code: 'rate_limit_exceeded', tier: 'pro', limit_qps: 10, retryable: true });
    expect(toRouterError(failure('INVALID_KEY', info)).body).not.toHaveProperty('tier');
  });
});
