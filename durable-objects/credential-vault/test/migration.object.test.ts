import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { beforeAll, expect, test } from 'vitest';
import { migrations } from '../schema.ts';
import { actor, builder, freshScope, setRootVersions, signStored, sql, storeIn, vault } from './support.ts';
import { vaultStub } from './support.ts';

beforeAll(() => setRootVersions(1));

const TABLES = ['credentials', 'data_keys', 'audit'] as const;
type Rows = readonly Record<string, SqlStorageValue>[];

/** Puts the database back to what the first step made of it, with everything that is in it. */
function undoLaterSteps({ sql: storage }: DurableObjectStorage): void {
  const [first] = migrations;
  const filled = TABLES.map((table) => [table, storage.exec(`SELECT * FROM ${table}`).toArray()] as const);
  for (const table of TABLES) storage.exec(`DROP TABLE ${table}`);
  storage.exec(first?.sql ?? '');
  for (const [table, rows] of filled)
    for (const row of rows) {
      const names = Object.keys(row);
      const places = names.map(() => '?').join(', ');
      storage.exec(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`, ...Object.values(row));
    }
  storage.exec('DELETE FROM migrations WHERE id > ?', first?.id ?? 0);
}

test('a vault from before the exchange keeps every credential and its chain, and takes the new venue', async () => {
  const scope = freshScope();
  const allRows = (): Promise<readonly Rows[]> =>
    Promise.all(TABLES.map((table) => sql(scope, `SELECT * FROM ${table} ORDER BY 1`)));
  await storeIn(scope);
  await storeIn(scope, builder);
  const signed = await signStored(scope);
  const before = await allRows();
  await runInDurableObject(vaultStub(scope), (_, state) =>
    state.storage.transactionSync(() => undoLaterSteps(state.storage)),
  );
  const take = (venue: string) =>
    sql(
      scope,
      `INSERT INTO credentials SELECT ?, 'id-' || ?, version, commitment, nonce, ciphertext, created_at, updated_at
       FROM credentials WHERE venue = 'builder'`,
      venue,
      venue,
    );
  await expect(take('exchange')).rejects.toThrow('CHECK');
  await abortAllDurableObjects();
  expect(await allRows()).toEqual(before);
  expect(before.map((rows) => rows.length)).toEqual([2, 2, 3]);
  expect(await signStored(scope)).toEqual(signed);
  expect(await vault.auditVerify({ scope })).toMatchObject({ ok: true, report: { intact: true, rows: 4 } });
  await expect(sql(scope, 'DELETE FROM audit')).rejects.toThrow('append-only');
  await take('exchange');
  await expect(take('nowhere')).rejects.toThrow('CHECK');
  // Scrubbing writes into the table that the step made.
  expect(await vault.remove({ scope, actor, venue: 'polymarket' })).toMatchObject({ removed: true });
});
