import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { mailedToken } from '../../support/outbox.ts';
import { operate, type TenantSpec } from '../../support/tenants.ts';
import { ask, member, textOf, type Answer } from './ask.ts';
import { newTrader, type Trader } from './trader.ts';

export const USERS = '/v1/partner/users';
export const ACCOUNTS = '/v1/partner/accounts';
/** On the allow-list of every partner that `newPartner` makes. */
export const PORTAL = 'https://portal.example.com/app/';

export interface OwnUser {
  readonly id: number;
  readonly email: string;
}

/** Asks as the trader of one account. */
export type AsTrader = (method: string, path: string, body?: unknown) => Promise<Answer>;

export interface Partner extends Trader {
  readonly user: () => Promise<OwnUser>;
  /** An account of a trader user; its id. */
  readonly account: (user: OwnUser, members?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** Signs a trader user in by the first link that it is mailed. */
  readonly signIn: (user: OwnUser) => Promise<AsTrader>;
}

/** A partner tenant of a test's own. */
export async function newPartner(file: PosternFile, spec: TenantSpec = {}): Promise<Partner> {
  const trader = await newTrader(file, { roles: ['trader', 'partner'], ...spec });
  const set = await operate(file, 'PATCH', `/tenants/${trader.tenant}/partner`, { redirects: [PORTAL] });
  expect(set.status, await set.text()).toBe(200);
  const made = async (path: string, body: unknown): Promise<Answer> => {
    const answer = await trader.call('POST', path, body);
    expect(answer.status, answer.text).toBe(201);
    return answer;
  };
  return {
    ...trader,
    async user() {
      const email = `${randomUUID()}@example.com`;
      const answer = await made(USERS, { external_id: randomUUID(), email });
      return { id: Number(member(answer, 'user_id')), email };
    },
    async account(user, members = {}) {
      const answer = await made(ACCOUNTS, accountBody(user.id, members));
      return textOf(answer, 'account_id');
    },
    async signIn({ id, email }) {
      const asked = await trader.call('POST', `${USERS}/${id}/login-link`);
      expect(asked.status, asked.text).toBe(202);
      return sessionOf(file, await openSession(file, await mailedToken(file, email)));
    },
  };
}

export const accountBody = (
  user: number,
  members: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  user_id: user,
  external_id: randomUUID(),
  stage: 'challenge',
  starting_balance: '10000.00',
  ...members,
});

export const openSession = (file: PosternFile, token: string): Promise<Answer> =>
  ask(file.url, 'POST', '/v1/trader/session', { body: { token } });

/** Asks with the session that a reply has opened. */
export function sessionOf(file: PosternFile, opened: Answer): AsTrader {
  expect(opened.status, opened.text).toBe(201);
  const authorization = `Bearer ${textOf(opened, 'session_token')}`;
  return (method, path, body) => ask(file.url, method, path, { headers: { authorization }, body });
}
