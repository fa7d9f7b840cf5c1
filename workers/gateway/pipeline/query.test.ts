import * as z from 'zod';
import { expect, test } from 'vitest';
import { RequestError } from '../../../shared/errors/failure.ts';
import { queryOf } from './query.ts';

const query = z.object({ limit: z.coerce.number().optional() });
/** What a route makes of a query: its value, or the sentence that refuses it. */
function read(path: string, search: string, schema?: z.ZodType): unknown {
  try {
    return queryOf({ path, ...(schema && { query: schema }) }, new URL(`https://host${path}${search}`));
  } catch (error) {
    return error instanceof RequestError ? [error.failure.reason, error.message] : error;
  }
}

test.each(['/v1/markets', '/v1/partner/users', '/v1/sessions', '/api/v1/markets', '/api/v1beta1/orders'])(
  'of a parameter that is given twice none is dropped: %s',
  (path) => {
    const refusal = ['VALIDATION_FAILED', 'limit: is given more than once'];
    expect(read(path, '?limit=1&limit=2', query)).toEqual(refusal);
    expect(read(path, '?limit=1&%6Cimit=1')).toEqual(refusal);
    expect(read(path, '?limit=1', query)).toEqual({ limit: 1 });
  },
);

test('a name that is long enough to be a secret is not repeated', () => {
  const secret = 's'.repeat(33);
  expect(String(read('/v1/time', `?${secret}=1&${secret}=2`))).not.toContain(secret);
});

test('a route of the router that takes no parameter refuses any; other surfaces ignore strange ones', () => {
  expect(read('/api/v1/usage', '?scope=self')).toEqual([
    'VALIDATION_FAILED',
    'query: Unrecognized key: "scope"',
  ]);
  expect(read('/api/v1/usage', '')).toEqual({});
  expect([read('/v1/time', '?x=1'), read('/ws', '?x=1')]).toEqual([undefined, undefined]);
});
