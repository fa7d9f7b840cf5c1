import { randomUUID } from 'node:crypto';
import { createTenant, operate, type TenantSpec } from '../../support/tenants.ts';
import { ask } from '../support/ask.ts';
import { localToken, type Claims } from '../support/local-token.ts';
import type { Provocations, Provoke, Stage } from './provoke.ts';
import { newTrader } from '../support/trader.ts';

const PROBE = '/v1/auth/ban-status/closed-only';

/** The probe with some credential. */
const probe =
  (credential: Readonly<Record<string, string>>, path = PROBE): Provoke =>
  ({ program }) =>
  (headers = {}) =>
    ask(program.file.url, 'GET', path, { headers: { ...credential, ...headers } });

/** The probe with a key that the operator has changed. */
const changed =
  (change: Readonly<Record<string, unknown>>): Provoke =>
  async ({ program }) => {
    const { tenant, keys } = await createTenant(program.file);
    const [key] = keys;
    await operate(program.file, 'PATCH', `/tenants/${tenant}/keys/${key?.id}`, change);
    return (headers = {}) =>
      ask(program.file.url, 'GET', PROBE, { headers: { 'x-api-key': key?.raw_key ?? '', ...headers } });
  };

/** The balance, asked for with a token of these claims. */
const token =
  (claims: Claims): Provoke =>
  async ({ program }) => {
    const authorization = `Bearer ${await localToken(program.home, { subject: randomUUID(), ...claims })}`;
    return (headers = {}) =>
      ask(program.file.url, 'GET', '/v1/account/balance', { headers: { authorization, ...headers } });
  };

/** A request for a key. */
const issue =
  (spec: TenantSpec, body: unknown = {}): Provoke =>
  async ({ program }) => {
    const trader = await newTrader(program.file, spec);
    return (headers) => trader.call('POST', '/v1/keys', body, headers);
  };

const selfServe = async ({ program }: Stage, on: boolean): Promise<void> => {
  await operate(program.file, 'PATCH', '/settings', { self_serve: on });
};

/** Refusals of credentials, rights, plans and rates. */
export const accessProvocations: Provocations = {
  MISSING_AUTH: probe({}, '/v1/account/balance'),
  MISSING_API_KEY: probe({}),
  INVALID_KEY: probe({ 'x-api-key': `pst_test_${'A'.repeat(48)}` }),
  KEY_EXPIRED: changed({ expires_at: new Date(Date.now() - 1_000).toISOString() }),
  KEY_DEACTIVATED: changed({ is_active: false }),
  INVALID_TOKEN: token({ audience: 'somebody else' }),
  TOKEN_EXPIRED: token({ expiresIn: -10 }),
  INSUFFICIENT_PERMISSION: async ({ program }) => {
    const trader = await newTrader(program.file, { tier: 'free' });
    return (headers) => trader.call('POST', '/v1/account/redeem', undefined, headers);
  },
  ACCESS_RESTRICTED: async ({ program }) => {
    const trader = await newTrader(program.file, { flagged: true });
    return (headers) => trader.call('GET', PROBE, undefined, headers);
  },
  CLOSED_BETA: issue({ admission: 'none', tier: 'pro' }),
  API_PRO_COMING_SOON: async (stage) => {
    const send = await issue({ admission: 'none', tier: 'pro' })(stage);
    return async (headers) => {
      await selfServe(stage, true);
      try {
        return await send(headers);
      } finally {
        await selfServe(stage, false);
      }
    };
  },
  TIER_REQUIRES_UPGRADE: issue({ tier: 'free' }, { permissions: ['trade'] }),
  BOOTSTRAP_NOT_ALLOWED: async ({ program }) => {
    const owner = randomUUID();
    await createTenant(program.file, { owner });
    const authorization = `Bearer ${await localToken(program.home, { subject: owner })}`;
    return (headers = {}) =>
      ask(program.file.url, 'POST', '/v1/keys/bootstrap', {
        headers: { authorization, ...headers },
        body: {},
      });
  },
  UPGRADE_REQUIRED: async ({ program }) => {
    const trader = await newTrader(program.file, { tier: 'pro' });
    for (let made = 0; made < 3; made += 1) await trader.call('POST', '/v1/me/wallets', {});
    return (headers) => trader.call('POST', '/v1/me/wallets', {}, headers);
  },
};
