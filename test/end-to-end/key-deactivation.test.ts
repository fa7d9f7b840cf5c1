import { beforeEach, describe, expect, inject, test } from 'vitest';
import { createTenant, operate } from '../support/tenants.ts';
import { ask, expectRefusal, rowsOf, textOf, type Answer } from './support/ask.ts';

const file = inject('postern');

/** A key-only route that any key with `read` may call. */
const PROBE = '/v1/auth/ban-status/closed-only';

let tenant: string;
let first: { readonly id: string; readonly raw_key: string };
beforeEach(async () => {
  const created = await createTenant(file);
  const [key] = created.keys;
  if (!key) throw new Error('no key');
  ({ tenant } = created);
  first = key;
});

const by = (key: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(file.url, method, path, { headers: { 'x-api-key': key }, body });
const probe = (key: string): Promise<Answer> => by(key, 'GET', PROBE);
const issue = (body: unknown = {}): Promise<Answer> => by(first.raw_key, 'POST', '/v1/keys', body);
const listed = async (): Promise<ReturnType<typeof rowsOf>> =>
  rowsOf(await by(first.raw_key, 'GET', '/v1/keys'));

describe("the operator's switch", () => {
  const setActive = (id: string, isActive: boolean): Promise<Response> =>
    operate(file, 'PATCH', `/tenants/${tenant}/keys/${id}`, { is_active: isActive });

  test('a deactivated key says so on the next request, and works again when enabled', async () => {
    expect((await setActive(first.id, false)).status).toBe(200);
    expectRefusal(await probe(first.raw_key), 401, 'KEY_DEACTIVATED');
    expect((await setActive(first.id, true)).status).toBe(200);
    expect((await probe(first.raw_key)).status).toBe(200);
  });

  test('a deactivated key cannot be rotated into a fresh one', async () => {
    const other = textOf(await issue(), 'raw_key');
    await setActive(first.id, false);
    expectRefusal(await by(other, 'POST', `/v1/keys/${first.id}/rotate`), 404, 'NOT_FOUND');
  });

  test('enabling a key again does not make a sixth', async () => {
    const other = textOf(await issue(), 'raw_key');
    await setActive(first.id, false);
    for (let count = 0; count < 4; count += 1) await by(other, 'POST', '/v1/keys', {});
    await setActive(first.id, true);
    const rows = rowsOf(await by(other, 'GET', '/v1/keys'));
    expect(rows.filter((row) => row['is_active'] === true).length).toBeLessThanOrEqual(5);
  });

  test('a revoked key stays revoked, even if the operator enables it at that moment', async () => {
    const issued = await Promise.all(Array.from({ length: 4 }, () => issue()));
    await Promise.all(
      issued.map(async (answer) => {
        const [id, raw] = [textOf(answer, 'id'), textOf(answer, 'raw_key')];
        const [revoked] = await Promise.all([
          by(first.raw_key, 'DELETE', `/v1/keys/${id}`),
          setActive(id, false),
          setActive(id, true),
          setActive(id, true),
        ]);
        expect(revoked.status).toBe(200);
        expectRefusal(await probe(raw), 401, 'INVALID_KEY');
      }),
    );
    expect((await listed()).filter((row) => row['is_active'] === true)).toHaveLength(1);
  });
});
