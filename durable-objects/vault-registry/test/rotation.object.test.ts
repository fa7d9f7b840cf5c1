import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RotationStatus } from '../../../shared/vault/port.ts';
import type { Scope } from '../../../shared/vault/request.ts';
import {
  actor,
  builder,
  env,
  freshScope,
  lastAudit,
  setRootVersions,
  signStored,
  sql,
  storeIn,
  vault,
  vaultStub,
} from '../../credential-vault/test/support.ts';
import { PATIENCE } from '../../../test/support/patience.ts';

/** Enough for several batches; `node bench/run.ts vault` does 10,000. */
const ACCOUNTS = 60;
const registry = () => env.VAULT_REGISTRY.getByName('registry');

let scopes: readonly Scope[];
beforeEach(async () => {
  await setRootVersions(1);
  scopes = Array.from({ length: ACCOUNTS }, () => freshScope());
  await Promise.all(scopes.map((scope) => storeIn(scope)));
});

/** Each test begins with an empty registry: what an earlier one left under its versions is not this one's. */
afterEach(async () => {
  await Promise.all(scopes.map((scope) => vault.remove({ scope, actor, venue: 'polymarket' })));
  await runInDurableObject(registry(), async (_, { storage }) => {
    await storage.deleteAlarm();
    storage.kv.delete('sweep');
    storage.sql.exec('DELETE FROM usage');
    storage.sql.exec('DELETE FROM accounts');
  });
});

/** Lets alarms fire: calls inside one process never leave the event loop idle, and timers wait for that. */
const breath = (): Promise<void> => scheduler.wait(0);

const use = (status: RotationStatus, version: number) =>
  status.versions.find((candidate) => candidate.version === version);

async function rotateTo(...versions: readonly number[]): Promise<RotationStatus> {
  await setRootVersions(...versions);
  const started = await vault.startRotation({ actor });
  if (!started.ok) throw new Error(started.message);
  return started.status;
}

const ended = (): Promise<RotationStatus> =>
  vi.waitUntil(async () => {
    const status = await vault.rotationStatus();
    return status.sweep.state === 'running' ? undefined : status;
  }, PATIENCE);

describe('a rotation', () => {
  test('re-wraps everything while credentials sign: none fails, and the old version may go at the end only', async () => {
    const started = await rotateTo(1, 2);
    expect(use(started, 1)).toEqual({ version: 1, present: true, credentials: ACCOUNTS, canDrop: false });
    let [running, signed] = [true, 0];
    const signing = Array.from({ length: 4 }, async (_, lane) => {
      for (let at = lane; running; at = (at + 4) % ACCOUNTS) {
        const result = await signStored(scopes[at] ?? freshScope());
        expect(result).toMatchObject({ ok: true });
        signed += 1;
        await breath();
      }
    });
    const watching = (async () => {
      for (;;) {
        const status = await vault.rotationStatus();
        if (status.sweep.state !== 'running') return;
        // Droppable says the status only when nothing needs it: never while an account is left.
        expect(status.sweep.accountsLeft === 0 || use(status, 1)?.canDrop === false).toBe(true);
        await breath();
      }
    })();
    const status = await ended();
    running = false;
    await Promise.all([...signing, watching]);
    expect(signed).toBeGreaterThan(0);
    expect(status.sweep).toMatchObject({ state: 'finished', accountsLeft: 0, failures: [] });
    expect(use(status, 1)).toMatchObject({ credentials: 0, canDrop: true });
    expect(use(status, 2)).toMatchObject({ credentials: ACCOUNTS, canDrop: false });
    await setRootVersions(2);
    const after = await Promise.all(scopes.map((scope) => signStored(scope)));
    expect(after.every(({ ok }) => ok)).toBe(true);
  });

  test('that is killed half-way goes on where it was', async () => {
    await rotateTo(1, 2);
    await vi.waitUntil(
      async () => {
        const { sweep } = await vault.rotationStatus();
        return sweep.accountsLeft < ACCOUNTS ? sweep : undefined;
      },
      { ...PATIENCE, interval: 1 },
    );
    await abortAllDurableObjects();
    const status = await ended();
    expect(status.sweep).toMatchObject({ state: 'finished', failures: [] });
    // Each credential was re-wrapped once: the second run found only what was left.
    const chains = await Promise.all(
      scopes.map((scope) => sql(scope, "SELECT * FROM audit WHERE operation = 'rewrap'")),
    );
    expect(Math.max(...chains.map((rows) => rows.length))).toBe(1);
    await setRootVersions(2);
    expect((await Promise.all(scopes.map((scope) => signStored(scope)))).every(({ ok }) => ok)).toBe(true);
  });

  test('leaves values alone, and a row in each chain', async () => {
    const scope = scopes[0] ?? freshScope();
    const value = () => sql(scope, 'SELECT version, commitment, nonce, ciphertext FROM credentials');
    const before = await value();
    await rotateTo(1, 2);
    await ended();
    expect(await value()).toEqual(before);
    expect(await sql(scope, 'SELECT root_version FROM data_keys')).toEqual([{ root_version: 2 }]);
    expect(await lastAudit(scope)).toMatchObject({ operation: 'rewrap', outcome: 'ok', actor: 'rotation' });
    expect(await vault.auditVerify({ scope })).toMatchObject({ report: { intact: true } });
  });

  test('names an account that it cannot re-wrap, keeps the old version, and is mended by storing again', async () => {
    const scope = scopes[7] ?? freshScope();
    await sql(scope, 'UPDATE data_keys SET wrapped = zeroblob(48)');
    await rotateTo(1, 2);
    // Each attempt waits longer: have them now.
    const status = await vi.waitUntil(async () => {
      await runDurableObjectAlarm(registry());
      const now = await vault.rotationStatus();
      return now.sweep.state === 'running' ? undefined : now;
    }, PATIENCE);
    expect(status.sweep).toMatchObject({
      state: 'incomplete',
      accountsLeft: 1,
      failures: [{ account: scope.account, reason: expect.stringContaining('does not open') }],
    });
    expect(use(status, 1)).toMatchObject({ credentials: 1, canDrop: false });
    await storeIn(scope);
    expect(use(await vault.rotationStatus(), 1)).toMatchObject({ credentials: 0, canDrop: true });
  });

  test('counts every credential, and none twice', async () => {
    const [one = freshScope(), two = freshScope()] = scopes;
    const counted = async () => use(await vault.rotationStatus(), 1)?.credentials;
    await storeIn(one, builder);
    expect(await counted()).toBe(ACCOUNTS + 1);
    await storeIn(one, builder);
    await vault.remove({ scope: two, actor, venue: 'polymarket' });
    await vault.destroy({ scope: one, actor });
    expect(await counted()).toBe(ACCOUNTS - 2);
  });
});

describe('an instance with root keys from before a rotation', () => {
  test('brings no credential back under the old version', async () => {
    await rotateTo(1, 2);
    await ended();
    await setRootVersions(1);
    const result = await vault.store({ scope: freshScope(), actor, credential: builder });
    expect(result).toMatchObject({ ok: false, reason: 'ROOT_VERSION_STALE' });
    expect(use(await vault.rotationStatus(), 1)).toMatchObject({ credentials: 0, canDrop: true });
  });

  test('is told of a rotation that it does not know; nothing is re-wrapped or lost', async () => {
    const [scope = freshScope()] = scopes;
    const result = await runInDurableObject(vaultStub(scope), (instance) => instance.rewrap(scope, 2, actor));
    expect(result).toMatchObject({ usage: [[1, 1]], failure: 'root version 2 is not known here yet' });
    expect(await signStored(scope)).toMatchObject({ ok: true });
  });
});

test('a rotation back is refused: the version that credentials are under is missing', async () => {
  await rotateTo(1, 2);
  await ended();
  await setRootVersions(1);
  const result = await vault.startRotation({ actor });
  expect(result).toMatchObject({ ok: false, reason: 'ROOT_VERSION_MISSING' });
  expect((await vault.rotationStatus()).fault).toContain(
    `root version 2 is missing from VAULT_ROOT_KEYS: ${ACCOUNTS}`,
  );
});
