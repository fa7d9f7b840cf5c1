import { directory, tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { randomBase62 } from '../../../shared/keys/key-format.ts';
import { pauseAt } from '../../../shared/testing/fault-points.ts';
import type { Env } from '../env.ts';
import type { Profile, Actor } from '../../../durable-objects/tenant/api.ts';

/** What a new tenant is given; the rest has defaults. */
export type TenantInput = Pick<Profile, 'name' | 'tier' | 'roles' | 'admission' | 'walletAddress' | 'owner'> &
  Partial<Pick<Profile, 'flagged' | 'underReview' | 'betaCutoff' | 'defaultVenue'>>;

/** Length of a tenant's random part: 119 bits, so ids never meet. */
const ID_LENGTH = 20;

/**
 * Creates a tenant and gives it its names. The names are claimed first: of two callers with one wallet or owner
 * the second finds the first's tenant (`join`) or is refused (`new`). A crash in between leaves a claim that the
 * next sign-in completes.
 */
export async function provisionTenant(
  env: Env,
  input: TenantInput,
  actor: Actor,
  mode: 'join' | 'new' = 'join',
): Promise<Profile> {
  const { betaCutoff } = await directory(env, 'global').settings();
  const fresh = `tnt_${randomBase62(ID_LENGTH)}`;
  const tenant = await claimNames(env, tenantNamesOf(input), fresh, mode);
  const defaults = { flagged: false, underReview: false, betaCutoff, defaultVenue: 'paper' as const };
  if (INSTRUMENTED) await pauseAt('tenant/claim/name-claimed');
  const profile = await tenantObject(env, tenant).create({ ...defaults, ...input, tenant }, actor);
  if (INSTRUMENTED) await pauseAt('tenant/claim/tenant-created');
  await directory(env, 'global').enlist(tenant, profile.admission);
  return profile;
}

/** Names that lead to a tenant. */
export const tenantNamesOf = (input: Pick<Profile, 'walletAddress' | 'owner'>): readonly string[] => [
  ...(input.walletAddress === null ? [] : [`wallet:${input.walletAddress}`]),
  ...(input.owner === null ? [] : [`owner:${input.owner}`]),
];

/** Gives an existing tenant new names in place of others: all of the new ones, or none. */
export async function replaceTenantNames(
  env: Env,
  tenant: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const gained = after.filter((name) => !before.includes(name));
  await claimNames(env, gained, tenant, 'new');
  const lost = before.filter((name) => !after.includes(name));
  for (const name of lost) await directory(env, name).release(tenant);
}

/**
 * Claims every name for one tenant: the one that has any of them already (`join`), else the given one. Throws
 * VALIDATION_FAILED when they belong to somebody else, and then gives back what it claimed.
 */
async function claimNames(
  env: Env,
  names: readonly string[],
  candidate: string,
  mode: 'join' | 'new',
): Promise<string> {
  const holders = await Promise.all(names.map((name) => directory(env, name).owner()));
  const known = mode === 'join' ? holders.find((holder) => holder !== undefined) : undefined;
  const tenant = known ?? candidate;
  const claimed: string[] = [];
  for (const [index, name] of names.entries()) {
    const holder = await directory(env, name).claim(tenant);
    if (holder !== tenant) {
      for (const mine of claimed) await directory(env, mine).release(tenant);
      // Somebody came between our look and our claim: now there is a tenant to join.
      if (mode === 'join' && known === undefined) return claimNames(env, names, candidate, mode);
      throw taken(name);
    }
    if (holders[index] === undefined) claimed.push(name);
  }
  return tenant;
}

const taken = (name: string): RequestError =>
  new RequestError('VALIDATION_FAILED', { message: `${name.split(':', 1)[0]} belongs to another tenant` });
