import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMarket } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant } from '../support/tenants.ts';
import { ask, textOf } from './support/ask.ts';
import { localToken, secretOf, vaultRootKeyOf } from './support/local-token.ts';
import { orderBody } from './support/order-body.ts';
import { askL2, createL2, deriveL2, tripleOf } from './support/sign-in.ts';

/** Files that hold secrets by design, for the operator and the local user: mode 0600. */
const BY_DESIGN = new Set(['secrets.json', 'postern.json']);

let program: OwnProgram;
const secrets = new Map<string, string>();
beforeAll(async () => {
  program = await startProgram();
  await exercise();
});
afterAll(() => program.stop());

/** Uses every kind of credential, rightly and wrongly, and notes each secret. */
async function exercise(): Promise<void> {
  const { file, home } = program;
  const { yes } = await openMarket(file);
  const [wallet, owner] = [Wallet.createRandom(), randomUUID()];
  const { keys } = await createTenant(file, { wallet_address: wallet.address, owner });
  const key = keys[0]?.raw_key ?? '';
  const headers = { 'x-api-key': key };
  const issued = textOf(await ask(file.url, 'POST', '/v1/keys', { headers, body: {} }), 'raw_key');
  const { id } = keys[0] ?? { id: '' };
  const rotated = textOf(await ask(file.url, 'POST', `/v1/keys/${id}/rotate`, { headers }), 'raw_key');
  const triple = tripleOf(await createL2(file.url, wallet));
  const token = await localToken(home, { subject: owner });
  await deriveL2(file.url, wallet);
  await askL2(file.url, triple, wallet.address, { method: 'GET', path: '/data/orders' });
  await ask(file.url, 'GET', '/v1/keys', { headers: { authorization: `Bearer ${token}` } });
  await ask(file.url, 'POST', '/v1/order', { headers, body: orderBody(yes) });
  // A careless client puts its secrets where they do not belong.
  await ask(file.url, 'POST', '/v1/order', { headers, raw: `{"secret":"${triple.secret}"` });
  await ask(file.url, 'POST', `/v1/order?key=${issued}`, { headers, body: { [issued]: triple.passphrase } });
  await ask(file.url, 'GET', `/v1/nowhere/${issued}`, { headers: { 'x-request-id': rotated } });
  await ask(file.url, 'GET', `/v1/data/order/${issued}?next_cursor=${triple.passphrase}`, { headers });
  await ask(file.url, 'GET', '/v1/data/orders', { headers: { 'x-api-key': `${issued}x` } });
  await ask(file.url, 'GET', '/admin/v1/settings', {
    headers: { authorization: `Basic ${file.adminToken}` },
  });
  const noted = { key, issued, rotated, token, secret: triple.secret, passphrase: triple.passphrase };
  for (const [name, value] of Object.entries(noted)) secrets.set(name, value);
  for (const name of ['adminToken', 'jwtSecret', 'l2RootSecret'] as const)
    secrets.set(name, secretOf(home, name));
  secrets.set('wallet key', wallet.privateKey.slice(2));
  secrets.set('vault root key', vaultRootKeyOf(home));
}

/** Every file below the home, with what it holds. */
function* files(folder: string): Generator<readonly [string, Buffer]> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (!BY_DESIGN.has(entry.name)) yield [path, readFileSync(path)];
  }
}

/** A text as it may hide in a file: as it is, in hex, and in base64 at each of the three alignments. */
function disguises(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // The first and last group also depend on the neighbours.
    return text.slice(4, -4);
  });
  const urlSafe = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [secret, bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...base64, ...urlSafe];
}

/** What a secret that is itself base64 stands for. */
const decoded = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret, 'base64');
  return bytes.length < 16 ? [] : [bytes.toString('hex'), bytes.toString('latin1')];
};

test('what is searched is there: databases, logs and the ids of keys', () => {
  const all = [...files(program.home)];
  expect(all.some(([path]) => path.endsWith('.sqlite'))).toBe(true);
  expect(all.some(([path]) => path.endsWith('.log'))).toBe(true);
  const prefix = (secrets.get('issued') ?? '').slice(0, 16);
  expect(all.some(([, bytes]) => bytes.includes(prefix))).toBe(true);
});

test('no file under the home holds a secret, in plain, hex or base64', () => {
  expect([...secrets.values()].every((secret) => secret.length >= 32)).toBe(true);
  const found: string[] = [];
  for (const [path, bytes] of files(program.home)) {
    for (const [name, secret] of secrets) {
      const forms = [...disguises(secret), ...decoded(secret)];
      const leaks = forms.some((form) => bytes.includes(Buffer.from(form, 'latin1')));
      if (leaks) found.push(`${name} in ${path.slice(program.home.length)}`);
    }
  }
  expect(found).toEqual([]);
});
