import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant, operate, type TenantSpec } from '../support/tenants.ts';
import { ask, eventually, expectRefusal, member, textOf, type Answer } from './support/ask.ts';

const PROBE = '/v1/auth/ban-status/closed-only';

const vars = { CLIENT_IP_HEADER: 'x-test-address' };
let closed: OwnProgram;
let open: OwnProgram;
beforeAll(async () => {
  [closed, open] = await Promise.all([
    startProgram({ vars }),
    startProgram({ vars: { ...vars, SELF_SERVE_ISSUANCE: 'true' } }),
  ]);
});
afterAll(() => Promise.all([closed.stop(), open.stop()]));

interface Known {
  readonly program: OwnProgram;
  readonly tenant: string;
  readonly key: string;
}

/** A tenant with one key, in one of the two programs. */
async function known(program: OwnProgram, spec: TenantSpec): Promise<Known> {
  const { tenant, keys } = await createTenant(program.file, spec);
  return { program, tenant, key: keys[0]?.raw_key ?? '' };
}

const call = ({ program, key }: Known, method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(program.file.url, method, path, { headers: { 'x-api-key': key }, body });
const change = async ({ program, tenant }: Known, body: unknown): Promise<void> => {
  const response = await operate(program.file, 'PATCH', `/tenants/${tenant}`, body);
  expect(response.status, await response.text()).toBe(200);
};

describe('who may issue keys', () => {
  test.each(['free', 'pro', 'pro_plus', 'enterprise'] as const)(
    'while self-serve is off, a %s tenant that is not admitted gets CLOSED_BETA',
    async (tier) => {
      const tenant = await known(closed, { admission: 'none', tier });
      expectRefusal(await call(tenant, 'POST', '/v1/keys', {}), 403, 'CLOSED_BETA');
    },
  );

  test.each(['pro', 'pro_plus', 'enterprise'] as const)(
    'while self-serve is on, a %s tenant without a cohort gets API_PRO_COMING_SOON',
    async (tier) => {
      const tenant = await known(open, { admission: 'none', tier });
      expectRefusal(await call(tenant, 'POST', '/v1/keys', {}), 403, 'API_PRO_COMING_SOON');
    },
  );

  test('while self-serve is on, a free tenant admits itself, and the key it gets works', async () => {
    const tenant = await known(open, { admission: 'none', tier: 'free' });
    const answer = await call(tenant, 'POST', '/v1/keys', {});
    expect(answer.status, answer.text).toBe(201);
    const probe = await call({ ...tenant, key: textOf(answer, 'raw_key') }, 'GET', PROBE);
    expect([probe.status, probe.code]).toEqual([200, null]);
  });

  test.each(['cohort', 'self_serve'] as const)(
    'a tenant admitted by %s may issue in both',
    async (admission) => {
      for (const program of [closed, open]) {
        const tenant = await known(program, { admission });
        expect((await call(tenant, 'POST', '/v1/keys', {})).status).toBe(201);
      }
    },
  );

  test('the switch itself works while the program runs', async () => {
    const program = await startProgram({ vars });
    try {
      const tenant = await known(program, { admission: 'none', tier: 'pro' });
      const settings = await operate(program.file, 'PATCH', '/settings', { self_serve: true });
      expect(await settings.json()).toMatchObject({ self_serve: true });
      expectRefusal(await call(tenant, 'POST', '/v1/keys', {}), 403, 'API_PRO_COMING_SOON');
      await operate(program.file, 'PATCH', '/settings', { self_serve: false });
      expectRefusal(await call(tenant, 'POST', '/v1/keys', {}), 403, 'CLOSED_BETA');
    } finally {
      await program.stop();
    }
  });
});

describe('who may use a key', () => {
  const restrictions = [{ admission: 'none' }, { flagged: true }, { under_review: true }] as const;
  const paths = [PROBE, '/v1/account/balance', '/v1/data/orders', '/v1/keys', '/v1/auth/api-keys'];

  test.each(restrictions)(
    '%j restricts every other route within 5 s, and lifting it within 5 s too',
    async (restriction) => {
      const tenant = await known(closed, {});
      expect((await call(tenant, 'GET', PROBE)).status).toBe(200);
      await change(tenant, restriction);
      const refused = (answer: Answer): boolean => answer.status === 403;
      await eventually(() => call(tenant, 'GET', PROBE), refused);
      for (const path of paths) expectRefusal(await call(tenant, 'GET', path), 403, 'ACCESS_RESTRICTED');
      await change(tenant, { admission: 'self_serve', flagged: false, under_review: false });
      const again = await eventually(
        () => call(tenant, 'GET', PROBE),
        (answer) => !refused(answer),
      );
      expect(again.status).toBe(200);
    },
  );

  test.each([{ flagged: true }, { under_review: true }])('%j holds for issuance too', async (restriction) => {
    const tenant = await known(closed, {});
    await change(tenant, restriction);
    const refused = (answer: Answer): boolean => answer.status === 403;
    const answer = await eventually(() => call(tenant, 'POST', '/v1/keys', {}), refused);
    expectRefusal(answer, 403, 'ACCESS_RESTRICTED');
  });

  test.each([{ flagged: true }, { under_review: true }])(
    'a tenant that the operator creates with %j is restricted from its first request',
    async (restriction) => {
      const tenant = await known(closed, restriction);
      expectRefusal(await call(tenant, 'GET', PROBE), 403, 'ACCESS_RESTRICTED');
    },
  );

  test('a lower tier reaches every key within 5 s: limits and rights', async () => {
    const tenant = await known(closed, { tier: 'enterprise' });
    await change(tenant, { tier: 'free' });
    const answer = await eventually(
      () => call(tenant, 'GET', PROBE),
      ({ headers }) => headers.get('x-ratelimit-tier') === 'free',
    );
    expect(answer.headers.get('x-ratelimit-limit')).toBe('120');
    expect(member(answer, 'closed_only')).toBe(true);
  });
});

describe('names of tenants', () => {
  const wallet = (): string => `0x${crypto.randomUUID().replaceAll('-', '').padEnd(40, '0')}`;

  test('a wallet of another tenant is refused, and nothing of the change stays', async () => {
    const [theirs, free] = [wallet(), wallet()];
    await known(closed, { wallet_address: theirs, owner: `owner-${theirs}` });
    const tenant = await known(closed, {});
    const response = await operate(closed.file, 'PATCH', `/tenants/${tenant.tenant}`, {
      wallet_address: free,
      owner: `owner-${theirs}`,
    });
    expect(response.status).toBe(422);
    // The free wallet is still free: whoever asks for it next gets it.
    const next = await known(closed, {});
    await change(next, { wallet_address: free });
  });

  test('creating a tenant with a name that is taken does not hand out another tenant’s keys', async () => {
    const theirs = wallet();
    const first = await known(closed, { wallet_address: theirs });
    const response = await operate(closed.file, 'POST', '/tenants', {
      name: 'second',
      wallet_address: theirs,
      keys: 1,
    });
    const body = (await response.json()) as { readonly tenant?: string };
    expect([response.status, body.tenant]).not.toEqual([201, first.tenant]);
  });

  test('a new wallet beside a known owner does not lead to a tenant that does not exist', async () => {
    const [mine, fresh] = [wallet(), wallet()];
    await known(closed, { wallet_address: mine, owner: `owner-${mine}` });
    await operate(closed.file, 'POST', '/tenants', {
      name: 'x',
      wallet_address: fresh,
      owner: `owner-${mine}`,
    });
    // Whatever became of that call, the wallet can still be given to a tenant of its own.
    const other = await known(closed, {});
    await change(other, { wallet_address: fresh });
  });
});
