import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moveClock, startInstrumented } from '../support/instruments.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant, operate, type TenantSpec } from '../support/tenants.ts';
import { ask, eventually, expectRefusal, member, type Answer } from './support/ask.ts';

const PROBE = '/v1/auth/ban-status/closed-only';
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();

const vars = { CLIENT_IP_HEADER: 'x-test-address' };
let before: OwnProgram;
let after: OwnProgram;
beforeAll(async () => {
  [before, after] = await Promise.all([
    startProgram({ vars: { ...vars, BETA_CUTOFF: TOMORROW } }),
    startProgram({ vars: { ...vars, BETA_CUTOFF: YESTERDAY } }),
  ]);
});
afterAll(() => Promise.all([before.stop(), after.stop()]));

interface Cohort {
  readonly tenant: string;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

async function cohort(program: OwnProgram, spec: TenantSpec = {}): Promise<Cohort> {
  const { tenant, keys } = await createTenant(program.file, { tier: 'free', admission: 'cohort', ...spec });
  const headers = { 'x-api-key': keys[0]?.raw_key ?? '' };
  return { tenant, call: (method, path, body) => ask(program.file.url, method, path, { headers, body }) };
}

const tierOf = (answer: Answer): string | null => answer.headers.get('x-ratelimit-tier');
const expired = (answer: Answer): string | null => answer.headers.get('x-api-beta-cutoff');
const ranOut = (answer: Answer): boolean => expired(answer) === 'expired';

test('before the cutoff a cohort key runs at enterprise and trades', async () => {
  const { call } = await cohort(before);
  const answer = await call('DELETE', '/v1/cancel-all');
  expect([answer.status, tierOf(answer), expired(answer)]).toEqual([200, 'enterprise', null]);
});

describe('after the cutoff', () => {
  test('it runs as free and says so on every reply', async () => {
    const { call } = await cohort(after);
    const answer = await call('GET', PROBE);
    expect([answer.status, tierOf(answer), expired(answer)]).toEqual([200, 'free', 'expired']);
    expect(member(answer, 'closed_only')).toBe(true);
  });

  test('it reads and no longer trades; a refusal says that the beta is over', async () => {
    const { call } = await cohort(after);
    const answer = await call('DELETE', '/v1/cancel-all');
    expectRefusal(answer, 403, 'INSUFFICIENT_PERMISSION');
    expect(expired(answer)).toBe('expired');
  });

  test('a reply of the limiter and of a public route say it too', async () => {
    const { call } = await cohort(after);
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('GET', '/v1/keys/tiers')));
    expect(answers.some((answer) => answer.status === 429)).toBe(true);
    expect(answers.every(ranOut)).toBe(true);
  });

  test('a restricted key says it too', async () => {
    const { tenant, call } = await cohort(after);
    await operate(after.file, 'PATCH', `/tenants/${tenant}`, { flagged: true });
    const answer = await eventually(
      () => call('GET', PROBE),
      ({ status }) => status === 403,
    );
    expectRefusal(answer, 403, 'ACCESS_RESTRICTED');
    expect(expired(answer)).toBe('expired');
  });

  test('keys of other tenants know nothing of it', async () => {
    const { call } = await cohort(after, { admission: 'self_serve', tier: 'enterprise' });
    const answer = await call('GET', PROBE);
    expect([answer.status, tierOf(answer), expired(answer)]).toEqual([200, 'enterprise', null]);
  });
});

describe('the cutoff moves', () => {
  test('it passes while the program runs, to the millisecond, without anybody doing anything', async () => {
    const program = await startInstrumented({ vars: { ...vars, BETA_CUTOFF: TOMORROW } });
    try {
      const { tenant, call } = await cohort(program);
      const now = await moveClock(program, { kind: 'stand' });
      const cutoff = new Date(now + 1_000).toISOString();
      await operate(program.file, 'PATCH', `/tenants/${tenant}`, { beta_cutoff: cutoff });
      await moveClock(program, { kind: 'advance', ms: 999 });
      const last = await call('DELETE', '/v1/cancel-all');
      expect([last.status, tierOf(last), expired(last)]).toEqual([200, 'enterprise', null]);
      await moveClock(program, { kind: 'advance', ms: 1 });
      const then = await call('DELETE', '/v1/cancel-all');
      expect([then.status, tierOf(then), expired(then)]).toEqual([403, 'free', 'expired']);
    } finally {
      await program.stop();
    }
  });

  test("the operator's cutoff for a new tenant counts from its first request", async () => {
    const { call } = await cohort(before, { beta_cutoff: YESTERDAY });
    expect(ranOut(await call('GET', PROBE))).toBe(true);
  });

  test('the global setting reaches cohort keys within 5 s, and tenants that join later', async () => {
    const program = await startProgram({ vars: { ...vars, BETA_CUTOFF: TOMORROW } });
    try {
      const joined = await cohort(program);
      const later = await cohort(program, { admission: 'none', tier: 'pro' });
      expect(ranOut(await joined.call('GET', PROBE))).toBe(false);
      await operate(program.file, 'PATCH', '/settings', { beta_cutoff: YESTERDAY });
      expect(ranOut(await eventually(() => joined.call('GET', PROBE), ranOut))).toBe(true);
      await operate(program.file, 'PATCH', `/tenants/${later.tenant}`, { admission: 'cohort' });
      const answer = await eventually(() => later.call('GET', PROBE), ranOut);
      expect([answer.status, expired(answer)]).toEqual([200, 'expired']);
    } finally {
      await program.stop();
    }
  });
});

describe('GET /api/beta/cohort-status', () => {
  test('tells the cohort to anybody, and counts who joined', async () => {
    const status = (): Promise<Answer> => ask(after.file.url, 'GET', '/api/beta/cohort-status');
    const first = await status();
    expect(first.status).toBe(200);
    expect(Object.keys(first.json ?? {}).toSorted()).toEqual([
      'active',
      'available',
      'cap',
      'cohort_label',
      'cutoff',
      'reopens_at',
    ]);
    expect(member(first, 'cutoff')).toBe(YESTERDAY);
    await cohort(after);
    const second = await status();
    const [was, is] = [Number(member(first, 'active')), Number(member(second, 'active'))];
    expect(is).toBe(was + 1);
    expect(Number(member(second, 'available'))).toBe(Number(member(second, 'cap')) - is);
  });
});
