import { inject } from 'vitest';
import type { Actor, Scope } from '../../shared/vault/request.ts';

/** A desk of a test's own at the exchange emulator of the object tests. */
export interface Desk {
  readonly tenant: string;
  readonly scope: Scope;
  readonly actor: Actor;
  readonly username: string;
  readonly password: string;
  /** As the exchange names the user. */
  readonly user: string;
  /** As it names the account. */
  readonly account: string;
}

/** A call of the emulator's control API. */
export async function control(path: string, body: unknown): Promise<void> {
  const response = await fetch(`${inject('exchange').exchangeUrl}/__control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the emulator refused ${path}: ${await response.text()}`);
  await response.body?.cancel();
}

export async function newDesk(): Promise<Desk> {
  const id = crypto.randomUUID().slice(0, 8);
  const [firm, username, password] = [`Firm${id}`, `trader-${id}`, 'Local-exchange-1'];
  await control('user', { name: username, firm, accounts: ['main'], password });
  const tenant = `tnt_${id}`;
  return {
    tenant,
    scope: { tenant, account: `acct_${tenant}` },
    actor: { keyId: 'key_test', requestId: crypto.randomUUID() },
    username,
    password,
    user: `firms/${firm}/users/${username}`,
    account: `firms/${firm}/accounts/main`,
  };
}
