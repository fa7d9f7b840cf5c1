import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launch, type Running } from '../../scripts/launch/launch.ts';
import { member, rowsOf } from './support/ask.ts';
import {
  expectRouterRefusal,
  newBuilder,
  USERS,
  withKey,
  type Builder,
  type OwnCustomer,
} from './support/builder.ts';
import { clobAccount, kalshiAccount } from './support/venue-accounts.ts';

let home: string;
let running: Running | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'postern-test-'));
});
afterEach(async () => {
  await stop();
  rmSync(home, { recursive: true, force: true });
});

const start = async (): Promise<Running> =>
  (running = await launch({ home, port: 0, vars: { CLIENT_IP_HEADER: 'x-test-address' } }));
async function stop(): Promise<void> {
  await running?.stop();
  running = undefined;
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** The sealed values and wrapped keys of every credential on disk, while nothing runs. */
function sealedOnDisk(): readonly (readonly Buffer[])[] {
  const folder = join(home, 'objects/postern-CredentialVault');
  const databases = filesBelow(folder).filter(
    (file) => file.endsWith('.sqlite') && !file.includes('metadata'),
  );
  return databases.flatMap((file) => {
    const database = new DatabaseSync(file);
    const rows = database
      .prepare('SELECT c.ciphertext, k.wrapped FROM credentials c JOIN data_keys k ON k.venue = c.venue')
      .all();
    database.close();
    return rows.map((row) => Object.values(row).map((value) => Buffer.from(value as Uint8Array)));
  });
}

async function link(builder: Builder, customer: OwnCustomer, body: object): Promise<void> {
  const answer = await builder.as(customer.id, 'POST', '/api/v1/onboard', body);
  expect(answer.status, answer.text).toBe(200);
}

test('a deleted customer: its key refused on the next request, its credentials gone from disk', async () => {
  const { file } = await start();
  const builder = await newBuilder(file);
  const gone = await builder.create();
  const [clob, kalshi] = await Promise.all([clobAccount(file), kalshiAccount(file)]);
  await link(builder, gone, {
    exchange: 'polymarket',
    mode: 'self',
    ...clob.wire,
    private_key: clob.privateKey,
  });
  await link(builder, gone, { exchange: 'kalshi', mode: 'self', ...kalshi.wire });
  await stop();
  const sealed = sealedOnDisk();
  expect(sealed).toHaveLength(2);

  const again = await start();
  const key = builder.keys[0] ?? '';
  const stays = await newBuilder(again.file);
  await link(stays, await stays.create(), { exchange: 'polymarket', mode: 'managed' });
  const removed = await withKey(again.file, key, 'DELETE', `${USERS}/${gone.id}`);
  expect(removed.status, removed.text).toBe(204);
  const refused = await withKey(again.file, gone.key, 'GET', '/api/v1/ping?exchange=polymarket');
  expectRouterRefusal(refused, 401, 'unauthorized', 'INVALID_KEY');
  const headers = { 'x-builder-customer-id': gone.id };
  const foreign = await withKey(again.file, key, 'GET', '/api/v1/ping?exchange=polymarket', { headers });
  expectRouterRefusal(foreign, 403, 'forbidden', 'CUSTOMER_FORBIDDEN');
  // The same external id is a new customer, with nothing of the old one.
  const body = { external_id: gone.externalId };
  const fresh = await withKey(again.file, key, 'POST', USERS, { body });
  expect(fresh.json).toMatchObject({ linked_exchanges: [], wallet: null });
  const states = await withKey(again.file, String(member(fresh, 'api_key')), 'GET', '/api/v1/ping');
  expect(rowsOf(states).slice(0, 2)).toMatchObject([{ has_credentials: false }, { has_credentials: false }]);
  await stop();

  const left = filesBelow(home).map((path) => readFileSync(path));
  for (const part of sealed.flat()) {
    for (let at = 0; at + 12 <= part.length; at += 12) {
      const piece = part.subarray(at, at + 12);
      expect(left.some((bytes) => bytes.includes(piece))).toBe(false);
    }
  }
  expect(sealedOnDisk()).toHaveLength(1);
});
