import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scheduler } from 'node:timers/promises';
import type { PosternFile } from '../../scripts/launch/launch.ts';
import { orderShots } from './shots.ts';
import type { Origin } from '../servers/origin.ts';

/** A partner with one trader user. */
export interface BenchPartner {
  readonly key: string;
  readonly user: number;
  readonly email: string;
}

/** Its first account too. */
export interface OpenPartner extends BenchPartner {
  readonly account: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** One call that must succeed; a limit that is used up is waited for. */
export async function call(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const response = await fetch(url, {
      method,
      headers: { ...JSON_TYPE, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (response.status !== 429) throw new Error(`${method} ${url}: ${response.status} ${text}`);
    await scheduler.wait(Number(response.headers.get('retry-after') ?? '1') * 1_000);
  }
}

/** A partner tenant of its own, with a trader user and an account. */
export async function newPartner(file: PosternFile, name: string): Promise<OpenPartner> {
  const operator = { authorization: `Bearer ${file.adminToken}` };
  const made = await call(`${file.url}/admin/v1/tenants`, 'POST', operator, {
    name: 'bench',
    tier: 'enterprise',
    admission: 'self_serve',
    roles: ['trader', 'partner'],
    keys: 1,
  });
  // The operator's own reply, from the route whose schema says so.
  const [{ raw_key: key } = { raw_key: '' }] = made['keys'] as readonly { readonly raw_key: string }[];
  const email = `${name}@example.com`;
  const body = { external_id: name, email };
  const user = await call(`${file.url}/v1/partner/users`, 'POST', { 'x-api-key': key }, body);
  const partner = { key, user: Number(user['user_id']), email };
  return { ...partner, account: await openAccount(file.url, partner, 'first') };
}

export async function openAccount(
  url: string,
  { key, user }: BenchPartner,
  externalId: string,
): Promise<string> {
  const body = { user_id: user, external_id: externalId, stage: 'demo', starting_balance: '1000000.00' };
  const account = await call(`${url}/v1/partner/accounts`, 'POST', { 'x-api-key': key }, body);
  return String(account['account_id']);
}

/** Signs the partner's trader in by mail and lets it fill so many small orders. */
export async function trade(
  file: PosternFile,
  { key, user, email }: BenchPartner,
  origin: Origin,
  fills: number,
): Promise<void> {
  await call(`${file.url}/v1/partner/users/${user}/login-link`, 'POST', { 'x-api-key': key }, {});
  const token = await mailedToken(file.outbox, email);
  const session = await call(`${file.url}/v1/trader/session`, 'POST', { 'x-api-key': key }, { token });
  const authorization = `Bearer ${String(session['session_token'])}`;
  const [shot] = orderShots(['x'], origin);
  for (let done = 0; done < fills; done += ARRAY) {
    const orders = Array.from({ length: ARRAY }, (_, index) => {
      const order = JSON.parse(shot?.body ?? '{}') as { readonly order: object };
      return { ...order, order: { ...order.order, salt: String(done + index + 1) } };
    });
    await call(`${file.url}/v1/orders`, 'POST', { authorization }, orders);
  }
}

/** Orders of one array at most (contract: clob). */
const ARRAY = 15;

async function mailedToken(outbox: string, email: string): Promise<string> {
  for (let look = 0; look < 1_000; look += 1) {
    for (const name of readdirSync(outbox).filter((file) => file.endsWith('.eml') && !file.startsWith('.'))) {
      const mail = readFileSync(join(outbox, name), 'utf8').replaceAll('=\r\n', '');
      const [token] = /ptl_\w+/.exec(mail.includes(`To: ${email}\r\n`) ? mail : '') ?? [];
      if (token !== undefined) return token;
    }
    await scheduler.wait(20);
  }
  throw new Error(`no mail to ${email}`);
}
