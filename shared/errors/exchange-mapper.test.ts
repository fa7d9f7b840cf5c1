import { describe, expect, test } from 'vitest';
import { errorCatalogue, type Reason } from './catalogue.ts';
import { toExchangeError } from './exchange-mapper.ts';
import { failure } from './failure.ts';

const reasons = Object.keys(errorCatalogue) as Reason[];

describe("the exchange's error body", () => {
  test.each(reasons)('%s: code, message and details; the reason in the header', (reason) => {
    const { status, headers, body } = toExchangeError(failure(reason));
    expect(Object.keys(body).toSorted()).toEqual(['code', 'details', 'message']);
    expect(Number.isInteger(body['code'])).toBe(true);
    expect(headers['x-polysim-code']).toBe(reason);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  test.each([
    ['VALIDATION_FAILED', 400, 3],
    ['MISSING_API_KEY', 401, 16],
    ['INSUFFICIENT_PERMISSION', 403, 7],
    ['NOT_FOUND', 404, 5],
    ['DUPLICATE_CLIENT_ORDER_ID', 409, 6],
    ['IDEMPOTENCY_CONFLICT_PENDING', 409, 10],
    ['RATE_LIMIT_EXCEEDED', 429, 8],
    ['NOT_SUPPORTED', 501, 12],
    ['VENUE_UNAVAILABLE', 503, 14],
    ['PERSISTENCE_UNKNOWN', 504, 4],
  ] as const)('%s is %i with code %i', (reason, status, code) => {
    const wire = toExchangeError(failure(reason));
    expect([wire.status, wire.body['code']]).toEqual([status, code]);
  });

  test('what the exchange said keeps its status, code and sentence', () => {
    const said = failure('EXCHANGE_REFUSED', { status: 409, grpcCode: 6, message: 'duplicate clord_id' });
    const { status, body } = toExchangeError(said);
    expect([status, body]).toEqual([409, { code: 6, message: 'duplicate clord_id', details: [] }]);
  });

  test('a status that another surface names for one case does not leak into this one', () => {
    expect(toExchangeError(failure('VALIDATION_FAILED', { status: 422 })).status).toBe(400);
  });

  test('faults of a body are told member by member', () => {
    const issues = [{ path: 'price', message: 'must be an int64' }];
    const { body } = toExchangeError(failure('VALIDATION_FAILED', { details: { issues } }));
    expect(body['details']).toMatchObject([
      { fieldViolations: [{ field: 'price', description: 'must be an int64' }] },
    ]);
  });
});
