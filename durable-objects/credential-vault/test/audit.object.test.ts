import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../../shared/vault/request.ts';
import {
  actor,
  builder,
  freshScope,
  setRootVersions,
  signStored,
  sql,
  storeIn,
  vault,
  vaultStub,
} from './support.ts';

const OPERATIONS = 10_000;
const source = { kind: 'request', credential: builder } as const;

const altered = (scope: Scope, change: string, ...values: readonly unknown[]) =>
  runInDurableObject(vaultStub(scope), (_, { storage }) => {
    // What the file's owner can do, the triggers of the table notwithstanding.
    storage.sql.exec('DROP TRIGGER IF EXISTS audit_is_not_changed');
    storage.sql.exec('DROP TRIGGER IF EXISTS audit_is_not_deleted');
    storage.sql.exec(change, ...values);
  });

let scope: Scope;
beforeAll(async () => {
  await setRootVersions(1);
  scope = freshScope();
  // Inside the object: an RPC for each would only test RPC.
  await runInDurableObject(vaultStub(scope), async (instance) => {
    for (let done = 0; done < OPERATIONS; done += 100) {
      const calls = Array.from({ length: 100 }, () => instance.describe({ scope, actor, source }));
      await Promise.all(calls);
    }
  });
});

describe(`the audit chain after ${OPERATIONS} operations`, () => {
  test('verifies, and has a row for each', async () => {
    const report = await vault.auditVerify({ scope });
    expect(report).toMatchObject({ ok: true, report: { intact: true, rows: OPERATIONS } });
    const last = await vault.auditPage({ scope, after: OPERATIONS - 1 });
    const head = report.ok && report.report.intact ? report.report.head.hash : '';
    expect(last).toMatchObject({ rows: [{ seq: OPERATIONS, hash: head, operation: 'describe' }] });
  });

  test('pages are bounded, in order and without a gap', async () => {
    const first = await vault.auditPage({ scope });
    const second = await vault.auditPage({ scope, after: 100, limit: 1_000 });
    const numbers = [first, second].map((page) => (page.ok ? page.rows.map(({ seq }) => seq) : []));
    expect(numbers.flat()).toEqual(Array.from({ length: 1_100 }, (_, index) => index + 1));
  });

  test('one altered row is named', async () => {
    await altered(scope, "UPDATE audit SET outcome = 'VAULT_ERROR' WHERE seq = 7321");
    const report = { intact: false, brokenAt: 7_321, why: 'altered' };
    expect(await vault.auditVerify({ scope })).toEqual({ ok: true, report });
    await altered(scope, "UPDATE audit SET outcome = 'ok' WHERE seq = 7321");
    expect(await vault.auditVerify({ scope })).toMatchObject({ report: { intact: true } });
  });
});

/** A chain of eight rows of its own. */
async function shortChain(): Promise<Scope> {
  const own = freshScope();
  for (let done = 0; done < 8; done += 1) await vault.describe({ scope: own, actor, source });
  return own;
}

describe('whatever is done to a row names it', () => {
  test.each([
    ['at', 'at + 1'],
    ['actor', "'nobody'"],
    ['operation', "'list'"],
    ['venue', "'kalshi'"],
    ['credential', 'NULL'],
    ['version', '1'],
    ['outcome', "'CREDENTIAL_MISSING'"],
    ['request_id', "'another'"],
    ['hash', 'zeroblob(32)'],
  ])('its %s was altered', async (column, value) => {
    const own = await shortChain();
    await altered(own, `UPDATE audit SET ${column} = ${value} WHERE seq = 5`);
    const report = { intact: false, brokenAt: 5, why: 'altered' };
    expect(await vault.auditVerify({ scope: own })).toEqual({ ok: true, report });
  });

  test('it is gone, also when the later ones are renumbered', async () => {
    const own = await shortChain();
    await altered(own, 'DELETE FROM audit WHERE seq = 5');
    const report = { intact: false, brokenAt: 5, why: 'missing' };
    expect(await vault.auditVerify({ scope: own })).toEqual({ ok: true, report });
    await altered(own, 'UPDATE audit SET seq = seq - 1 WHERE seq > 5');
    expect(await vault.auditVerify({ scope: own })).toEqual({
      ok: true,
      report: { ...report, why: 'altered' },
    });
  });
});

test('the table itself takes no change and no deletion', async () => {
  const own = freshScope();
  await storeIn(own);
  await expect(sql(own, "UPDATE audit SET outcome = 'x'")).rejects.toThrow('append-only');
  await expect(sql(own, 'DELETE FROM audit')).rejects.toThrow('append-only');
});

test("a chain does not verify as another account's", async () => {
  const [one, two] = [freshScope(), freshScope()];
  await Promise.all([storeIn(one), storeIn(two)]);
  const [row] = await sql(one, 'SELECT * FROM audit WHERE seq = 1');
  const columns = Object.keys(row ?? {}).filter((name) => name !== 'seq');
  const change = `UPDATE audit SET ${columns.map((name) => `${name} = ?`).join(', ')} WHERE seq = 1`;
  await altered(two, change, ...columns.map((name) => row?.[name]));
  expect(await vault.auditVerify({ scope: two })).toMatchObject({ report: { intact: false, brokenAt: 1 } });
});

test('operations that run side by side make one chain', async () => {
  const own = freshScope();
  await storeIn(own);
  const work = Array.from({ length: 60 }, (_, n) =>
    n % 10 === 0 ? storeIn(own) : n % 3 === 0 ? vault.list({ scope: own, actor }) : signStored(own),
  );
  await Promise.all(work);
  expect(await vault.auditVerify({ scope: own })).toMatchObject({ report: { intact: true, rows: 61 } });
});
