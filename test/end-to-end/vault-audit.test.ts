import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requests, type VaultOperation } from '../../shared/vault/request.ts';
import { controlVenue } from '../support/control.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { openMarket } from '../support/markets.ts';
import { createTenant, operate } from '../support/tenants.ts';
import { ask, textOf, type Answer, type Ask } from './support/ask.ts';
import { USERS } from './support/builder.ts';
import { escrowStage, FEE, feeAuth, HUNDRED, settles } from './support/escrow-stage.ts';
import { signedBody } from './support/signed-orders.ts';
import { clobAccount, credentialsHeader, kalshiAccount } from './support/venue-accounts.ts';

/** A row as the operator's export tells it. */
interface Row {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly operation: string;
  readonly venue: string | null;
  readonly credential: string | null;
  readonly version: number | null;
  readonly outcome: string;
  readonly request_id: string;
  readonly hash: string;
}

/** A request, its status, and the rows that it is to leave: `operation venue`, then where the credential came from. */
interface Step {
  readonly asked: string;
  readonly status: number;
  readonly rows: readonly string[];
  readonly options?: Ask;
  /** Whose chain; the builder's own unless told otherwise. */
  readonly customer?: string;
}

let program: OwnProgram;
let tenant: string;
let key: { readonly id: string; readonly raw_key: string };
const secrets: string[] = [];
/** What an order with a fee left, and what its alarm did in its name. */
let ordered: readonly Row[];
const walked: { readonly step: Step; readonly id: string; readonly rows: readonly Row[] }[] = [];

beforeAll(async () => {
  // Its own program: the operator of the shared one lets nobody export.
  program = await startProgram({
    vars: { CLIENT_IP_HEADER: 'x-test-address' },
    vaultVars: { KEY_EXPORT: 'on' },
  });
  const created = await createTenant(program.file, {
    roles: ['trader', 'builder'],
    keys: 0,
    default_venue: 'polymarket',
  });
  tenant = created.tenant;
  const permissions = ['read', 'trade', 'credentials', 'credentials:export', 'builder'];
  const issued = await operate(program.file, 'POST', `/tenants/${tenant}/keys`, { permissions });
  key = (await issued.json()) as typeof key;
  for (const step of await steps()) walked.push({ step, ...(await walk(step)) });
  ordered = await orderWithFee();
});
afterAll(() => program.stop());

const send = (method: string, path: string, { headers, ...rest }: Ask = {}): Promise<Answer> =>
  ask(program.file.url, method, path, { ...rest, headers: { 'x-api-key': key.raw_key, ...headers } });

/** The whole chain of an account. */
async function exported(customer?: string): Promise<readonly Row[]> {
  const account = `acct_${tenant}${customer === undefined ? '' : `_c${customer}`}`;
  const response = await operate(program.file, 'GET', `/tenants/${tenant}/vault/audit?account=${account}`);
  return ((await response.json()) as { readonly rows: readonly Row[] }).rows;
}

async function orderWithFee(): Promise<readonly Row[]> {
  const stage = await escrowStage(program.file, 4);
  await stage.market.book([['0.30', '5000']], [['0.50', '5000']]);
  const fee_auth = await feeAuth(stage);
  await stage.place({ ...HUNDRED, fee_auth }, { 'x-request-id': 'the-order' });
  await settles(stage, fee_auth.order_id, ['distributed', FEE, FEE, 0, 0]);
  const { tenant: owner } = stage.builder;
  const account = `acct_${owner}_c${stage.customer}`;
  const response = await operate(program.file, 'GET', `/tenants/${owner}/vault/audit?account=${account}`);
  const { rows } = (await response.json()) as { readonly rows: readonly Row[] };
  return rows.filter(({ request_id }) => request_id === 'the-order');
}

/** Sends a request, and reads what its account's chain has got by it. */
async function walk(step: Step): Promise<{ readonly id: string; readonly rows: readonly Row[] }> {
  const { asked, options, status, customer } = step;
  const before = await exported(customer);
  const id = randomUUID();
  const [method = '', path = ''] = asked.split(' ');
  const answer = await send(method, path, {
    ...options,
    headers: { ...options?.headers, 'x-request-id': id },
  });
  expect(answer.status, `${asked}: ${answer.text}`).toBe(status);
  return { id, rows: (await exported(customer)).slice(before.length) };
}

const ONBOARD = '/api/v1/onboard';
const BUILDER_KEY = '/api/v1/builder/credentials';
const EXPORT = '/api/v1/wallet/export-key';
const balance = (exchange: string): string => `GET /api/v1/balance?exchange=${exchange}`;

/** Every route that leads to a credential: with what is stored, with what comes along, and with nothing. */
async function steps(): Promise<readonly Step[]> {
  const { file } = program;
  const [clob, kalshi, given] = await Promise.all([
    clobAccount(file),
    kalshiAccount(file),
    clobAccount(file),
  ]);
  const builderKey = {
    key: randomUUID(),
    secret: randomBytes(32).toString('base64'),
    passphrase: randomBytes(16).toString('hex'),
  };
  await controlVenue(file, 'builder-key', builderKey);
  for (const { privateKey, wire } of [clob, given])
    secrets.push(privateKey.slice(2), wire.clob_api_secret, wire.clob_api_passphrase);
  secrets.push(builderKey.secret, builderKey.passphrase, key.raw_key, ...kalshi.wire.private_key.split('\n'));
  const made = await send('POST', USERS, { body: { external_id: randomUUID() } });
  const customer = textOf(made, 'customer_id');
  const self = { exchange: 'polymarket', mode: 'self', ...clob.wire, private_key: clob.privateKey };
  const selfKalshi = { exchange: 'kalshi', mode: 'self', ...kalshi.wire };
  const managed = { customer_id: customer, exchange: 'polymarket', mode: 'managed' };
  const funds = { address: clob.address, usdc: '1000000', allowances: { ctf: '1000000' } };
  await controlVenue(file, 'fund', funds, 'POST', 'chain');
  const { condition, yes } = await openMarket(file);
  const terms = { token: yes, price: 0.1, size: 5 };
  const clientSigned = await signedBody(file, clob.privateKey, terms);
  const alongside = { headers: credentialsHeader({ ...given.wire, private_key: given.privateKey }) };
  const order = { method: 'POST', path: '/order', body: '{}' };
  const look = ['list'];
  const looked = (...rows: readonly string[]): readonly string[] => ['list', ...rows, 'list'];
  return [
    { asked: 'GET /api/v1/wallet', status: 200, rows: look },
    { asked: balance('polymarket'), status: 403, rows: ['describe polymarket none CREDENTIAL_MISSING'] },
    {
      asked: `POST ${ONBOARD}`,
      options: { body: self },
      status: 200,
      rows: looked('describe polymarket request', 'l2Headers polymarket request', 'store polymarket stored'),
    },
    {
      asked: `POST ${ONBOARD}`,
      options: { body: self },
      status: 200,
      rows: looked(
        'describe polymarket request',
        'l2Headers polymarket stored',
        'l2Headers polymarket request',
      ),
    },
    {
      asked: `POST ${ONBOARD}`,
      options: { body: selfKalshi },
      status: 200,
      rows: looked('kalshiHeaders kalshi request', 'store kalshi stored'),
    },
    {
      asked: balance('polymarket'),
      status: 200,
      rows: ['describe polymarket stored', 'l2Headers polymarket stored'],
    },
    { asked: balance('kalshi'), status: 200, rows: ['kalshiHeaders kalshi stored'] },
    {
      asked: 'GET /api/v1/ping',
      status: 200,
      rows: ['describe polymarket stored', 'l2Headers polymarket stored', 'kalshiHeaders kalshi stored'],
    },
    {
      asked: balance('polymarket'),
      options: alongside,
      status: 200,
      rows: ['describe polymarket request', 'l2Headers polymarket request'],
    },
    {
      asked: 'GET /api/v1/ping?exchange=kalshi',
      options: { headers: credentialsHeader(kalshi.wire) },
      status: 200,
      rows: ['kalshiHeaders kalshi request'],
    },
    {
      asked: 'POST /api/v1/polymarket/ctf/split',
      options: { body: { condition_id: condition, amount: 1 } },
      status: 200,
      rows: ['describe polymarket stored', 'signCtf polymarket stored'],
    },
    {
      asked: 'POST /v1/order',
      options: { body: clientSigned },
      status: 200,
      rows: ['frameOrder polymarket stored'],
    },
    { asked: `POST ${EXPORT}`, status: 200, rows: ['exportKey polymarket stored'] },
    {
      asked: `PUT ${BUILDER_KEY}`,
      options: { body: builderKey },
      status: 200,
      rows: ['builderHeaders builder request', 'store builder stored'],
    },
    { asked: `GET ${BUILDER_KEY}`, status: 200, rows: look },
    {
      asked: 'POST /api/v1/builder/sign',
      options: { body: order },
      status: 200,
      rows: ['builderHeaders builder stored'],
    },
    { asked: `DELETE ${BUILDER_KEY}`, status: 204, rows: ['remove builder stored'] },
    {
      asked: 'POST /api/v1/builder/sign',
      options: { body: order },
      status: 403,
      rows: ['builderHeaders builder none CREDENTIAL_MISSING'],
    },
    { asked: `DELETE ${ONBOARD}?exchange=polymarket`, status: 204, rows: ['remove polymarket stored'] },
    { asked: `POST ${EXPORT}`, status: 403, rows: ['exportKey polymarket none CREDENTIAL_MISSING'] },
    {
      asked: 'POST /api/v1/builder/onboard',
      options: { body: managed },
      status: 200,
      customer,
      rows: looked(
        'createWallet polymarket stored',
        'l1Headers polymarket stored',
        'l2Headers polymarket request',
        'store polymarket stored',
      ),
    },
    {
      asked: 'GET /api/v1/wallet',
      options: { headers: { 'x-builder-customer-id': customer } },
      status: 200,
      customer,
      rows: look,
    },
    { asked: `GET ${USERS}`, status: 200, customer, rows: look },
    { asked: `GET ${USERS}/${customer}`, status: 200, customer, rows: look },
    // Nothing of it is left for an alarm to do in its own name.
    {
      asked: `DELETE ${USERS}/${customer}`,
      status: 204,
      customer,
      rows: ['destroy', 'l2Headers polymarket stored', 'list'],
    },
  ];
}

/** A row as `Step.rows` writes it. */
function told({ operation, venue, credential, outcome }: Row): string {
  const source = credential === null ? 'none' : credential === 'request' ? 'request' : 'stored';
  const about = venue === null ? [] : [venue, source];
  return [operation, ...about, ...(outcome === 'ok' ? [] : [outcome])].join(' ');
}

describe('the audit chain', () => {
  test('has one row for each operation of a request, in the name of its key and its id', () => {
    for (const { step, id, rows } of walked) {
      // Two at once may end in either order.
      expect(rows.map(told).toSorted(byText), step.asked).toEqual(step.rows.toSorted(byText));
      for (const row of rows) expect([row.actor, row.request_id], step.asked).toEqual([key.id, id]);
    }
  });

  test('was led to by every operation that a request can lead to', () => {
    const rows = [...walked.flatMap((one) => one.rows), ...ordered];
    const reached = new Set(rows.map(({ operation }) => operation));
    // Reads of the chain itself and rotations are the operator's; sessions at the exchange need one that runs; no route
    // has a deposit wallet act.
    const others: readonly VaultOperation[] = [
      'auditPage',
      'auditVerify',
      'startRotation',
      'exchangeSession',
      'exchangeAnswer',
      'signWalletBatch',
    ];
    const expected = Object.keys(requests).filter((name) => !others.some((other) => other === name));
    expect([...reached].toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  test('names an order with a fee for each transfer of it, also those of the alarm', () => {
    const signed = ordered.filter(({ operation }) => operation.startsWith('sign'));
    expect(signed.map(told)).toEqual(['signOrder polymarket stored', 'signEscrow', 'signEscrow']);
    // The signature says whose it is: nobody asks besides.
    expect(ordered.map(told)).not.toContain('describe polymarket stored');
    expect(new Set(ordered.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
  });

  test('holds no value: ids, times, names of operations and outcomes, and nothing else', () => {
    for (const row of walked.flatMap(({ rows }) => rows)) {
      expect({ ...row, credential: row.credential ?? 'request' }).toEqual({
        seq: expect.any(Number) as unknown,
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
        actor: key.id,
        operation: expect.stringMatching(/^[A-Za-z\d]{4,16}$/) as unknown,
        venue: expect.toSatisfy((venue) =>
          [null, 'polymarket', 'kalshi', 'builder'].includes(venue as string),
        ),
        credential: expect.stringMatching(
          /^(?:request|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/,
        ) as unknown,
        version: expect.toSatisfy((version) => version === null || Number.isInteger(version)) as unknown,
        outcome: expect.stringMatching(/^(?:ok|[A-Z_]{4,32})$/) as unknown,
        request_id: expect.any(String) as unknown,
        hash: expect.stringMatching(/^[\da-f]{64}$/) as unknown,
      });
    }
    const text = JSON.stringify(walked.map(({ rows }) => rows));
    expect(secrets.filter((secret) => secret.length >= 12 && text.includes(secret))).toEqual([]);
    expect(secrets.length).toBeGreaterThan(20);
  });
});

test.each([
  ['gateway key', () => key.raw_key],
  ['private key of a wallet', () => secrets[0] ?? ''],
  ['private key of a wallet with 0x', () => `0x${secrets[0]}`],
] as const)('a %s that was sent as the request id comes back, and is kept nowhere', async (_, secret) => {
  const before = (await exported()).length;
  const id = secret();
  const answer = await send('GET', '/api/v1/wallet', { headers: { 'x-request-id': id } });
  expect([answer.status, answer.headers.get('x-request-id')]).toEqual([200, id]);
  const rows = (await exported()).slice(before);
  expect(rows.map(({ operation, request_id }) => [operation, request_id])).toEqual([['list', '[redacted]']]);
});

const byText = (a: string, b: string): number => (a < b ? -1 : 1);
