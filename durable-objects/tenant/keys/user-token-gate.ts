import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { grantablePermissions } from '../../../shared/keys/permissions.ts';
import { keyGate } from '../../rpc/stubs.ts';
import { tenantAccountId } from '../../../shared/keys/account-ids.ts';
import { snapshotOf } from '../profile.ts';
import type { TenantRecords } from '../tenant-records.ts';

/**
 * The object that counts the websockets of a tenant's user tokens, as a key's own does for a key. It is told of
 * every change as keys are, so that a restricted tenant's sockets close.
 */
export class UserTokenGate {
  readonly #records: TenantRecords;

  constructor(records: TenantRecords) {
    this.#records = records;
  }

  /** Makes it stand for what users may do now; gives its name. */
  async open(): Promise<{ readonly ok: true; readonly name: string } | Failure> {
    const { profile, env } = this.#records;
    if (!profile) return failure('INVALID_TOKEN');
    const name = userTokenGateName(profile.tenant);
    await keyGate(env, name).issue({
      id: 'jwt',
      tenant: profile.tenant,
      account: tenantAccountId(profile.tenant),
      tier: profile.tier,
      permissions: [...grantablePermissions(profile.roles)],
      state: 'active',
      snapshot: snapshotOf(profile),
    });
    return { ok: true, name };
  }

  /** Tells it the present profile; one that was never opened has nothing to change. Whether it knows. */
  async sync(): Promise<boolean> {
    const profile = this.#records.requireProfile();
    try {
      await keyGate(this.#records.env, userTokenGateName(profile.tenant)).change({
        snapshot: snapshotOf(profile),
      });
      return true;
    } catch {
      return false;
    }
  }
}

/** Key hashes are hex, so this is no key's. */
const userTokenGateName = (tenant: string): string => `user:${tenant}`;
