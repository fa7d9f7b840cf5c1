import { createPrivateKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Chain, ClobClient } from '@polymarket/clob-client';
import { Wallet } from 'ethers';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, type Running } from '../../scripts/launch/launch.ts';
import { controlVenue } from '../support/control.ts';
import { openMarket } from '../support/markets.ts';
import { decoded, fromHex, SecretScan, written, type Planted } from '../support/secret-scan.ts';
import { createTenant, type CreatedTenant } from '../support/tenants.ts';
import { ask, member, textOf, type Answer, type Ask } from './support/ask.ts';
import type { Known } from './support/from-schema.ts';
import { localToken } from './support/local-token.ts';
import {
  operationsOf,
  OWN_CUSTOMER,
  OWN_KEY,
  requestsTo,
  type Generated,
  type Operation,
} from './support/operations.ts';
import { askL2, createL2, l1Headers, tripleOf } from './support/sign-in.ts';
import { clobAccount, credentialsHeader, kalshiAccount, type ClobAccount } from './support/venue-accounts.ts';

/** Requests to each operation; the seed makes them the same on every run. */
const RUNS = 4;
const SEED = 20_261_121;

let home: string;
let running: Running;
const planted: Planted[] = [];
/** Every reply of the gateway: what was asked, and all that came back. */
const replies: { readonly asked: string; readonly bytes: Buffer }[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'postern-planted-'));
  running = await launch({
    home,
    port: 0,
    exchange: true,
    // Desks sign in with private keys; passwords of the other dialect are looked for in exchange.test.ts.
    dialect: 'v1',
    vars: { CLIENT_IP_HEADER: 'x-test-address' },
    vaultVars: { KEY_EXPORT: 'on' },
  });
  try {
    await exercise();
  } finally {
    // Everything that is searched has been written and closed.
    await running.stop();
  }
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Asks the gateway and keeps the whole reply. */
async function say(method: string, path: string, options: Ask = {}): Promise<Answer> {
  const answer = await ask(running.file.url, method, path, options);
  const head = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  replies.push({
    asked: `${method} ${path.split('?', 1)[0]}`,
    bytes: Buffer.from(`${head}\n\n${answer.text}`),
  });
  return answer;
}

const good = async (method: string, path: string, options: Ask = {}): Promise<Answer> => {
  const answer = await say(method, path, options);
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
  return answer;
};
const keyed = (key: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  'x-api-key': key,
  ...more,
});

const plant = (name: string, ...forms: readonly Uint8Array[]): number => planted.push({ name, forms });
const plantWallet = (name: string, key: string): number =>
  plant(name, written(key.replace(/^0x/, '').toLowerCase()), fromHex(key));
const plantBase64 = (name: string, text: string): number => plant(name, written(text), decoded(text));

/** A private key without its public half, which venues and anybody else may know. */
function plantPem(name: string, pem: string): void {
  const key = createPrivateKey(pem);
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const { n = '' } = key.export({ format: 'jwk' });
  const modulus = Buffer.from(n, 'base64url');
  // After the modulus comes the public exponent, five bytes of ASN.1, and then only what is private.
  plant(name, der.subarray(der.indexOf(modulus) + modulus.length + 5));
}

/** A CLOB account whose secrets are planted under a name. */
async function plantedClob(name: string): Promise<ClobAccount> {
  const account = await clobAccount(running.file);
  plantWallet(`${name} private key`, account.privateKey);
  plantBase64(`${name} CLOB secret`, account.wire.clob_api_secret);
  plant(`${name} CLOB passphrase`, written(account.wire.clob_api_passphrase));
  return account;
}
async function plantedKalshi(
  name: string,
): Promise<{ readonly api_key_id: string; readonly private_key: string }> {
  const { wire } = await kalshiAccount(running.file);
  plantPem(`${name} Kalshi key`, wire.private_key);
  return wire;
}

async function newTenant(roles: readonly string[], more: object = {}): Promise<CreatedTenant> {
  const tenant = await createTenant(running.file, { roles, keys: 4, ...more });
  // Said once by design. What comes before the secret part is shown in lists.
  for (const { id, raw_key } of tenant.keys) plant(`gateway key ${id}`, written(raw_key.slice(16)));
  return tenant;
}

/** Plants by every mode, then sends everything to every route. */
async function exercise(): Promise<void> {
  const builder = await newTenant(['trader', 'builder']);
  const trader = await newTenant(['trader']);
  const [builderKey = '', traderKey = ''] = [builder, trader].map(({ keys }) => keys[0]?.raw_key);
  await plantStored(traderKey);
  const customers = await plantCustomers(builderKey);
  await plantManaged(builder, builderKey, customers.managed);
  const perRequest = await plantPerRequest(traderKey);
  await plantBuilderKey(builderKey);
  await plantDesk();
  await plantSignIns();
  const refused = await plantRefused(traderKey);
  await misplace(traderKey, refused);
  await walk(builder, customers.own, { perRequest, refused });
  for (const account of [undefined, ...customers.own, customers.managed])
    await exportAudit(builder.tenant, account);
  await exportAudit(trader.tenant, undefined);
}

async function plantStored(key: string): Promise<void> {
  const clob = await plantedClob('stored');
  const kalshi = await plantedKalshi('stored');
  const headers = keyed(key);
  const bodies = [
    { exchange: 'polymarket', mode: 'self', ...clob.wire, private_key: clob.privateKey },
    { exchange: 'kalshi', mode: 'self', ...kalshi },
  ];
  // Twice: the second time they are compared with what is stored.
  for (const body of [...bodies, ...bodies]) await good('POST', '/api/v1/onboard', { headers, body });
  for (const exchange of ['polymarket', 'kalshi']) {
    await good('GET', `/api/v1/balance?exchange=${exchange}`, { headers });
    await good('GET', `/api/v1/ping?exchange=${exchange}`, { headers });
  }
}

interface PlantedCustomers {
  readonly own: readonly string[];
  readonly managed: string;
}

/** Customers with credentials of their own, and one with a managed wallet. */
async function plantCustomers(key: string): Promise<PlantedCustomers> {
  const create = async (): Promise<string> => {
    const body = { external_id: randomUUID(), qps_limit: 200 };
    const made = await good('POST', '/api/v1/builder/users', { headers: keyed(key), body });
    plant(`customer's key ${planted.length}`, written(textOf(made, 'api_key').slice(16)));
    return textOf(made, 'customer_id');
  };
  const [one, two, managed] = [await create(), await create(), await create()];
  const clob = await plantedClob('customer');
  const kalshi = await plantedKalshi('customer');
  const self = { exchange: 'polymarket', mode: 'self', ...clob.wire, private_key: clob.privateKey };
  await good('POST', '/api/v1/builder/onboard', { headers: keyed(key), body: { customer_id: one, ...self } });
  const headers = keyed(key, { 'x-builder-customer-id': two });
  await good('POST', '/api/v1/onboard', { headers, body: { exchange: 'kalshi', mode: 'self', ...kalshi } });
  await good('GET', '/api/v1/builder/users', { headers: keyed(key) });
  return { own: [one, two], managed };
}

/** Wallets made in the vault; their keys are exported once, to know what to look for. */
async function plantManaged(builder: CreatedTenant, key: string, customer: string): Promise<void> {
  const operator = { authorization: `Bearer ${running.file.adminToken}` };
  const body = { permissions: ['credentials:export', 'builder', 'credentials'] };
  const path = `/admin/v1/tenants/${builder.tenant}/keys`;
  const exporter = textOf(await good('POST', path, { headers: operator, body }), 'raw_key');
  plant('gateway key that exports', written(exporter.slice(16)));
  const eoa_address = Wallet.createRandom().address;
  for (const [name, as, kind] of [
    ['managed', {}, {}],
    ["customer's managed", { 'x-builder-customer-id': customer }, { wallet_type: 'safe', eoa_address }],
  ] as const) {
    const onboarding = { exchange: 'polymarket', mode: 'managed', ...kind };
    await good('POST', '/api/v1/onboard', { headers: keyed(key, as), body: onboarding });
    const exported = await good('POST', '/api/v1/wallet/export-key', { headers: keyed(exporter, as) });
    const wallet = new Wallet(textOf(exported, 'private_key'));
    plantWallet(`${name} private key`, wallet.privateKey);
    const clob = new ClobClient(running.file.emulators.polymarket, Chain.POLYGON, wallet);
    const { secret, passphrase } = await clob.deriveApiKey();
    plantBase64(`${name} CLOB secret`, secret);
    plant(`${name} CLOB passphrase`, written(passphrase));
    await good('GET', '/api/v1/balance?exchange=polymarket', { headers: keyed(key, as) });
  }
}

/** Headers with the credentials of one request, for every route that takes them. */
async function plantPerRequest(key: string): Promise<readonly Record<string, string>[]> {
  const clob = await plantedClob('per request');
  const alone = Wallet.createRandom();
  plantWallet('per request private key alone', alone.privateKey);
  const kalshi = await plantedKalshi('per request');
  const polymarket = [{ ...clob.wire, private_key: clob.privateKey }, { private_key: alone.privateKey }];
  for (const [exchange, wires] of [
    ['polymarket', polymarket],
    ['kalshi', [kalshi]],
  ] as const)
    for (const wire of wires)
      for (const route of ['ping', 'balance'])
        await good('GET', `/api/v1/${route}?exchange=${exchange}`, {
          headers: keyed(key, credentialsHeader(wire)),
        });
  return [...polymarket, kalshi].map(credentialsHeader);
}

async function plantBuilderKey(key: string): Promise<void> {
  const secret = randomBytes(32).toString('base64');
  const passphrase = randomBytes(24).toString('hex');
  plantBase64('builder secret', secret);
  plant('builder passphrase', written(passphrase));
  const body = { key: randomUUID(), secret, passphrase };
  await controlVenue(running.file, 'builder-key', body);
  await good('PUT', '/api/v1/builder/credentials', { headers: keyed(key), body });
  const request = { method: 'POST', path: '/order', body: '{}' };
  await good('POST', '/api/v1/builder/sign', { headers: keyed(key), body: request });
}

/** A desk that signs in at the exchange by its private key; others are refused, here and there, and so is a password. */
async function plantDesk(): Promise<void> {
  const { tenant, keys } = await newTenant(['trader', 'desk']);
  const headers = keyed(keys[0]?.raw_key ?? '');
  const [client_id, username, firm] = [randomUUID(), randomUUID(), randomUUID()];
  const [own, other] = [rsaPair(), rsaPair()];
  plantPem("desk's client key", own.privateKey);
  plantPem('refused client key', other.privateKey);
  const control = (path: string, body: Record<string, unknown>): Promise<void> =>
    controlVenue(running.file, path, body, 'POST', 'exchange');
  await control('user', { name: username, firm, accounts: ['main'] });
  await control('client', { client_id, public_key: own.publicKey, username });
  const participant_id = `firms/${firm}/users/${username}`;
  const login = { client_id, private_key: own.privateKey, participant_id, store: true };
  const password = randomBytes(24).toString('hex');
  plant('refused password of the exchange', written(password));
  for (const [body, status] of [
    [{ ...login, private_key: other.privateKey }, 401],
    [{ ...login, private_key: other.privateKey.slice(0, -40) }, 400],
    [{ ...login, store: false }, 400],
    [{ username, password, store: true }, 400],
    [login, 200],
    // A second time: it takes the place of what is stored.
    [login, 200],
  ] as const) {
    const answer = await say('POST', '/auth/v1beta1/login', { headers, body });
    expect(answer.status, answer.text).toBe(status);
  }
  await good('POST', '/api/v1beta1/get_open_orders', { headers, body: {} });
  await exportAudit(tenant, undefined);
}

const rsaPair = (): { readonly privateKey: string; readonly publicKey: string } =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

/** What signing in to the gateway itself gives and takes: a key triple, a user token. */
async function plantSignIns(): Promise<void> {
  const [wallet, owner] = [Wallet.createRandom(), randomUUID()];
  await newTenant(['trader'], { wallet_address: wallet.address, owner });
  const triple = tripleOf(await createL2(running.file.url, wallet));
  plantBase64('L2 secret', triple.secret);
  plant('L2 passphrase', written(triple.passphrase));
  plantWallet('sign-in wallet', wallet.privateKey);
  const l2 = await askL2(running.file.url, triple, wallet.address, { method: 'GET', path: '/data/orders' });
  expect(l2.status).toBe(200);
  const token = await localToken(home, { subject: owner });
  plantBase64('user token', token.split('.')[2] ?? '');
  await good('GET', '/v1/keys', { headers: { authorization: `Bearer ${token}` } });
}

/** Secrets of a request that is refused, by the members that carry them. */
interface Refused {
  readonly [member: string]: string;
}

async function plantRefused(key: string): Promise<Refused> {
  const refused = {
    private_key: Wallet.createRandom().privateKey,
    clob_api_key: randomUUID(),
    clob_api_secret: randomBytes(32).toString('base64url'),
    clob_api_passphrase: randomBytes(32).toString('hex'),
  };
  plantWallet('refused private key', refused.private_key);
  plantBase64('refused CLOB secret', refused.clob_api_secret);
  plant('refused CLOB passphrase', written(refused.clob_api_passphrase));
  const { privateKey: pem } = rsaPair();
  plantPem('refused Kalshi key', pem);
  const headers = keyed(key);
  for (const [body, status] of [
    [{ exchange: 'polymarket', mode: 'self', ...refused }, 403],
    [{ exchange: 'polymarket', mode: 'self', ...refused, private_key: `${refused.private_key}0` }, 400],
    [{ exchange: 'kalshi', mode: 'self', api_key_id: randomUUID(), private_key: pem }, 403],
    [{ exchange: 'kalshi', mode: 'self', api_key_id: randomUUID(), private_key: pem.slice(0, -40) }, 400],
    [{ exchange: 'kalshi', mode: 'managed', private_key: pem }, 501],
  ] as const) {
    const answer = await say('POST', '/api/v1/onboard', { headers, body });
    expect(answer.status, answer.text).toBe(status);
  }
  return { ...refused, pem };
}

/** A careless client puts its secrets where they do not belong. */
async function misplace(key: string, refused: Refused): Promise<void> {
  const headers = keyed(key);
  const { private_key: wallet = '', clob_api_secret: secret = '', clob_api_passphrase: pass = '' } = refused;
  for (const text of [wallet, secret, pass]) {
    for (const [method, path, body] of [
      ['POST', `/api/v1/onboard?private_key=${text}`, { exchange: text, mode: 'self' }],
      ['POST', '/api/v1/onboard', { exchange: 'kalshi', mode: text }],
      ['POST', '/api/v1/onboard', { exchange: 'kalshi', mode: 'self', [text]: 'x' }],
      ['POST', '/api/v1/onboard', { exchange: 'polymarket', mode: 'self', funder: text }],
      ['DELETE', `/api/v1/onboard?exchange=${text}`, undefined],
      ['GET', `/api/v1/ping?exchange=kalshi&private_key=${text}`, undefined],
      ['GET', `/api/v1/balance?exchange=${text}`, undefined],
      ['POST', '/api/v1/wallet/export-key', { private_key: text }],
      ['POST', '/v1/order', { order: { signature: text }, owner: text, [text]: text }],
      ['GET', `/v1/data/order/${text}`, undefined],
      ['GET', `/v1/book?token_id=${text}`, undefined],
    ] as const)
      await say(method, path, { headers, body });
    for (const header of [
      'x-exchange-credentials',
      'x-builder-customer-id',
      'authorization',
      'idempotency-key',
    ])
      await say('POST', '/api/v1/onboard', { headers: { ...headers, [header]: text }, body: {} });
    await say('GET', '/api/v1/ping', { headers: keyed(text) });
    await say('POST', '/api/v1/onboard', { headers, raw: `{"private_key":"${text}"` });
    const json = credentialsHeader({ private_key: 7, [text]: text });
    await say('GET', '/api/v1/ping?exchange=kalshi', { headers: { ...headers, ...json } });
  }
}

interface Sent {
  readonly perRequest: readonly Record<string, string>[];
  readonly refused: Refused;
}

/** Generated requests to every route of the gateway's own document, with secrets wherever it takes them. */
async function walk(builder: CreatedTenant, customers: readonly string[], sent: Sent): Promise<void> {
  const { file } = running;
  const [spare, market] = [await newTenant(['trader', 'builder']), await openMarket(file)];
  const { refused } = sent;
  const known: Known = {
    tenant: [spare.tenant],
    id: [...spare.keys.map(({ id }) => id), OWN_KEY, '1'],
    customer_id: [...customers, randomUUID()],
    'X-Builder-Customer-Id': [...customers, randomUUID()],
    'X-Exchange-Credentials': sent.perRequest.flatMap(Object.values),
    exchange: ['polymarket', 'kalshi', 'paper'],
    mode: ['self', 'managed'],
    private_key: [refused['private_key'] ?? '', refused['pem'] ?? ''],
    clob_api_key: [refused['clob_api_key'] ?? ''],
    clob_api_secret: [refused['clob_api_secret'] ?? ''],
    clob_api_passphrase: [refused['clob_api_passphrase'] ?? ''],
    secret: [refused['clob_api_secret'] ?? ''],
    passphrase: [refused['clob_api_passphrase'] ?? ''],
    token: [market.yes],
    token_id: [market.yes, market.no],
    tokenId: [market.yes],
    market: [market.condition],
    condition: [market.condition],
  };
  const operations = await operationsOf(file.url);
  // What destroys credentials comes when all others have had their use of them.
  const inOrder = operations.toSorted((a, b) => rank(a) - rank(b));
  let turn = 0;
  for (const operation of inOrder)
    for (const request of fc.sample(requestsTo(operation, known), { seed: SEED, numRuns: RUNS })) {
      turn += 1;
      await send(
        operation,
        request,
        builder,
        spare,
        sent.perRequest[turn % sent.perRequest.length] ?? {},
        turn,
      );
    }
}

const rank = ({ method, path }: Operation): number => (method === 'DELETE' || path.includes('/keys') ? 1 : 0);

async function send(
  { method, path: pattern }: Operation,
  request: Generated,
  builder: CreatedTenant,
  spare: CreatedTenant,
  credentials: Readonly<Record<string, string>>,
  turn: number,
): Promise<void> {
  // Keys end by requests to /v1/keys/{id}: those go to a tenant that is there for that.
  const { keys } = pattern.includes('/keys') ? spare : builder;
  const key = keys[turn % keys.length]?.raw_key ?? '';
  const own = keys[(turn + 1) % keys.length]?.id ?? '';
  const path = request.path
    .replace(encodeURIComponent(OWN_KEY), own)
    .replace(encodeURIComponent(OWN_CUSTOMER), randomUUID());
  const who = {
    nobody: {},
    garbage: { 'x-api-key': `pst_test_${'A'.repeat(48)}` },
    operator: { authorization: `Bearer ${running.file.adminToken}` },
    key: { 'x-api-key': key },
    wallet: await l1Headers(Wallet.createRandom(), { nonce: request.nonce }),
    token: { authorization: `Bearer ${await localToken(home, { subject: randomUUID() })}` },
  }[request.who];
  // A caller's own request id comes back by contract, whatever it is.
  const { 'X-Request-Id': _, ...others } = request.headers;
  await say(method, path, {
    headers: { ...credentials, ...others, ...who },
    ...(request.body === undefined ? {} : { raw: request.body }),
  });
}

/** The whole audit chain of an account: the tenant's own, or a customer's. */
async function exportAudit(tenant: string, customer: string | undefined): Promise<void> {
  const headers = { authorization: `Bearer ${running.file.adminToken}` };
  const account = customer === undefined ? '' : `account=acct_${tenant}_c${customer}&`;
  for (let after: unknown = 0; typeof after === 'number';) {
    const path = `/admin/v1/tenants/${tenant}/vault/audit?${account}after=${after}`;
    after = member(await good('GET', path, { headers }), 'next');
  }
  const verified = await good('GET', `/admin/v1/tenants/${tenant}/vault/audit/verify?${account}`, {
    headers,
  });
  expect(member(verified, 'intact')).toBe(true);
}

/** Everything below the home. Nothing is left out. */
const filesAtHome = (): readonly string[] =>
  readdirSync(home, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Replies whose very purpose is to tell a secret, and which. */
const told: readonly (readonly [asked: RegExp, secret: RegExp])[] = [
  [/^POST \/api\/v1\/wallet\/export-key$/, /managed private key$/],
  [/^POST \/admin\/v1\/tenants\/[^/]+\/keys$/, /^gateway key that exports$/],
  [/^POST \/api\/v1\/builder\/users$/, /^customer's key /],
  // The header that names the key's passphrase is one of those that the route is asked for.
  [/^POST \/api\/v1\/builder\/sign$/, /^builder passphrase$/],
];

describe('after every mode and every route', () => {
  test('at least 20 distinct secrets were planted, each long enough to be looked for', () => {
    expect(new Set(planted.map(({ name }) => name)).size).toBe(planted.length);
    expect(planted.length).toBeGreaterThanOrEqual(20);
    for (const { forms } of planted) for (const form of forms) expect(form.length).toBeGreaterThanOrEqual(24);
    const distinct = new Set(planted.map(({ forms }) => Buffer.from(forms[0] ?? []).toString('hex')));
    expect(distinct.size).toBe(planted.length);
  });

  test('what is searched is there: databases of gateway and vault, all logs, replies of every route', () => {
    const files = filesAtHome().map((file) => relative(home, file));
    for (const part of [
      /^objects\/postern-CredentialVault\/.+\.sqlite$/,
      /^objects\/postern-Tenant\/.+\.sqlite$/,
      /^objects\/postern-KeyGate\/.+\.sqlite$/,
      /^logs\/gateway\.log$/,
      // These two are the emulators' only files; all else they know is in their memory.
      /^logs\/polymarket-emulator\.log$/,
      /^logs\/kalshi-emulator\.log$/,
      /^logs\/relay\.log$/,
    ])
      expect(
        files.some((file) => part.test(file)),
        String(part),
      ).toBe(true);
    expect(readFileSync(join(home, 'logs/gateway.log'), 'utf8')).toContain('POST /api/v1/onboard');
    expect(replies.length).toBeGreaterThan(400);
    const limited = replies.filter(({ bytes }) => bytes.includes('rate_limit_exceeded'));
    expect(limited.length).toBeLessThan(replies.length / 20);
  });

  test('no file below the home holds one, nor 12 bytes of one, in plain, hex or base64', () => {
    const scan = new SecretScan(planted);
    const found = filesAtHome().flatMap((file) =>
      [...scan.find(readFileSync(file))].map((name) => `${name} in ${relative(home, file)}`),
    );
    expect(found).toEqual([]);
  });

  test('no reply and no audit export holds one, except where the reply is for telling it', () => {
    const scan = new SecretScan(planted);
    const found = replies.flatMap(({ asked, bytes }) =>
      [...scan.find(bytes)]
        .filter((name) => !told.some(([reply, secret]) => reply.test(asked) && secret.test(name)))
        .map((name) => `${name} in the reply of ${asked}`),
    );
    expect(found).toEqual([]);
  });

  test('the search would find them: where a reply is for telling one, it does', () => {
    const scan = new SecretScan(planted);
    const exported = replies.filter(({ asked }) => asked === 'POST /api/v1/wallet/export-key');
    const names = exported.flatMap(({ bytes }) => [...scan.find(bytes)]);
    expect(names.toSorted()).toEqual(["customer's managed private key", 'managed private key']);
  });
});
