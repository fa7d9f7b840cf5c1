import { describe, inject, test } from 'vitest';
import { ask, expectRefusal } from './support/ask.ts';

const file = inject('postern');
const headers = { authorization: `Bearer ${file.adminToken}` };

describe("the operator's bodies", () => {
  const wrong = [
    '{"name":"x","extra":1}',
    '{"name":""}',
    '{"name":7}',
    '{"name":"x","tier":"gold"}',
    '{"name":"x","roles":["root"]}',
    '{"name":"x","keys":-1}',
    '{"name":"x","keys":6}',
    '{"name":"x","keys":1.5}',
    '{"name":"x","keys":"1"}',
    '{"name":"x","keys":1e400}',
    '{"name":"x","wallet_address":"0x1"}',
    '{"name":"x","beta_cutoff":"tomorrow"}',
    '{"name":"x","beta_cutoff":1e400}',
    '[]',
    'null',
  ];
  test.each(wrong)('POST /admin/v1/tenants %s is a schema fault', async (raw) => {
    expectRefusal(
      await ask(file.url, 'POST', '/admin/v1/tenants', { raw, headers }),
      422,
      'VALIDATION_FAILED',
    );
  });

  const settings = [
    '{"extra":1}',
    '{"cohort_cap":-1}',
    '{"cohort_cap":1e400}',
    '{"cohort_cap":"NaN"}',
    '{"beta_cutoff":"2026-02-30T00:00:00Z"}',
    '{"beta_cutoff":"+275760-09-14T00:00:00Z"}',
    '{"self_serve":"true"}',
  ];
  test.each(settings)('PATCH /admin/v1/settings %s is a schema fault', async (raw) => {
    expectRefusal(
      await ask(file.url, 'PATCH', '/admin/v1/settings', { raw, headers }),
      422,
      'VALIDATION_FAILED',
    );
  });
});
