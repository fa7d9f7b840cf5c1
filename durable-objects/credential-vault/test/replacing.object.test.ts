import { beforeAll, describe, expect, test } from 'vitest';
import {
  actor,
  builder,
  clob,
  freshScope,
  polymarket,
  privateKey,
  setRootVersions,
  storeIn,
  vault,
} from './support.ts';

beforeAll(() => setRootVersions(1));

const seen = async (scope: ReturnType<typeof freshScope>) => {
  const listed = await vault.list({ scope, actor });
  if (!listed.ok) throw new Error(listed.message);
  const [credential] = listed.credentials;
  return credential;
};

describe('a store that names what it replaces', () => {
  test('stores where nothing stood, and not where something does', async () => {
    const scope = freshScope();
    const store = () => vault.store({ scope, actor, credential: polymarket, replacing: null });
    expect(await store()).toMatchObject({ ok: true, credential: { version: 1 } });
    expect(await store()).toMatchObject({ ok: false, reason: 'CREDENTIAL_CHANGED' });
  });

  test('of several at once one stores, and the rest learn that it changed', async () => {
    const scope = freshScope();
    await storeIn(scope);
    const before = await seen(scope);
    if (!before) throw new Error('nothing stored');
    const replacing = { id: before.id, version: before.version };
    const results = await Promise.all(
      Array.from({ length: 5 }, () => vault.store({ scope, actor, credential: polymarket, replacing })),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await seen(scope)).toMatchObject({ id: before.id, version: before.version + 1 });
  });

  test('a credential that was removed and stored anew is another one, whatever its version', async () => {
    const scope = freshScope();
    await storeIn(scope);
    const before = await seen(scope);
    if (!before) throw new Error('nothing stored');
    await vault.remove({ scope, actor, venue: 'polymarket' });
    await storeIn(scope);
    expect((await seen(scope))?.version).toBe(before.version);
    const replacing = { id: before.id, version: before.version };
    const late = await vault.store({ scope, actor, credential: polymarket, replacing });
    expect(late).toMatchObject({ ok: false, reason: 'CREDENTIAL_CHANGED' });
  });
});

describe('an account that was destroyed for good', () => {
  test('takes no credential, whoever was on the way with one', async () => {
    const scope = freshScope();
    await storeIn(scope);
    expect(await vault.destroy({ scope, actor, forever: true })).toEqual({ ok: true, destroyed: 1 });
    const closed = { ok: false, reason: 'ACCOUNT_CLOSED' };
    for (const credential of [polymarket, builder])
      expect(await vault.store({ scope, actor, credential })).toMatchObject(closed);
    expect(await vault.createWallet({ scope, actor })).toMatchObject(closed);
    expect(await vault.list({ scope, actor })).toEqual({ ok: true, credentials: [] });
    expect(await vault.destroy({ scope, actor, forever: true })).toEqual({ ok: true, destroyed: 0 });
  });
});

describe('a wallet that the vault made', () => {
  test('says so, and goes on saying so when its CLOB key and its Safe join it', async () => {
    const scope = freshScope();
    expect(await vault.createWallet({ scope, actor })).toMatchObject({ credential: { managed: true } });
    const safe = `0x${'5afe'.repeat(10)}`;
    const joined = { venue: 'polymarket', clob, signatureType: 2, funder: safe, owner: safe } as const;
    await vault.store({ scope, actor, credential: joined, mode: 'merge' });
    expect(await seen(scope)).toMatchObject({
      managed: true,
      parts: ['privateKey', 'clob'],
      signatureType: 2,
      funder: safe,
      owner: safe,
    });
  });

  test('is no claim that a request can make', async () => {
    const scope = freshScope();
    const claimed = { venue: 'polymarket', privateKey, managed: true } as const;
    const refused = { ok: false, reason: 'REQUEST_INVALID' };
    expect(await vault.store({ scope, actor, credential: claimed })).toMatchObject(refused);
    await storeIn(scope);
    expect((await seen(scope))?.managed).toBeUndefined();
  });
});

test('a merge with a member that is undefined does not take the only copy of a wallet away', async () => {
  const scope = freshScope();
  const made = await vault.createWallet({ scope, actor });
  if (!made.ok) throw new Error(made.message);
  const credential = { venue: 'polymarket', clob, privateKey: undefined, address: undefined } as const;
  expect(await vault.store({ scope, actor, credential, mode: 'merge' })).toMatchObject({
    ok: true,
    credential: { parts: ['privateKey', 'clob'], address: made.address, managed: true },
  });
});
