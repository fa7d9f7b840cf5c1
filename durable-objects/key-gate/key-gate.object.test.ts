import { env } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import type { TenantSnapshot } from '../../shared/keys/principal.ts';
import { monthOf } from '../../shared/limits/month.ts';
import { keyGate, tenantObject } from '../stubs.ts';
import type { KeyRecord } from './record.ts';

const snapshot: TenantSnapshot = {
  version: 3,
  tier: 'pro',
  roles: ['trader'],
  admission: 'self_serve',
  flagged: false,
  underReview: false,
  betaCutoff: 0,
};
const record: KeyRecord = {
  id: 'key-1',
  tenant: 'tnt_test',
  account: 'acct_tnt_test',
  tier: 'pro',
  permissions: ['read', 'trade'],
  state: 'active',
  snapshot,
};

let name: string;
beforeEach(async () => {
  name = crypto.randomUUID();
  await keyGate(env, name).issue(record);
});
const gate = () => keyGate(env, name);

describe('a key is what its own object says', () => {
  test('a key that was never issued is refused and leaves nothing stored', async () => {
    expect(await keyGate(env, 'never-issued').admit({})).toMatchObject({ reason: 'INVALID_KEY' });
  });

  test('revocation holds on the next request, and after eviction', async () => {
    expect(await gate().admit({})).toMatchObject({ ok: true });
    await gate().change({ state: 'revoked' });
    expect(await gate().admit({})).toMatchObject({ reason: 'INVALID_KEY' });
    await evictDurableObject(env.KEY_GATE.getByName(name));
    expect(await gate().admit({})).toMatchObject({ reason: 'INVALID_KEY' });
  });

  test.each([
    [{ state: 'deactivated' as const }, 'KEY_DEACTIVATED'],
    [{ expiresAt: 1 }, 'KEY_EXPIRED'],
    [{ snapshot: { ...snapshot, version: 4, flagged: true } }, 'ACCESS_RESTRICTED'],
    [{ snapshot: { ...snapshot, version: 4, underReview: true } }, 'ACCESS_RESTRICTED'],
    [{ snapshot: { ...snapshot, version: 4, admission: 'none' as const } }, 'ACCESS_RESTRICTED'],
  ])('%j is answered with %s', async (change, reason) => {
    await gate().change(change);
    expect(await gate().admit({})).toMatchObject({ ok: false, reason });
  });

  test('a push that arrives late does not undo a newer one', async () => {
    await gate().change({ snapshot: { ...snapshot, version: 5, flagged: true } });
    await gate().change({ snapshot: { ...snapshot, version: 4 } });
    expect(await gate().admit({})).toMatchObject({ reason: 'ACCESS_RESTRICTED' });
  });

  test('a request refused for its permission counts, one refused for the rate does not', async () => {
    for (let sent = 0; sent < 10; sent += 1) {
      expect(await gate().admit({ permission: 'desk' })).toMatchObject({ reason: 'INSUFFICIENT_PERMISSION' });
    }
    const refused = await gate().admit({});
    expect(refused).toMatchObject({
      reason: 'RATE_LIMIT_EXCEEDED',
      retryAfter: 1,
      limit: { remaining: [0, 590] },
    });
    expect((await gate().admit({})).limit?.remaining[1]).toBe(590);
  });
});

describe('what the tenant counts, the key does not', () => {
  const issueTo = async (change: Partial<KeyRecord>): Promise<void> => gate().issue({ ...record, ...change });
  /** What is left of the key's own minute, told by a request that counts on it. */
  const left = async (): Promise<number | undefined> => (await gate().admit({})).limit?.remaining[1];

  test("a builder's request as a customer; without the permission it counts and is refused", async () => {
    await issueTo({ permissions: ['read', 'builder'] });
    expect(await gate().admit({ impersonating: true })).not.toHaveProperty('limit');
    expect(await left()).toBe(599);
    await issueTo({ permissions: ['read'] });
    const refused = await gate().admit({ impersonating: true });
    expect(refused).toMatchObject({ reason: 'INSUFFICIENT_PERMISSION', limit: { remaining: [8, 598] } });
  });

  test("a request with a customer's own key; refused for a permission it counts all the same", async () => {
    await issueTo({ customer: 'customer-1', account: 'acct_tnt_test_ccustomer-1' });
    const admitted = await gate().admit({ permission: 'trade' });
    expect(admitted).toMatchObject({ ok: true, principal: { customer: 'customer-1' } });
    expect(admitted).not.toHaveProperty('limit');
    expect(await gate().admit({ permission: 'desk' })).toMatchObject({ limit: { remaining: [9, 599] } });
  });

  test('a restricted tenant cannot spend the pool', async () => {
    await issueTo({ permissions: ['builder'], snapshot: { ...snapshot, flagged: true } });
    const refused = await gate().admit({ impersonating: true });
    expect(refused).toMatchObject({ reason: 'ACCESS_RESTRICTED', limit: { remaining: [9, 599] } });
  });
});

describe('requests of a month', () => {
  const counted = (tenant: string): Promise<number> =>
    tenantObject(env, tenant).requestsIn(monthOf(Date.now()));
  const requests = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += 1) await gate().admit({});
  };

  test('reach the tenant by alarm, once each, and go on after an eviction', async () => {
    const tenant = `tnt_${name}`;
    const actor = { id: 'test', requestId: 'test' };
    const {
      version: _,
      betaCutoff,
      ...profile
    } = { ...snapshot, tenant, name, walletAddress: null, owner: null };
    await tenantObject(env, tenant).create({ ...profile, betaCutoff, defaultVenue: 'paper' }, actor);
    await gate().issue({ ...record, tenant });
    await requests(3);
    const object = env.KEY_GATE.getByName(name);
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await counted(tenant)).toBe(3);
    await evictDurableObject(object);
    await requests(2);
    await gate().reportUsage();
    // What had been set for these two rings as well, and tells nothing new.
    await runDurableObjectAlarm(object);
    expect(await counted(tenant)).toBe(5);
  });
});
