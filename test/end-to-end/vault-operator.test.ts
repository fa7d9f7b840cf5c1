import { describe, expect, inject, test, vi } from 'vitest';
import { createTenant, operate } from '../support/tenants.ts';
import { ask, expectRefusal, member } from './support/ask.ts';
import { PATIENCE } from '../support/patience.ts';

const file = inject('postern');
const headers = { authorization: `Bearer ${file.adminToken}` };

describe("the operator's view of the vault", () => {
  test('a rotation starts, ends, and says which version is current', async () => {
    const started = await operate(file, 'POST', '/vault/rotation');
    expect(started.status).toBe(202);
    const status = await vi.waitUntil(async () => {
      const { json } = await ask(file.url, 'GET', '/admin/v1/vault/rotation', { headers });
      const { sweep } = json as { readonly sweep: { readonly state: string } };
      return sweep.state === 'running' ? undefined : json;
    }, PATIENCE);
    expect(status).toMatchObject({ current: 1, sweep: { state: 'finished', target: 1 }, fault: null });
  });

  test("an account's chain can be read and verified; a tenant that is none is not found", async () => {
    const { tenant } = await createTenant(file);
    const path = `/admin/v1/tenants/${tenant}/vault/audit`;
    const page = await ask(file.url, 'GET', `${path}?limit=10`, { headers });
    expect([page.status, page.json]).toEqual([200, { rows: [], next: null }]);
    const verified = await ask(file.url, 'GET', `${path}/verify`, { headers });
    expect(member(verified, 'intact')).toBe(true);
    const nobody = path.replace(tenant, 'tnt_00000000000000000000');
    expectRefusal(await ask(file.url, 'GET', nobody, { headers }), 404, 'NOT_FOUND');
  });

  test.each(['?limit=0', '?limit=1001', '?after=-1', '?account=../x'])(
    '%s is a schema fault',
    async (query) => {
      const { tenant } = await createTenant(file);
      const path = `/admin/v1/tenants/${tenant}/vault/audit${query}`;
      expectRefusal(await ask(file.url, 'GET', path, { headers }), 422, 'VALIDATION_FAILED');
    },
  );

  test.each(['GET', 'POST'])('%s is for the operator alone', async (method) => {
    const options = { headers: { 'x-api-key': file.keys.trader } };
    const answer = await ask(file.url, method, '/admin/v1/vault/rotation', options);
    expect(answer.status).toBe(401);
  });
});
