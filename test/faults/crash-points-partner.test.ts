import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultPoint } from '../../shared/testing/fault-points.ts';
import { member, rowsOf, type Answer } from '../end-to-end/support/ask.ts';
import {
  ACCOUNTS,
  accountBody,
  newPartner,
  openSession,
  USERS,
  type Partner,
} from '../end-to-end/support/partner.ts';
import { killAndWait, killAt, armFault, startInstrumented } from '../support/instruments.ts';
import { mailedToken, mailsTo, tokenIn } from '../support/outbox.ts';
import type { OwnProgram } from '../support/program.ts';

// As crash-points.test.ts, for a partner's accounts, which external_id names, and for the links that it mails.

let program: OwnProgram;
beforeAll(async () => {
  program = await startInstrumented();
});
afterAll(() => program.stop());

const listed = async (partner: Partner): Promise<readonly unknown[]> => {
  const answer = await partner.call('GET', ACCOUNTS);
  return rowsOf({ ...answer, json: member(answer, 'data') });
};

describe('kill -9 while an account is opened: the same request again completes it, with its deposit', () => {
  test.each<FaultPoint>([
    'tenant/partner-account/row-written',
    'tenant/partner-account/opened',
    'gateway/request/handled',
  ])('%s', async (point) => {
    const partner = await newPartner(program.file);
    const body = accountBody((await partner.user()).id, { starting_balance: '4321.00' });
    const create = (): Promise<Answer> => partner.call('POST', ACCOUNTS, body);
    await killAt(program, point, create);
    const other = await partner.call('POST', ACCOUNTS, { ...body, starting_balance: '1.00' });
    // Either nothing stands, or the name is taken by the first.
    const again = other.status === 409 ? await create() : other;
    expect([200, 201], again.text).toContain(again.status);
    const [row, ...more] = await listed(partner);
    expect(more).toEqual([]);
    const { account_id, starting_balance } = row as Readonly<Record<string, string>>;
    const state = await partner.call('GET', `${ACCOUNTS}/${account_id}`);
    expect(state.json).toMatchObject({ balance: starting_balance, starting_balance });
  });
});

describe('kill -9 while an account is closed or reset: the same request again ends it', () => {
  test.each<readonly [FaultPoint, 'close' | 'reset', string]>([
    ['account/attempt/committed', 'close', 'closed'],
    ['tenant/partner-account/ended', 'close', 'closed'],
    ['tenant/partner-account/ended', 'reset', 'active'],
  ])('%s, %s', async (point, how, status) => {
    const partner = await newPartner(program.file);
    const account = await partner.account(await partner.user());
    if (how === 'reset') await partner.call('POST', `${ACCOUNTS}/${account}/close`);
    const end = (): Promise<Answer> => partner.call('POST', `${ACCOUNTS}/${account}/${how}`);
    await killAt(program, point, end);
    expect((await end()).json).toMatchObject({ status, balance: '10000.00' });
    const read = await partner.call('GET', `${ACCOUNTS}/${account}`);
    expect(read.json).toMatchObject({ status });
  });
});

describe('kill -9 while a link is mailed: nobody asks again, and it comes', () => {
  test.each<FaultPoint>(['tenant/link/recorded', 'tenant/link/mailed'])('%s', async (point) => {
    const partner = await newPartner(program.file);
    const email = `${randomUUID()}@example.com`;
    const made = await partner.call('POST', USERS, { external_id: 'x', email });
    const fault = await armFault(program, point, 'hang');
    const asked = await partner.call('POST', `${USERS}/${String(member(made, 'user_id'))}/login-link`);
    expect(asked.status, asked.text).toBe(202);
    await fault.reached();
    const before = mailsTo(program.file, email).length;
    expect(before).toBe(point === 'tenant/link/recorded' ? 0 : 1);
    await killAndWait(program);
    // Whatever wakes the tenant: it finds what was left.
    await partner.call('GET', USERS);
    const last = await mailedToken(program.file, email, before + 1);
    const [first = ''] = mailsTo(program.file, email).map(tokenIn);
    // All mails of a link are good for one use of it.
    expect((await openSession(program.file, first)).status).toBe(201);
    expect((await openSession(program.file, last)).code).toBe('INVALID_TOKEN');
  });
});
