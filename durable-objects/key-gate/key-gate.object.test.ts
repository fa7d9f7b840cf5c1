import { env } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TenantSnapshot } from '../../shared/keys/principal.ts';
import { monthOf } from '../../shared/limits/billing-period.ts';
import { moveClock, resetClock } from '../../shared/clock.ts';
import { CLOSE } from '../../shared/websockets/close-codes.ts';
import { HANDOVER_HEADER } from '../../shared/websockets/socket-handover.ts';
import { keyGate, socketHub, tenantObject } from '../rpc/stubs.ts';
import type { KeyRecord } from './key-record.ts';

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
  const ofBuilder = { ...snapshot, roles: ['trader', 'builder'] as const };
  const issueTo = async (change: Partial<KeyRecord>): Promise<void> =>
    gate().issue({ ...record, snapshot: ofBuilder, ...change });
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
    await issueTo({ permissions: ['builder'], snapshot: { ...ofBuilder, flagged: true } });
    const refused = await gate().admit({ impersonating: true });
    expect(refused).toMatchObject({ reason: 'ACCESS_RESTRICTED', limit: { remaining: [9, 599] } });
  });
});

describe('what a key has lost, its sockets show no more', () => {
  afterEach(resetClock);

  /** An open socket of the key; resolves with the code that it is closed with. */
  async function opened(): Promise<{ readonly code: Promise<number> }> {
    const [id, hub] = [crypto.randomUUID(), `hub:${name}`];
    expect(await gate().acquireSocket(id, hub)).toMatchObject({ ok: true });
    const handover = { id, channel: 'prices', gate: name };
    const headers = { upgrade: 'websocket', [HANDOVER_HEADER]: JSON.stringify(handover) };
    const { webSocket } = await socketHub(env, hub).fetch(new Request('https://hub/', { headers }));
    if (!webSocket) throw new Error('no socket');
    webSocket.accept();
    return {
      code: new Promise<number>((resolve) =>
        webSocket.addEventListener('close', ({ code }) => resolve(code)),
      ),
    };
  }

  test('a rotated key closes them when its day is over, though nobody calls', async () => {
    const { code } = await opened();
    await gate().change({ expiresAt: Date.now() + 86_400_000 });
    const object = env.KEY_GATE.getByName(name);
    expect(await runDurableObjectAlarm(object)).toBe(true);
    moveClock({ kind: 'advance', ms: 86_400_001 });
    // Set again by the one before, for the end of the key.
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await code).toBe(CLOSE.badToken);
  });

  test('a customer of a tenant that is no builder any more', async () => {
    const builders = { ...snapshot, roles: ['builder'] as const };
    await gate().issue({ ...record, customer: 'customer-1', snapshot: builders });
    const { code } = await opened();
    await gate().change({ snapshot: { ...builders, version: 4, roles: [] } });
    expect(await code).toBe(CLOSE.badToken);
    expect(await gate().acquireSocket('another', 'hub:1')).toMatchObject({ reason: 'INVALID_KEY' });
  });

  test("a desk's sockets end with the role, others stay", async () => {
    const desk = { ...snapshot, roles: ['desk'] as const };
    await gate().issue({ ...record, permissions: ['read', 'desk'], snapshot: desk });
    expect(await gate().acquireSocket('other', 'hub:none')).toMatchObject({ ok: true });
    expect(await gate().acquireDeskSocket('desk')).toMatchObject({ ok: true });
    await gate().change({ snapshot: { ...desk, version: 4, roles: ['trader'] } });
    expect(await gate().acquireDeskSocket('again')).toMatchObject({ reason: 'INSUFFICIENT_PERMISSION' });
    // Granted a moment ago, it may only now be on its way to the desk: it is looked for until that has passed.
    moveClock({ kind: 'advance', ms: 11_000 });
    expect(await runDurableObjectAlarm(env.KEY_GATE.getByName(name))).toBe(true);
    const held = await runInDurableObject(env.KEY_GATE.getByName(name), (_, { storage }) =>
      storage.kv.get<readonly { readonly id: string }[]>('sockets')?.map(({ id }) => id),
    );
    expect(held).toEqual(['other']);
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
