import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, test } from 'vitest';
import { hashTypedData, recoverAddress, recoverTypedDataAddress } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import * as z from 'zod';
import { ownerWhoSigned } from '../../../shared/signing/polymarket/contract-wallet-signature.ts';
import { signOrder } from '../../../shared/signing/polymarket/sign-order.ts';
import type { Vault } from '../../../shared/vault/port.ts';
import type { VaultRequest } from '../../../shared/vault/request.ts';
import {
  actor,
  builder,
  clob,
  env,
  freshScope,
  lastAudit,
  polymarket,
  privateKey,
  request,
  setRootKeys,
  setRootVersions,
  signStored,
  sql,
  storeIn,
  stored,
  vault,
  vaultStub,
} from './support.ts';

beforeAll(() => setRootVersions(1));

const address = privateKeyToAddress(`0x${privateKey.slice(2)}`);
const exchange = { chainId: 137, verifyingContract: '0x4bFb41d5B3570DeFd03C39a9A4D8dE6Bd8B8982E' };
const order = {
  schema: 1,
  salt: 1n,
  taker: `0x${'0'.repeat(40)}`,
  tokenId: 1234n,
  makerAmount: 5_000_000n,
  takerAmount: 10_000_000n,
  side: 'BUY',
  expiration: 0n,
  nonce: 0n,
  feeRateBps: 0n,
} as const;
const framing = { orderType: 'GTC', postOnly: true, deferExec: false, timestamp: 1_700_000_000 } as const;

/** The order signed with the stored credential, unless told otherwise. */
const sign = (
  scope: VaultRequest<'signOrder'>['scope'],
  other: Partial<VaultRequest<'signOrder'>> = {},
): ReturnType<Vault['signOrder']> =>
  vault.signOrder({ scope, actor, source: stored, order, exchange, framing, ...other });

const sentBody = z.object({ order: z.object({ signature: z.templateLiteral(['0x', z.string()]) }) });

/** The order's hash, and the signature that its request carries. */
function signedBy(answer: Awaited<ReturnType<Vault['signOrder']>>) {
  if (!answer.ok) throw new Error(answer.message);
  const { signature } = sentBody.parse(JSON.parse(answer.body)).order;
  return { hash: answer.orderHash, signature };
}
const claim = { chainId: 137, timestamp: 1_700_000_000, nonce: 0 };
const given = { kind: 'request', credential: polymarket } as const;

describe('a stored credential signs', () => {
  test("L1, as viem's own recovery says", async () => {
    const scope = freshScope();
    await storeIn(scope);
    const result = await vault.l1Headers({ scope, actor, source: stored, claim });
    if (!result.ok) throw new Error(result.message);
    const signer = await recoverTypedDataAddress({
      domain: { name: 'ClobAuthDomain', version: '1', chainId: 137 },
      types: {
        ClobAuth: [
          { name: 'address', type: 'address' },
          { name: 'timestamp', type: 'string' },
          { name: 'nonce', type: 'uint256' },
          { name: 'message', type: 'string' },
        ],
      },
      primaryType: 'ClobAuth',
      message: {
        address,
        timestamp: '1700000000',
        nonce: 0n,
        message: 'This message attests that I control the given wallet',
      },
      signature: `0x${result.headers['POLY_SIGNATURE']?.slice(2) ?? ''}`,
    });
    expect(signer).toBe(address);
  });

  test('an order, the same whether it is stored or comes with the request', async () => {
    const scope = freshScope();
    await storeIn(scope);
    const one = await sign(scope);
    const two = await sign(scope, { source: given });
    expect(two).toEqual(one);
    const { hash, signature } = signedBy(one);
    expect(await recoverAddress({ hash, signature })).toBe(address);
    expect(hash).not.toBe(hashTypedData({ domain: {}, types: { A: [] }, primaryType: 'A', message: {} }));
  });

  test.each([
    { of: 'its own', wallet: { signatureType: 0 } },
    { of: "its Safe's", wallet: { signatureType: 2, funder: `0x${'5afe'.repeat(10)}` } },
  ] as const)('a whole order becomes $of, proven by the triple, as one operation', async ({ wallet }) => {
    const scope = freshScope();
    const { funder, signatureType } = { funder: undefined, ...wallet };
    await storeIn(scope, { ...polymarket, signatureType, ...(funder && { funder }) });
    const answer = await sign(scope);
    expect(await lastAudit(scope)).toMatchObject({ seq: 2, operation: 'signOrder', outcome: 'ok' });
    if (!answer.ok) throw new Error(answer.message);
    const parties = { maker: funder ?? address, signer: address, signatureType };
    const signed = await signOrder(privateKey, { ...order, ...parties }, exchange);
    expect(signedBy(answer)).toEqual({ hash: signed.orderHash, signature: signed.signature });
    expect(JSON.parse(answer.body)).toMatchObject({
      orderType: 'GTC',
      postOnly: true,
      owner: clob.apiKey,
      order: { ...parties, salt: 1, makerAmount: '5000000' },
    });
    const { body, headers, credential } = answer;
    const proven = { method: 'POST', path: '/order', body, timestamp: framing.timestamp };
    expect(await vault.l2Headers({ scope, actor, source: stored, request: proven })).toEqual({
      credential,
      ok: true,
      headers,
    });
    expect(await vault.describe({ scope, actor, source: stored })).toEqual({ ok: true, credential });
  });

  test('an order of a deposit wallet, as ERC-7739 wants it, with one audit row', async () => {
    const scope = freshScope();
    const wallet = '0xBc0fF067b7740Eff76C1ca93c875Ba6B890d6B50';
    await storeIn(scope, { ...polymarket, signatureType: 3, funder: wallet });
    const { salt, tokenId, makerAmount, takerAmount, side } = order;
    const draft = {
      schema: 2,
      salt,
      tokenId,
      makerAmount,
      takerAmount,
      side,
      timestamp: 1_700_000_000_000n,
      metadata: `0x${'0'.repeat(64)}`,
      builder: `0x${'0'.repeat(64)}`,
    } as const;
    const settling = { chainId: 137, verifyingContract: '0xE111180000d2663C0091e4f400237545B87B996B' };
    const answer = await sign(scope, { order: draft, exchange: settling });
    if (!answer.ok) throw new Error(answer.message);
    expect(await lastAudit(scope)).toMatchObject({ seq: 2, operation: 'signOrder', outcome: 'ok' });
    const own = { ...draft, maker: wallet, signer: wallet, signatureType: 3 } as const;
    const { hash, signature } = signedBy(answer);
    expect(hash).toBe((await signOrder(privateKey, own, settling)).orderHash);
    expect(await ownerWhoSigned(own, settling, signature)).toBe(address.toLowerCase());
    // The venue knows the CLOB key by the owner, and the order by the wallet.
    expect(answer.headers).toMatchObject({ POLY_ADDRESS: address });
    expect(JSON.parse(answer.body)).toMatchObject({
      order: { maker: wallet, signer: wallet, signatureType: 3 },
    });
    // The earlier schema has no such wallets.
    expect(await sign(scope)).toMatchObject({ reason: 'SIGNING_REFUSED', part: 'signatureType' });
  });

  test('with one whole version while it is replaced again and again', async () => {
    const scope = freshScope();
    const version = (n: number) => ({ ...clob, apiKey: `api-key-${n}`, passphrase: `passphrase-${n}` });
    await storeIn(scope, { ...polymarket, clob: version(0) });
    const replacing = (async () => {
      for (let n = 1; n <= 20; n += 1) await storeIn(scope, { ...polymarket, clob: version(n) });
    })();
    const signed = await Promise.all(Array.from({ length: 100 }, () => signStored(scope)));
    await replacing;
    for (const result of signed) {
      if (!result.ok) throw new Error(result.message);
      const { POLY_API_KEY: key = '', POLY_PASSPHRASE: passphrase = '' } = result.headers;
      expect(passphrase).toBe(key.replace('api-key', 'passphrase'));
    }
    expect(await vault.list({ scope, actor })).toMatchObject({ credentials: [{ version: 21 }] });
  });
});

describe('what stands in the vault', () => {
  test('two stores of one venue at once make versions 1 and 2 of one credential', async () => {
    const scope = freshScope();
    const results = await Promise.all(
      [1, 2].map(() => vault.store({ scope, actor, credential: polymarket })),
    );
    const versions = results.map((result) => (result.ok ? result.credential.version : 0));
    expect(versions.toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(await sql(scope, 'SELECT COUNT(*) n FROM credentials')).toEqual([{ n: 1 }]);
  });

  test('merging keeps the wallet and adds its triple; another wallet keeps nothing', async () => {
    const scope = freshScope();
    const wallet = await vault.createWallet({ scope, actor });
    if (!wallet.ok) throw new Error(wallet.message);
    await vault.store({ scope, actor, credential: { venue: 'polymarket', clob }, mode: 'merge' });
    const merged = await vault.list({ scope, actor });
    expect(merged).toMatchObject({
      credentials: [{ address: wallet.address, parts: ['privateKey', 'clob'], version: 2 }],
    });
    await vault.store({ scope, actor, credential: { venue: 'polymarket', privateKey }, mode: 'merge' });
    expect(await vault.list({ scope, actor })).toMatchObject({
      credentials: [{ address, parts: ['privateKey'] }],
    });
  });

  test('a wallet is created once; its key signs and is never told', async () => {
    const scope = freshScope();
    const [one, two] = [
      await vault.createWallet({ scope, actor }),
      await vault.createWallet({ scope, actor }),
    ];
    if (!one.ok || !two.ok) throw new Error('no wallet');
    expect([one.created, two.created, two.address]).toEqual([true, false, one.address]);
    expect(JSON.stringify(one)).not.toMatch(/[0-9a-f]{64}/i);
    await vault.store({ scope, actor, credential: { venue: 'polymarket', clob }, mode: 'merge' });
    const signed = await sign(scope);
    expect(await recoverAddress(signedBy(signed))).toBe(one.address);
  });

  test('what is removed or destroyed signs no more, and comes back as a new credential', async () => {
    const scope = freshScope();
    await storeIn(scope);
    await storeIn(scope, builder);
    expect(await vault.remove({ scope, actor, venue: 'builder' })).toEqual({ ok: true, removed: true });
    expect(await vault.remove({ scope, actor, venue: 'builder' })).toEqual({ ok: true, removed: false });
    expect(await vault.destroy({ scope, actor })).toEqual({ ok: true, destroyed: 1 });
    expect(await signStored(scope)).toMatchObject({ ok: false, reason: 'CREDENTIAL_MISSING' });
    expect(await sql(scope, 'SELECT * FROM credentials')).toEqual([]);
    expect(await sql(scope, 'SELECT * FROM data_keys')).toEqual([]);
    await storeIn(scope);
    expect(await vault.list({ scope, actor })).toMatchObject({ credentials: [{ version: 1 }] });
    expect(await vault.auditVerify({ scope })).toMatchObject({ report: { intact: true } });
  });

  test('a credential that comes with a request is used and not kept', async () => {
    const scope = freshScope();
    expect(await vault.l2Headers({ scope, actor, source: given, request })).toMatchObject({ ok: true });
    expect(await vault.l1Headers({ scope, actor, source: given, claim })).toMatchObject({ ok: true });
    expect(await vault.describe({ scope, actor, source: given })).toMatchObject({ credential: { address } });
    expect(await sql(scope, 'SELECT * FROM credentials')).toEqual([]);
    expect(await lastAudit(scope)).toMatchObject({ credential: 'request', venue: 'polymarket' });
    expect(await signStored(scope)).toMatchObject({ reason: 'CREDENTIAL_MISSING' });
  });
});

describe('a credential that cannot sign is refused before it is stored, saying which part', () => {
  const refused: readonly (readonly [string, VaultRequest<'store'>['credential'], string])[] = [
    ['a private key of zero', { venue: 'polymarket', privateKey: `0x${'0'.repeat(64)}` }, 'privateKey'],
    ['another address', { ...polymarket, address: `0x${'1'.repeat(40)}` }, 'address'],
    ['a triple of nobody', { venue: 'polymarket', clob }, 'address'],
    ['a secret that is no base64', { ...polymarket, clob: { ...clob, secret: '*' } }, 'secret'],
    ['a proxy wallet without funder', { ...polymarket, signatureType: 2 }, 'funder'],
    ['no PEM', { venue: 'kalshi', apiKeyId: 'id', privateKeyPem: 'nothing' }, 'privateKeyPem'],
    ['a builder secret that is no base64', { ...builder, secret: '*' }, 'secret'],
  ];
  test.each(refused)('%s', async (_, credential, part) => {
    const scope = freshScope();
    expect(await vault.store({ scope, actor, credential })).toMatchObject({ ok: false, part });
    expect(await sql(scope, 'SELECT * FROM credentials')).toEqual([]);
    expect((await lastAudit(scope))?.outcome).toMatch(/^(SIGNING_REFUSED|CREDENTIAL_INCOMPLETE)$/);
  });

  test('a triple alone signs requests; what needs the wallet says that it is missing', async () => {
    const scope = freshScope();
    await storeIn(scope, { venue: 'polymarket', clob, address });
    expect(await signStored(scope)).toMatchObject({ ok: true });
    const missing = { reason: 'CREDENTIAL_INCOMPLETE', part: 'privateKey' };
    expect(await vault.l1Headers({ scope, actor, source: stored, claim })).toMatchObject(missing);
    expect(await sign(scope)).toMatchObject(missing);
  });

  test('a wallet without a triple places no order: the refusal names the triple', async () => {
    const scope = freshScope();
    await storeIn(scope, { venue: 'polymarket', privateKey });
    const answer = await sign(scope);
    expect(answer).toMatchObject({ ok: false, reason: 'CREDENTIAL_INCOMPLETE', part: 'clob' });
  });

  test('a Safe that nobody names places no order', async () => {
    const scope = freshScope();
    const source = { kind: 'request', credential: { ...polymarket, signatureType: 2 } } as const;
    const answer = await sign(scope, { source });
    expect(answer).toMatchObject({ ok: false, reason: 'SIGNING_REFUSED', part: 'maker' });
  });
});

describe('nobody gets past the door', () => {
  test("another tenant does not reach the account, and the owner's chain shows that it tried", async () => {
    const scope = freshScope();
    await storeIn(scope);
    const foreign = { ...scope, tenant: 'tnt_other' };
    const mismatch = { ok: false, reason: 'SCOPE_MISMATCH' };
    expect(await signStored(foreign)).toMatchObject(mismatch);
    expect(await vault.list({ scope: foreign, actor })).toMatchObject(mismatch);
    expect(await vault.destroy({ scope: foreign, actor })).toMatchObject(mismatch);
    expect(await vault.auditPage({ scope: foreign })).toMatchObject(mismatch);
    expect(await lastAudit(scope)).toMatchObject({ operation: 'destroy', outcome: 'SCOPE_MISMATCH' });
    expect(await signStored(scope)).toMatchObject({ ok: true });
  });

  test('an object asked for another account does nothing, and that leaves its own chain alone', async () => {
    const scope = freshScope();
    const other = freshScope();
    const stub = vaultStub(scope);
    // First of all, too: what asks first is whose account it is from then on.
    for (const act of [() => Promise.resolve(), () => storeIn(scope)]) {
      await act();
      expect(await stub.list({ scope: other, actor })).toMatchObject({ ok: false, reason: 'SCOPE_MISMATCH' });
      expect(await stub.store({ scope: other, actor, credential: polymarket })).toMatchObject({ ok: false });
    }
    const page = await vault.auditPage({ scope });
    expect(page).toMatchObject({ ok: true, rows: [{ operation: 'store', outcome: 'ok' }] });
    expect(await vault.auditVerify({ scope })).toMatchObject({ report: { intact: true, rows: 1 } });
    expect(await vault.auditPage({ scope: other })).toEqual({ ok: true, rows: [] });
  });

  test.each(['salt', 'tokenId', 'makerAmount', 'nonce'])('%s beyond 256 bits is no order', async (name) => {
    const scope = freshScope();
    await storeIn(scope);
    const large = { ...order, [name]: 2n ** 256n };
    const answer = await sign(scope, { order: large });
    expect(answer).toMatchObject({ ok: false, reason: 'REQUEST_INVALID', part: `order.${name}` });
    const most = { ...order, [name]: 2n ** 256n - 1n };
    expect(await sign(scope, { order: most })).toMatchObject({ ok: true });
  });

  test('a private key leaves only with the permission, and only while the operator allows it', async () => {
    const scope = freshScope();
    await storeIn(scope);
    // The deployment's default is off: see KEY_EXPORT in workers/vault/wrangler.toml.
    const refusal = { ok: false, reason: 'EXPORT_NOT_ALLOWED' };
    expect(await vault.exportKey({ scope, actor, permitted: true })).toMatchObject(refusal);
    expect(await lastAudit(scope)).toMatchObject({ operation: 'exportKey', outcome: 'EXPORT_NOT_ALLOWED' });
    const [unpermitted, exported] = await runInDurableObject(vaultStub(scope), async (instance) => {
      // As if the operator had deployed the vault with it.
      Object.assign(instance, { env: { ...env, KEY_EXPORT: 'on' } });
      const ask = (permitted: boolean) => instance.exportKey({ scope, actor, permitted });
      return [await ask(false), await ask(true)];
    });
    expect(unpermitted).toMatchObject(refusal);
    expect(exported).toEqual({ ok: true, address, privateKey });
    expect(await lastAudit(scope)).toMatchObject({ operation: 'exportKey', outcome: 'ok' });
  });

  test.each([
    ['no scope', { actor, source: stored, request }],
    ['an account that is no id', { scope: { tenant: 't', account: '../x' }, actor, source: stored, request }],
    ['a member nobody knows', { scope: freshScope(), actor, source: stored, request, extra: 1 }],
    ['another venue', { scope: freshScope(), actor, source: { kind: 'stored', venue: 'kalshi' }, request }],
    ['a body above 256 KB', { ...bodyOf('x'.repeat(256 * 1024 + 1)) }],
    ['a secret of 257 characters', credentialOf('x'.repeat(257))],
  ])('%s is refused by the schema, without its value', async (_, wrong) => {
    const result = await vault.l2Headers(wrong as unknown as Parameters<Vault['l2Headers']>[0]);
    expect(result).toMatchObject({ ok: false, reason: 'REQUEST_INVALID' });
    expect(JSON.stringify(result).length).toBeLessThan(300);
  });
});

describe('the operator is told', () => {
  test('of root keys that cannot be read; nothing is lost', async () => {
    const scope = freshScope();
    await storeIn(scope);
    await setRootKeys('{"1":"short"}');
    const told = { reason: 'ROOT_KEYS_INVALID', message: expect.stringContaining('VAULT_ROOT_KEYS must be') };
    expect(await signStored(scope)).toMatchObject(told);
    expect(await lastAudit(scope)).toMatchObject({ outcome: 'ROOT_KEYS_INVALID' });
    expect(await vault.rotationStatus()).toMatchObject({ current: null, fault: told.message });
    await setRootVersions(1);
    expect(await signStored(scope)).toMatchObject({ ok: true });
  });

  test('of a root version that is missing; nothing is lost', async () => {
    const scope = freshScope();
    await storeIn(scope);
    await setRootVersions(2);
    const message = 'root version 1 is missing from VAULT_ROOT_KEYS: put it back, credentials need it';
    expect(await signStored(scope)).toMatchObject({ reason: 'ROOT_VERSION_MISSING', message });
    expect((await vault.rotationStatus()).fault).toContain('root version 1 is missing');
    await setRootVersions(1);
    expect(await signStored(scope)).toMatchObject({ ok: true });
  });
});

test('no answer, no chain and no table tells a secret', async () => {
  const scope = freshScope();
  const answers: unknown[] = [];
  await storeIn(scope);
  await storeIn(scope, builder);
  answers.push(
    await vault.store({ scope, actor, credential: { ...polymarket, address: `0x${'1'.repeat(40)}` } }),
  );
  answers.push(await vault.list({ scope, actor }), await vault.describe({ scope, actor, source: given }));
  // Of a Safe that nobody names.
  const source = { kind: 'request', credential: { ...polymarket, signatureType: 2 } } as const;
  answers.push(await sign(scope, { source }));
  answers.push(await vault.auditPage({ scope, limit: 1_000 }), await vault.destroy({ scope, actor }));
  for (const table of ['credentials', 'data_keys', 'audit', '_cf_KV'])
    answers.push(await sql(scope, `SELECT * FROM ${table}`).catch(() => []));
  const told = JSON.stringify(answers);
  for (const secret of [
    privateKey.slice(2),
    clob.secret,
    clob.passphrase,
    builder.secret,
    builder.passphrase,
  ])
    for (let at = 0; at + 12 <= secret.length; at += 1) expect(told).not.toContain(secret.slice(at, at + 12));
});

function bodyOf(body: string) {
  return { scope: freshScope(), actor, source: stored, request: { ...request, method: 'POST', body } };
}

function credentialOf(secret: string) {
  const credential = { ...polymarket, clob: { ...clob, secret } };
  return { scope: freshScope(), actor, source: { kind: 'request', credential }, request };
}
