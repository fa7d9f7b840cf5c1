import { beforeEach, describe, expect, inject, test } from 'vitest';
import { isWellFormedKey } from '../../shared/keys/key-format.ts';
import { createTenant } from '../support/tenants.ts';
import { ask, expectRefusal, member, rowsOf, textOf, type Answer } from './support/ask.ts';

const file = inject('postern');

/** A key-only route that any key with `read` may call. */
const PROBE = '/v1/auth/ban-status/closed-only';
const HOUR_MS = 3_600_000;

let first: { readonly id: string; readonly raw_key: string };
beforeEach(async () => {
  const [key] = (await createTenant(file)).keys;
  if (!key) throw new Error('no key');
  first = key;
});

const by = (key: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(file.url, method, path, { headers: { 'x-api-key': key }, body });
const probe = (key: string): Promise<Answer> => by(key, 'GET', PROBE);
const issue = (body: unknown = {}): Promise<Answer> => by(first.raw_key, 'POST', '/v1/keys', body);
const listed = async (): Promise<ReturnType<typeof rowsOf>> =>
  rowsOf(await by(first.raw_key, 'GET', '/v1/keys'));

describe('issue and list', () => {
  test('an issued key works at once, has a checksum, and is shown once', async () => {
    const answer = await issue({ name: 'bot' });
    expect(answer.status, answer.text).toBe(201);
    expect(Object.keys(answer.json ?? {}).toSorted()).toEqual([
      'created_at',
      'id',
      'key_prefix',
      'name',
      'permissions',
      'rate_limit_tier',
      'raw_key',
    ]);
    const raw = textOf(answer, 'raw_key');
    expect(isWellFormedKey(raw)).toBe(true);
    expect(textOf(answer, 'key_prefix')).toBe(raw.slice(0, 16));
    expect((await probe(raw)).status).toBe(200);
    const list = await by(first.raw_key, 'GET', '/v1/keys');
    expect(list.text).not.toContain(raw.slice(17));
    expect(rowsOf(list)).toContainEqual(
      expect.objectContaining({ id: textOf(answer, 'id'), name: 'bot', is_active: true, expires_at: null }),
    );
  });

  test('a used key says when', async () => {
    const before = Date.now();
    await probe(first.raw_key);
    const [row] = await listed();
    expect(Date.parse(String(row?.['last_used_at']))).toBeGreaterThanOrEqual(before - 1_000);
  });

  test('a sixth active key is refused with 400, and revoking one makes room', async () => {
    const issued = [];
    for (let count = 1; count < 5; count += 1) issued.push(await issue());
    expect(issued.map((answer) => answer.status)).toEqual([201, 201, 201, 201]);
    expectRefusal(await issue(), 400, 'VALIDATION_FAILED');
    const [second] = issued;
    await by(first.raw_key, 'DELETE', `/v1/keys/${second ? textOf(second, 'id') : ''}`);
    expect((await issue()).status).toBe(201);
  });

  test('issued side by side, there are never more than five', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => issue()));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(4);
    expect((await listed()).filter((row) => row['is_active'] === true)).toHaveLength(5);
  });

  test('a tier above the plan, and trade on a free key, need an upgrade', async () => {
    expectRefusal(
      await issue({ tier: 'free', permissions: ['read', 'trade'] }),
      403,
      'TIER_REQUIRES_UPGRADE',
    );
    const pro = await createTenant(file, { tier: 'pro' });
    const answer = await by(pro.keys[0]?.raw_key ?? '', 'POST', '/v1/keys', { tier: 'enterprise' });
    expectRefusal(answer, 403, 'TIER_REQUIRES_UPGRADE');
  });

  test('a free key is read-only, whatever it asks for', async () => {
    const asked = ['read', 'credentials'];
    const answer = await issue({ tier: 'free', permissions: asked });
    // Refused or given without it: the contract leaves that open, not that the key can only read.
    expect(answer.status === 201 ? member(answer, 'permissions') : answer.code).toEqual(
      answer.status === 201 ? ['read'] : 'TIER_REQUIRES_UPGRADE',
    );
  });

  test('a permission that the roles do not open is refused', async () => {
    expectRefusal(await issue({ permissions: ['desk'] }), 403, 'INSUFFICIENT_PERMISSION');
  });

  test('a read key may not trade, and the sentence names the permission', async () => {
    const reader = textOf(await issue({ permissions: ['read'] }), 'raw_key');
    const answer = await by(reader, 'DELETE', '/v1/cancel-all');
    expectRefusal(answer, 403, 'INSUFFICIENT_PERMISSION');
    expect(member(answer, 'error')).toBe('API key missing required permission: trade');
  });

  test('keys are managed by any valid key, not only one that trades', async () => {
    const reader = textOf(await issue({ permissions: ['read'] }), 'raw_key');
    expect((await by(reader, 'GET', '/v1/keys')).status).toBe(200);
    expect((await by(reader, 'PATCH', `/v1/keys/${first.id}`, { name: 'renamed' })).status).toBe(200);
  });
});

describe('rename, rotate, revoke', () => {
  test('a new name shows in the list', async () => {
    const answer = await by(first.raw_key, 'PATCH', `/v1/keys/${first.id}`, { name: 'new name' });
    expect(member(answer, 'name')).toBe('new name');
    expect((await listed())[0]?.['name']).toBe('new name');
  });

  test('a rotated key works on for 24 hours beside its successor', async () => {
    const before = Date.now();
    const answer = await by(first.raw_key, 'POST', `/v1/keys/${first.id}/rotate`);
    const after = Date.now();
    expect(answer.status, answer.text).toBe(201);
    const successor = textOf(answer, 'raw_key');
    expect([(await probe(first.raw_key)).status, (await probe(successor)).status]).toEqual([200, 200]);
    const rows = await listed();
    const expiry = Date.parse(String(rows.find((row) => row['id'] === first.id)?.['expires_at']));
    expect(expiry).toBeGreaterThanOrEqual(before - 1_000 + 24 * HOUR_MS);
    expect(expiry).toBeLessThanOrEqual(after + 1_000 + 24 * HOUR_MS);
    expect(rows.find((row) => row['id'] === textOf(answer, 'id'))?.['expires_at']).toBeNull();
  });

  test('rotating again and again does not get around the limit of five keys', async () => {
    for (let count = 0; count < 6; count += 1) {
      await by(first.raw_key, 'POST', `/v1/keys/${first.id}/rotate`);
    }
    const lasting = (await listed()).filter((row) => row['is_active'] === true && row['expires_at'] === null);
    expect(lasting.length).toBeLessThanOrEqual(5);
    // One key was rotated: one key takes its place.
    expect(lasting).toHaveLength(1);
  });

  test('a revoked key is refused on the very next request, and gone from the list', async () => {
    const answer = await issue();
    const raw = textOf(answer, 'raw_key');
    expect((await probe(raw)).status).toBe(200);
    const revoked = await by(first.raw_key, 'DELETE', `/v1/keys/${textOf(answer, 'id')}`);
    expect([revoked.status, revoked.json]).toEqual([200, { message: 'Key revoked successfully' }]);
    expectRefusal(await probe(raw), 401, 'INVALID_KEY');
    expect((await listed()).filter((row) => row['is_active'] === true)).toHaveLength(1);
  });

  test('a key may revoke itself', async () => {
    expect((await by(first.raw_key, 'DELETE', `/v1/keys/${first.id}`)).status).toBe(200);
    expectRefusal(await probe(first.raw_key), 401, 'INVALID_KEY');
  });

  test.each(['PATCH', 'DELETE', 'POST'])(
    '%s of an unknown, another tenant’s or a revoked key is NOT_FOUND',
    async (method) => {
      const other = await createTenant(file);
      const gone = textOf(await issue(), 'id');
      await by(first.raw_key, 'DELETE', `/v1/keys/${gone}`);
      const path = (id: string): string => `/v1/keys/${id}${method === 'POST' ? '/rotate' : ''}`;
      const body = method === 'PATCH' ? { name: 'mine now' } : undefined;
      for (const id of [other.keys[0]?.id ?? '', 'nothing', gone]) {
        expectRefusal(await by(first.raw_key, method, path(id), body), 404, 'NOT_FOUND');
      }
      expect((await probe(other.keys[0]?.raw_key ?? '')).status).toBe(200);
    },
  );
});
