import { existsSync, readFileSync } from 'node:fs';

/** The tenants of a local deployment and what the operator gives each. */
const tenants = {
  trader: { tier: 'enterprise', roles: ['trader'] },
  builder: { tier: 'enterprise', roles: ['trader', 'builder'] },
  partner: { tier: 'enterprise', roles: ['trader', 'partner'] },
  desk: { tier: 'enterprise', roles: ['trader', 'desk'] },
  free: { tier: 'free', roles: ['trader'] },
} as const;

export type SeedName = keyof typeof tenants;
export type SeedKeys = Readonly<Record<SeedName, string>>;
const names: readonly SeedName[] = ['trader', 'builder', 'partner', 'desk', 'free'];

/** Owner (`sub`) of the local trader's tenant, whom the sample user token names. */
export const SAMPLE_OWNER = 'local-trader';

/**
 * One key for each kind of tenant: those of an earlier start if they still work, else new tenants. `walletAddress`
 * becomes the trader's, so that Polymarket's clients can sign in with it.
 */
export async function seedKeys(
  url: string,
  adminToken: string,
  walletAddress: string,
  stateFile: string,
): Promise<SeedKeys> {
  const earlier = await keysOf(stateFile, url);
  if (earlier) return earlier;
  const keys: Partial<Record<SeedName, string>> = {};
  for (const name of names) keys[name] = await createTenant(url, adminToken, name, walletAddress);
  return complete(keys);
}

async function createTenant(
  url: string,
  adminToken: string,
  name: SeedName,
  wallet: string,
): Promise<string> {
  const own = name === 'trader' ? { wallet_address: wallet, owner: SAMPLE_OWNER } : {};
  const response = await fetch(`${url}/admin/v1/tenants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `local ${name}`,
      ...tenants[name],
      admission: 'self_serve',
      keys: 1,
      ...own,
    }),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`creating the local ${name} tenant failed: ${text}`);
  // Our own gateway's reply, just created by the route whose schema says so.
  const { tenant, keys } = JSON.parse(text) as {
    readonly tenant: string;
    readonly keys: readonly { readonly raw_key: string }[];
  };
  if (name === 'partner') await setRedirects(url, adminToken, tenant);
  return keys[0]?.raw_key ?? '';
}

/** Where the local partner's login links may lead: the portal of the seed's own examples, and a developer's machine. */
const REDIRECTS = ['https://polysimulator.com/', 'http://localhost/'];

async function setRedirects(url: string, adminToken: string, tenant: string): Promise<void> {
  const response = await fetch(`${url}/admin/v1/tenants/${tenant}/partner`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ redirects: REDIRECTS }),
  });
  if (!response.ok) throw new Error(`the local partner was not set up: ${await response.text()}`);
  await response.body?.cancel();
}

async function keysOf(stateFile: string, url: string): Promise<SeedKeys | undefined> {
  if (!existsSync(stateFile)) return undefined;
  // A file that a start before this one wrote; whatever in it no longer works is replaced.
  const { keys } = JSON.parse(readFileSync(stateFile, 'utf8')) as { readonly keys?: Partial<SeedKeys> };
  if (!keys) return undefined;
  const checks = await Promise.all(names.map((name) => works(url, keys[name])));
  return checks.every(Boolean) ? complete(keys) : undefined;
}

async function works(url: string, key: string | undefined): Promise<boolean> {
  if (key === undefined) return false;
  const response = await fetch(`${url}/v1/auth/ban-status/closed-only`, { headers: { 'x-api-key': key } });
  await response.body?.cancel();
  return response.status === 200;
}

function complete(keys: Partial<SeedKeys>): SeedKeys {
  const { trader = '', builder = '', partner = '', desk = '', free = '' } = keys;
  return { trader, builder, partner, desk, free };
}
