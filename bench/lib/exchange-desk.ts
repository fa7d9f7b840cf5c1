import type { PosternFile } from '../../scripts/launch/launch.ts';
import { controlVenue } from '../../test/support/control.ts';
import { createTenant } from '../../test/support/tenants.ts';

/** Of a user that only the bench's emulator knows. */
const LOGIN = { username: 'bench', password: 'Local-exchange-1' };

export interface Desk {
  readonly keys: readonly string[];
  /** Of the exchange itself. */
  readonly token: string;
}

/** A desk with so many keys whose login the vault keeps, and money that no bench spends. */
export async function deskAt(file: PosternFile, count: number): Promise<Desk> {
  const { username: name, password } = LOGIN;
  await control(file, 'user', { name, firm: 'Bench', accounts: ['main'], password });
  await control(file, 'fund', { account: 'firms/Bench/accounts/main', usd: '100000000' });
  const exchange = file.emulators.exchange ?? '';
  const { accessToken } = await post<{ accessToken: string }>(`${exchange}/auth/v1beta1/login`, LOGIN);
  const created = await createTenant(file, { roles: ['trader', 'desk'], keys: count });
  const keys = created.keys.map(({ raw_key: key }) => key);
  const stored = { ...LOGIN, store: true };
  await post(`${file.url}/auth/v1beta1/login`, stored, { 'x-api-key': keys[0] ?? '' });
  return { keys, token: accessToken };
}

/** Every symbol that the exchange trades. */
export async function symbolsOf({ emulators }: PosternFile, token: string): Promise<readonly string[]> {
  const url = `${emulators.exchange ?? ''}/api/v1beta1/list_symbols`;
  const { symbols } = await post<{ symbols: readonly string[] }>(
    url,
    {},
    { authorization: `Bearer ${token}` },
  );
  return symbols;
}

/** Has the exchange make so many books, at a rate per second; settles when it has. */
export async function makeBooks(file: PosternFile, books: number, perSecond: number): Promise<void> {
  await control(file, 'generate', { books, per_second: perSecond });
  for (;;) {
    const response = await fetch(`${file.emulators.exchange ?? ''}/__control/stats`);
    // The emulator's own counters.
    const { counts } = (await response.json()) as { readonly counts: { readonly jobs: number } };
    if (counts.jobs === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const control = (file: PosternFile, path: string, body: Readonly<Record<string, unknown>>): Promise<void> =>
  controlVenue(file, path, body, 'POST', 'exchange');

/** Throws for any reply that is not 2xx: such a run would measure something else. */
async function post<T>(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  // What the caller says that this route of ours or of the emulator answers.
  return (await response.json()) as T;
}
