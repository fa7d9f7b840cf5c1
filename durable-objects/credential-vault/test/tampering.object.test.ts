import { beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../../shared/vault/request.ts';
import {
  actor,
  builder,
  clob,
  freshScope,
  lastAudit,
  polymarket,
  request,
  setRootVersions,
  signStored,
  sql,
  storeIn,
  vault,
} from './support.ts';

beforeAll(() => setRootVersions(1));

type Row = Record<string, SqlStorageValue>;
const tables = ['credentials', 'data_keys'] as const;

async function rowsOf(scope: Scope, venue: string): Promise<readonly Row[]> {
  const rows = tables.map((table) => sql<Row>(scope, `SELECT * FROM ${table} WHERE venue = ?`, venue));
  return (await Promise.all(rows)).map(([row]) => row ?? {});
}

/** Puts sealed columns in place of an account's own, as somebody with access to the disk would. */
async function overwrite(scope: Scope, venue: string, rows: readonly Row[]): Promise<void> {
  for (const [index, table] of tables.entries()) {
    const { venue: _, ...columns } = rows[index] ?? {};
    const names = Object.keys(columns);
    await sql(
      scope,
      `UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE venue = ?`,
      ...Object.values(columns),
      venue,
    );
  }
}

const builderHeaders = (scope: Scope) =>
  vault.builderHeaders({ scope, actor, source: { kind: 'stored', venue: 'builder' }, request });

async function expectRefused(scope: Scope, use: (scope: Scope) => Promise<object>): Promise<void> {
  expect(await use(scope)).toMatchObject({ ok: false, reason: 'CREDENTIAL_UNREADABLE' });
  expect(await lastAudit(scope)).toMatchObject({ outcome: 'CREDENTIAL_UNREADABLE', actor: actor.keyId });
}

describe('a record that was moved on disk does not open, and a row of the chain says so', () => {
  test('swapped between two accounts of one tenant', async () => {
    const [one, two] = [freshScope(), freshScope()];
    await Promise.all([storeIn(one), storeIn(two)]);
    const [first, second] = await Promise.all([rowsOf(one, 'polymarket'), rowsOf(two, 'polymarket')]);
    await Promise.all([overwrite(one, 'polymarket', second), overwrite(two, 'polymarket', first)]);
    await expectRefused(one, signStored);
    await expectRefused(two, signStored);
    await overwrite(one, 'polymarket', first);
    expect(await signStored(one)).toMatchObject({ ok: true });
  });

  test('swapped between two venues of one account', async () => {
    const scope = freshScope();
    await storeIn(scope);
    await storeIn(scope, builder);
    const [wallet, triple] = [await rowsOf(scope, 'polymarket'), await rowsOf(scope, 'builder')];
    const renamed = (rows: readonly Row[], id: string) => [{ ...rows[0], id }, rows[1] ?? {}];
    await overwrite(scope, 'builder', renamed(wallet, 'for-a-moment'));
    await overwrite(scope, 'polymarket', triple);
    await overwrite(scope, 'builder', wallet);
    await expectRefused(scope, signStored);
    await expectRefused(scope, builderHeaders);
  });

  test('an earlier version in the place of a later one', async () => {
    const scope = freshScope();
    await storeIn(scope);
    const [earlier, earlierKey] = await rowsOf(scope, 'polymarket');
    await storeIn(scope, { ...polymarket, clob: { ...clob, apiKey: 'second-api-key' } });
    await overwrite(scope, 'polymarket', [{ ...earlier, version: 2 }, earlierKey ?? {}]);
    await expectRefused(scope, signStored);
  });

  test('a value beside the data key of another credential', async () => {
    const [one, two] = [freshScope(), freshScope()];
    await Promise.all([storeIn(one), storeIn(two)]);
    const [[row], [, key]] = await Promise.all([rowsOf(one, 'polymarket'), rowsOf(two, 'polymarket')]);
    await overwrite(one, 'polymarket', [row ?? {}, key ?? {}]);
    await expectRefused(one, signStored);
  });
});

describe('damage', () => {
  test('of any byte of the record refuses every use', async () => {
    const scope = freshScope();
    await storeIn(scope, builder);
    const whole = await rowsOf(scope, 'builder');
    for (const [index, table] of tables.entries()) {
      for (const [column, value] of Object.entries(whole[index] ?? {})) {
        if (!(value instanceof ArrayBuffer)) continue;
        for (let at = 0; at < value.byteLength; at += 1) {
          const damaged = new Uint8Array(value.slice(0));
          damaged[at] = (damaged[at] ?? 0) ^ 0x40;
          await sql(scope, `UPDATE ${table} SET ${column} = ? WHERE venue = 'builder'`, damaged);
          expect(await builderHeaders(scope), `${column} at ${at}`).toMatchObject({
            reason: 'CREDENTIAL_UNREADABLE',
          });
        }
        await sql(scope, `UPDATE ${table} SET ${column} = ? WHERE venue = 'builder'`, value);
      }
    }
    expect(await builderHeaders(scope)).toMatchObject({ ok: true });
  });

  test('is shown in the list, hides nothing else, and is mended by storing again', async () => {
    const scope = freshScope();
    await storeIn(scope);
    await storeIn(scope, builder);
    await sql(scope, "UPDATE data_keys SET wrapped = zeroblob(48) WHERE venue = 'builder'");
    expect(await vault.list({ scope, actor })).toMatchObject({
      ok: true,
      credentials: [
        { venue: 'builder', state: 'unreadable', parts: [] },
        { venue: 'polymarket', state: 'ready' },
      ],
    });
    expect(await lastAudit(scope)).toMatchObject({ operation: 'list', outcome: 'CREDENTIAL_UNREADABLE' });
    await storeIn(scope, builder);
    expect(await builderHeaders(scope)).toMatchObject({ ok: true });
  });
});
