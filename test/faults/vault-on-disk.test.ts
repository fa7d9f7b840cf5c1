import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Cleanup } from '../../bench/lib/cleanup.ts';
import { serveVault } from '../support/vault-server.ts';
import { PATIENCE } from '../support/patience.ts';

let home: string;
let cleanup: Cleanup;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'postern-vault-'));
  cleanup = new Cleanup();
});
afterEach(async () => {
  await cleanup.run();
  rmSync(home, { recursive: true, force: true });
});

const scope = { tenant: 'tnt_test', account: 'acct_test' };
const actor = { keyId: 'key-1', requestId: 'req-1' };
const request = { method: 'GET', path: '/data/orders', timestamp: 1_700_000_000 };
const stored = { kind: 'stored', venue: 'polymarket' } as const;

/** Values that nothing else on disk resembles. */
const clob = {
  apiKey: 'test-api-key',
  secret: Buffer.from('planted secret of the clob, 32 b').toString('base64'),
  passphrase: 'planted-passphrase-of-the-clob',
};
const polymarket = { venue: 'polymarket', privateKey: `0x${'7e57c0de'.repeat(8)}`, clob } as const;
const pem = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const kalshi = { venue: 'kalshi', apiKeyId: 'test-key-id', privateKeyPem: pem } as const;

/** Everything below the home but the program and its configuration, which has the root keys of this test. */
function* files(folder = home): Generator<Buffer> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (!/\.(js|capnp)$/.test(entry.name)) yield readFileSync(path);
  }
}

const onDisk = (bytes: Buffer): boolean => [...files()].some((file) => file.includes(bytes));

const searchIn =
  (bytes: Buffer) =>
  (piece: Buffer): boolean =>
    bytes.includes(piece);

/** Each piece of 12 bytes, as it is, in hex, and in base64 at every alignment. */
function* piecesOf(secret: Buffer): Generator<Buffer> {
  for (let at = 0; at + 12 <= secret.length; at += 1) {
    const piece = secret.subarray(at, at + 12);
    yield piece;
    yield Buffer.from(piece.toString('hex'));
    yield Buffer.from(piece.toString('base64'));
  }
}

/** The sealed bytes of the account, from the database of a vault that has stopped. */
function sealedBytes(): readonly Buffer[] {
  const folder = join(home, 'vault/objects/bench-CredentialVault');
  const found: Buffer[] = [];
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.sqlite') || name === 'metadata.sqlite') continue;
    const database = new DatabaseSync(join(folder, name), { readOnly: true });
    const rows = database
      .prepare(
        'SELECT c.ciphertext, c.commitment, k.wrapped FROM credentials c JOIN data_keys k USING (venue)',
      )
      .all();
    for (const row of rows)
      for (const value of Object.values(row)) if (value instanceof Uint8Array) found.push(Buffer.from(value));
    database.close();
  }
  return found;
}

describe('what the vault leaves on disk', () => {
  test('no secret, no 12 bytes of one, in plain, hex or base64', async () => {
    const vault = await serveVault(home, [1], cleanup);
    expect(await vault.call('store', { scope, actor, credential: polymarket })).toMatchObject({ ok: true });
    expect(await vault.call('store', { scope, actor, credential: kalshi })).toMatchObject({ ok: true });
    await vault.call('store', { scope, actor, credential: { ...kalshi, privateKeyPem: pem.slice(0, -40) } });
    await vault.call('l2Headers', {
      scope,
      actor,
      source: { kind: 'request', credential: polymarket },
      request,
    });
    expect(await vault.call('l2Headers', { scope, actor, source: stored, request })).toMatchObject({
      ok: true,
    });
    const search = (): readonly string[] => {
      const contains = searchIn(Buffer.concat([...files()]));
      const secrets = {
        'private key': Buffer.from(polymarket.privateKey.slice(2), 'hex'),
        'private key in hex': Buffer.from(polymarket.privateKey.slice(2)),
        secret: Buffer.from(clob.secret),
        passphrase: Buffer.from(clob.passphrase),
        // Its first and last line are everybody's.
        pem: Buffer.from(pem.split('\n').slice(2, 5).join('')),
      };
      return Object.entries(secrets).flatMap(([name, secret]) =>
        [...piecesOf(secret)].some(contains) ? [name] : [],
      );
    };
    expect(onDisk(Buffer.from(scope.tenant))).toBe(true);
    expect(search()).toEqual([]);
    await vault.child.stop();
    expect(search()).toEqual([]);
  });

  test('nothing of a destroyed account, sealed or not, while the vault goes on running', async () => {
    let vault = await serveVault(home, [1], cleanup);
    await vault.call('store', { scope, actor, credential: polymarket });
    await vault.call('store', { scope, actor, credential: kalshi });
    await vault.child.stop();
    const sealed = sealedBytes();
    expect(sealed.length).toBe(6);
    expect(sealed.every(onDisk)).toBe(true);
    vault = await serveVault(home, [1], cleanup);
    // Replaced once more, so that there is also something in the write-ahead log.
    await vault.call('store', { scope, actor, credential: polymarket });
    expect(await vault.call('destroy', { scope, actor })).toEqual({ ok: true, destroyed: 2 });
    // The object's database closes right after the reply.
    await vi.waitUntil(() => !sealed.some(onDisk), PATIENCE);
    expect(await vault.call('l2Headers', { scope, actor, source: stored, request })).toMatchObject({
      reason: 'CREDENTIAL_MISSING',
    });
  });

  test('nothing of a credential that was re-wrapped and removed, once the object has closed its database', async () => {
    let vault = await serveVault(home, [1], cleanup);
    await vault.call('store', { scope, actor, credential: polymarket });
    await vault.child.stop();
    const before = sealedBytes();
    vault = await serveVault(home, [1, 2], cleanup);
    await vault.startRotation();
    await vi.waitUntil(async () => (await vault.rotation()).sweep.state === 'finished', PATIENCE);
    await vault.child.stop();
    const after = sealedBytes();
    // The value is the same, its wrapped key another; the old one is gone.
    expect(before.filter((bytes) => !onDisk(bytes)).length).toBe(1);
    vault = await serveVault(home, [2], cleanup);
    expect(await vault.call('remove', { scope, actor, venue: 'polymarket' })).toMatchObject({
      removed: true,
    });
    await vault.child.stop();
    expect([...before, ...after].filter(onDisk)).toEqual([]);
  });
});

test('a rotation that kill -9 ends half-way goes on by itself after the restart', async () => {
  const accounts = Array.from({ length: 60 }, (_, number) => ({ ...scope, account: `acct_${number}` }));
  let vault = await serveVault(home, [1], cleanup);
  for (const own of accounts) await vault.call('store', { scope: own, actor, credential: polymarket });
  await vault.child.stop();
  vault = await serveVault(home, [1, 2], cleanup);
  await vault.startRotation();
  process.kill(vault.pid, 'SIGKILL');
  await vault.child.ended;
  vault = await serveVault(home, [1, 2], cleanup);
  const status = await vi.waitUntil(async () => {
    const now = await vault.rotation();
    return now.sweep.state === 'running' ? undefined : now;
  }, PATIENCE);
  expect(status).toMatchObject({ sweep: { state: 'finished', failures: [] }, fault: null });
  expect(status.versions).toEqual([
    { version: 1, present: true, credentials: 0, canDrop: true },
    { version: 2, present: true, credentials: accounts.length, canDrop: false },
  ]);
  await vault.child.stop();
  vault = await serveVault(home, [2], cleanup);
  for (const own of accounts)
    expect(await vault.call('l2Headers', { scope: own, actor, source: stored, request })).toMatchObject({
      ok: true,
    });
});
