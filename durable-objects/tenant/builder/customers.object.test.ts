import { env } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import { micro, setBook, tradableTokens } from '../../../test/support/emulator-control.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import { accountObject, keyGate, tenantObject } from '../../rpc/stubs.ts';
import { vaultOf } from '../../rpc/vault-stubs.ts';
import { customerAccountId, customerOfAccount, tenantAccountId } from '../../../shared/keys/account-ids.ts';

const market = (await tradableTokens()).find(({ tick }) => tick <= 10_000n);
if (!market) throw new Error('the emulator has no market for these tests');
const token = market.id;

const actor = { id: 'test', requestId: 'request-1' };

let tenant: string;
beforeEach(async () => {
  tenant = `tnt_${crypto.randomUUID()}`;
  await builder().create(
    {
      tenant,
      name: 'test builder',
      tier: 'enterprise',
      roles: ['trader', 'builder'],
      admission: 'self_serve',
      flagged: false,
      underReview: false,
      betaCutoff: 0,
      walletAddress: null,
      owner: null,
      defaultVenue: 'paper',
    },
    actor,
  );
});
const builder = () => tenantObject(env, tenant);
const stored = () => env.TENANT.getByName(tenant);

async function newCustomer(externalId = 'someone'): Promise<{ readonly id: string; readonly gate: string }> {
  const created = await builder().createCustomer({ externalId, email: 'someone@example.com' }, actor);
  if (!created.ok || created.rawKey === undefined) throw new Error('no customer');
  return { id: created.customer.id, gate: await sha256Hex(created.rawKey) };
}

/** Leaves an order of 40 USD resting on an account. */
async function restOrder(account: string): Promise<void> {
  await setBook(token, [], [{ price: '0.900', size: '1000' }]);
  const order = {
    tokenId: token,
    side: 'BUY' as const,
    timeInForce: 'GTC' as const,
    kind: 'limit' as const,
    price: micro('0.4'),
    size: micro('100'),
    postOnly: false,
    priceFromAmounts: false,
    owner: 'test',
    maker: '0xtest',
  };
  await accountObject(env, account).place({ orders: [order], maxWrites: 10 });
  expect(await accountObject(env, account).money()).toMatchObject({ reserved: micro('40') });
}

/** What the tenant stores of a customer. */
const rowOf = (id: string): Promise<Record<string, SqlStorageValue>> =>
  runInDurableObject(stored(), (_, { storage }) =>
    storage.sql.exec('SELECT * FROM customers WHERE id = ?', id).one(),
  );

/** Leaves the tenant as a death just after a deletion's first write leaves it. */
async function dieHalfWay(id: string): Promise<void> {
  await runInDurableObject(stored(), async (_, { storage }) => {
    storage.sql.exec("UPDATE customers SET state = 'deleting', deleted_at = 1 WHERE id = ?", id);
    await storage.setAlarm(Date.now() + 3_600_000);
  });
  await evictDurableObject(stored());
}

describe('the deletion of a customer', () => {
  test('ends its key, its resting orders and everything that names the person', async () => {
    const { id, gate } = await newCustomer();
    const account = customerAccountId(tenant, id);
    await restOrder(account);
    expect(await builder().removeCustomer(id, actor)).toEqual({ ok: true });
    expect(await keyGate(env, gate).admit({})).toMatchObject({ ok: false, reason: 'INVALID_KEY' });
    expect(await accountObject(env, account).money()).toMatchObject({ reserved: 0n, cash: micro('10000') });
    expect(await rowOf(id)).toMatchObject({ state: 'deleted', external_id: null, email: null });
    expect(await runInDurableObject(stored(), (_, { storage }) => storage.getAlarm())).toBeNull();
  });

  test('ends its credentials in the vault, and lets none in that was on its way', async () => {
    const { id } = await newCustomer();
    const scope = { tenant, account: customerAccountId(tenant, id) };
    const call = { scope, actor: { keyId: 'key-1', requestId: 'req-1' } };
    const vault = vaultOf(env);
    expect(await vault.createWallet(call)).toMatchObject({ ok: true, created: true });
    // Cut short before anything else was told; the alarm goes on from the beginning.
    await dieHalfWay(id);
    expect(await runDurableObjectAlarm(stored())).toBe(true);
    expect(await vault.list(call)).toEqual({ ok: true, credentials: [] });
    expect(await vault.createWallet(call)).toMatchObject({ ok: false, reason: 'ACCOUNT_CLOSED' });
    expect(await rowOf(id)).toMatchObject({ state: 'deleted' });
  });

  test('cut short after its first write: nobody acts as the customer, and the alarm ends it', async () => {
    const { id, gate } = await newCustomer();
    await dieHalfWay(id);
    expect(await builder().admitCustomer(id)).toMatchObject({ ok: false, reason: 'CUSTOMER_FORBIDDEN' });
    expect(await builder().customer(id)).toMatchObject({ reason: 'CUSTOMER_NOT_FOUND' });
    // The key's own object has not been told yet; the tenant refuses it all the same.
    expect(await keyGate(env, gate).admit({})).toMatchObject({ ok: true });

    expect(await runDurableObjectAlarm(stored())).toBe(true);
    expect(await keyGate(env, gate).admit({})).toMatchObject({ reason: 'INVALID_KEY' });
    expect(await rowOf(id)).toMatchObject({ state: 'deleted', email: null });
    expect(await runDurableObjectAlarm(stored())).toBe(false);
  });

  test('cut short and said again: it goes on and says that it is done', async () => {
    const { id, gate } = await newCustomer();
    await dieHalfWay(id);
    expect(await builder().removeCustomer(id, actor)).toEqual({ ok: true });
    expect(await keyGate(env, gate).admit({})).toMatchObject({ reason: 'INVALID_KEY' });
    expect(await builder().removeCustomer(id, actor)).toMatchObject({ reason: 'CUSTOMER_NOT_FOUND' });
  });

  test('cut short, it does not stand in the way of a new customer of that external id', async () => {
    const old = await newCustomer('again');
    await dieHalfWay(old.id);
    const fresh = await newCustomer('again');
    await runDurableObjectAlarm(stored());
    expect(await builder().admitCustomer(fresh.id)).toMatchObject({ ok: true });
    expect(await keyGate(env, fresh.gate).admit({})).toMatchObject({ ok: true });
    expect(await keyGate(env, old.gate).admit({})).toMatchObject({ reason: 'INVALID_KEY' });
  });
});

describe('a customer', () => {
  test.each(['tnt_cust', 'tnt_c_c', 'tnt_x'])('of %s is told by its account, and by no other', (owner) => {
    expect(customerOfAccount(owner, customerAccountId(owner, 'one_c'))).toBe('one_c');
    expect(customerOfAccount(owner, tenantAccountId(owner))).toBeNull();
  });

  test('has an account whose name follows from its id, and keeps it when the tenant is evicted', async () => {
    const { id } = await newCustomer();
    const account = `acct_${tenant}_c${id}`;
    expect(await builder().admitCustomer(id)).toMatchObject({ ok: true, account });
    await evictDurableObject(stored());
    expect(await builder().admitCustomer(id)).toMatchObject({ ok: true, account });
  });

  test('is told of what happens to its tenant through its key, like every key of the tenant', async () => {
    const { gate } = await newCustomer();
    await builder().update({ tier: 'pro' }, actor);
    expect(await keyGate(env, gate).admit({})).toMatchObject({ ok: true, principal: { tier: 'pro' } });
    await builder().update({ underReview: true }, actor);
    expect(await keyGate(env, gate).admit({})).toMatchObject({ reason: 'ACCESS_RESTRICTED' });
  });
});
