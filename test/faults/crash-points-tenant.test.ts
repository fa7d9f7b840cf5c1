import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultPoint } from '../../shared/testing/fault-points.ts';
import { ask, member, rowsOf, textOf, type Answer } from '../end-to-end/support/ask.ts';
import { localToken } from '../end-to-end/support/local-token.ts';
import { newTrader, type Trader } from '../end-to-end/support/trader.ts';
import { killAt, startInstrumented } from '../support/instruments.ts';
import type { OwnProgram } from '../support/program.ts';

// As crash-points.test.ts, for keys, wallets and new tenants. None of them carries a name of its own: who gets no
// reply looks, and asks again.

let program: OwnProgram;
beforeAll(async () => {
  program = await startInstrumented({
    vars: { CLIENT_IP_HEADER: 'x-test-address', SELF_SERVE_ISSUANCE: 'true' },
  });
});
afterAll(() => program.stop());

const keysOf = async (trader: Trader): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  rowsOf(await trader.call('GET', '/v1/keys'));
const walletsOf = async (trader: Trader): Promise<readonly unknown[]> =>
  rowsOf(await trader.call('GET', '/v1/me/wallets'));
const works = async (rawKey: string): Promise<number> =>
  (await ask(program.file.url, 'GET', '/v1/account/balance', { headers: { 'x-api-key': rawKey } })).status;

describe('kill -9 while a key is issued', () => {
  const issue = (trader: Trader): Promise<Answer> => trader.call('POST', '/v1/keys', {});

  test('tenant/key/gate-written: no key is listed, and the next one works', async () => {
    const trader = await newTrader(program.file);
    await killAt(program, 'tenant/key/gate-written', () => issue(trader));
    expect(await keysOf(trader)).toHaveLength(1);
    const again = await issue(trader);
    expect(await works(textOf(again, 'raw_key'))).toBe(200);
    expect(await keysOf(trader)).toHaveLength(2);
  });

  test('gateway/request/handled: a key that nobody was given is listed, and can be revoked', async () => {
    const trader = await newTrader(program.file);
    await killAt(program, 'gateway/request/handled', () => issue(trader));
    const [, lost] = await keysOf(trader);
    const revoked = await trader.call('DELETE', `/v1/keys/${String(lost?.['id'])}`);
    expect(revoked.status, revoked.text).toBe(200);
    expect(await works(textOf(await issue(trader), 'raw_key'))).toBe(200);
  });

  test('tenant/key/row-written: one of the two', async () => {
    const trader = await newTrader(program.file);
    await killAt(program, 'tenant/key/row-written', () => issue(trader));
    const listed = (await keysOf(trader)).length;
    expect([1, 2]).toContain(listed);
    expect(await works(textOf(await issue(trader), 'raw_key'))).toBe(200);
    expect(await keysOf(trader)).toHaveLength(listed + 1);
  });
});

describe('kill -9 while a sandbox wallet is opened', () => {
  const open = (trader: Trader): Promise<Answer> =>
    trader.call('POST', '/v1/me/wallets', { starting_balance: '250.00' });

  test('tenant/wallet/account-opened: none is listed, and the next one gets its number and its deposit', async () => {
    const trader = await newTrader(program.file);
    // Cut short with another deposit than the one that follows.
    await killAt(program, 'tenant/wallet/account-opened', () => trader.call('POST', '/v1/me/wallets', {}));
    expect(await walletsOf(trader)).toEqual([]);
    expect((await open(trader)).json).toMatchObject({ id: 1, balance: '250.00' });
  });

  test.each<FaultPoint>(['tenant/wallet/row-written', 'gateway/request/handled'])(
    '%s: one that is listed is whole',
    async (point) => {
      const trader = await newTrader(program.file);
      await killAt(program, point, () => open(trader));
      const before = await walletsOf(trader);
      expect((await open(trader)).json).toMatchObject({ id: before.length + 1, balance: '250.00' });
      for (const wallet of await walletsOf(trader)) expect(wallet).toMatchObject({ balance: '250.00' });
    },
  );
});

describe('kill -9 while a new owner becomes a tenant', () => {
  test.each<FaultPoint>(['tenant/claim/name-claimed', 'tenant/claim/tenant-created'])(
    '%s: the next sign-in completes it, and there is one tenant',
    async (point) => {
      const authorization = `Bearer ${await localToken(program.home, { subject: randomUUID() })}`;
      const bootstrap = (): Promise<Answer> =>
        ask(program.file.url, 'POST', '/v1/keys/bootstrap', { headers: { authorization }, body: {} });
      await killAt(program, point, bootstrap);
      const again = await bootstrap();
      expect(again.status, again.text).toBe(201);
      const byKey = { headers: { 'x-api-key': textOf(again, 'raw_key') } };
      const [token, key] = [
        await ask(program.file.url, 'GET', '/v1/me', { headers: { authorization } }),
        await ask(program.file.url, 'GET', '/v1/me', byKey),
      ];
      expect(member(key, 'tenant')).toBe(member(token, 'tenant'));
      expect(member(key, 'tenant')).toMatch(/^tnt_/);
    },
  );
});
