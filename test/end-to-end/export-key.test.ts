import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { PosternFile } from '../../scripts/launch/launch-file.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { operate } from '../support/tenants.ts';
import { member, textOf } from './support/ask.ts';
import { expectRouterRefusal, newBuilder, withKey, type Builder } from './support/builder.ts';
import { newTrader } from './support/trader.ts';

const EXPORT = '/api/v1/wallet/export-key';
const managed = { exchange: 'polymarket', mode: 'managed' };

/** A key of a tenant with these permissions, from the operator. */
async function operatorsKey(
  file: PosternFile,
  tenant: string,
  permissions: readonly string[],
): Promise<string> {
  const response = await operate(file, 'POST', `/tenants/${tenant}/keys`, { permissions });
  expect(response.status).toBe(201);
  return ((await response.json()) as { readonly raw_key: string }).raw_key;
}

describe('while the operator of the vault has not enabled it', () => {
  test('no key exports, not even one that may', async () => {
    const file = inject('postern');
    const trader = await newTrader(file);
    await trader.call('POST', '/api/v1/onboard', managed);
    const key = await operatorsKey(file, trader.tenant, ['credentials:export']);
    const answer = await withKey(file, key, 'POST', EXPORT);
    expectRouterRefusal(answer, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
    expect(member(answer, 'error')).toMatch(/operator/);
  });

  test('no other key gets the permission by rotating the one that has it', async () => {
    const file = inject('postern');
    const trader = await newTrader(file);
    const key = await operatorsKey(file, trader.tenant, ['read', 'credentials:export']);
    const listed = await trader.call('GET', '/v1/keys');
    const rows = listed.json as readonly { readonly id: string; readonly permissions: readonly string[] }[];
    const id = rows.find(({ permissions }) => permissions.includes('credentials:export'))?.id ?? '';
    const refused = await trader.call('POST', `/v1/keys/${id}/rotate`);
    expect([refused.status, refused.code]).toEqual([403, 'INSUFFICIENT_PERMISSION']);
    expect((await withKey(file, key, 'POST', `/v1/keys/${id}/rotate`)).status).toBe(201);
  });
});

describe('once it is enabled', () => {
  let program: OwnProgram;
  let builder: Builder;
  beforeAll(async () => {
    program = await startProgram({
      vars: { CLIENT_IP_HEADER: 'x-test-address' },
      vaultVars: { KEY_EXPORT: 'on' },
    });
    builder = await newBuilder(program.file);
  });
  afterAll(() => program.stop());

  test('a key with the permission gets the key of the wallet; it is written down, without the key', async () => {
    const { file } = program;
    const onboarded = await builder.call('POST', '/api/v1/onboard', managed);
    const key = await operatorsKey(file, builder.tenant, ['credentials:export', 'builder', 'credentials']);
    const answer = await withKey(file, key, 'POST', EXPORT);
    const privateKey = textOf(answer, 'private_key');
    expect(answer.json).toEqual({ address: member(onboarded, 'eoa_address'), private_key: privateKey });
    expect(new Wallet(privateKey).address).toBe(member(onboarded, 'eoa_address'));

    const audit = await operate(file, 'GET', `/tenants/${builder.tenant}/vault/audit`);
    const text = await audit.text();
    const { rows } = JSON.parse(text) as { readonly rows: readonly Record<string, unknown>[] };
    expect(rows.filter(({ operation }) => operation === 'exportKey')).toMatchObject([
      { venue: 'polymarket', outcome: 'ok', request_id: answer.headers.get('x-request-id') },
    ]);
    expect(text).not.toContain(privateKey.slice(2, 14));
    const verified = await operate(file, 'GET', `/tenants/${builder.tenant}/vault/audit/verify`);
    expect(await verified.json()).toMatchObject({ intact: true });
  });

  test("for a customer: the customer's key, not the builder's", async () => {
    const { file } = program;
    const customer = await builder.create();
    const onboarded = await builder.as(customer.id, 'POST', '/api/v1/onboard', managed);
    const key = await operatorsKey(file, builder.tenant, ['credentials:export', 'builder']);
    const headers = { 'x-builder-customer-id': customer.id };
    const answer = await withKey(file, key, 'POST', EXPORT, { headers });
    expect(member(answer, 'address')).toBe(member(onboarded, 'eoa_address'));
  });

  test("a key without the permission, a customer's own, and one that a tenant asks for itself do not", async () => {
    const { file } = program;
    const customer = await builder.create();
    for (const key of [builder.keys[0] ?? '', customer.key]) {
      const answer = await withKey(file, key, 'POST', EXPORT);
      expectRouterRefusal(answer, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
    }
    const audit = await operate(file, 'GET', `/tenants/${builder.tenant}/vault/audit`);
    const { rows } = (await audit.json()) as { readonly rows: readonly Record<string, unknown>[] };
    expect(rows.at(-1)).toMatchObject({ operation: 'exportKey', outcome: 'EXPORT_NOT_ALLOWED' });
    const asked = await builder.call('POST', '/v1/keys', { permissions: ['credentials:export'] });
    expect([asked.status, asked.code]).toEqual([403, 'INSUFFICIENT_PERMISSION']);
  });

  test('an account without a wallet has none to export', async () => {
    const trader = await newTrader(program.file);
    const key = await operatorsKey(program.file, trader.tenant, ['credentials:export']);
    const answer = await withKey(program.file, key, 'POST', EXPORT);
    expectRouterRefusal(answer, 403, 'credentials_required', 'CREDENTIALS_REQUIRED');
  });
});
