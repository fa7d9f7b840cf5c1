import { failure, type Failure } from '../../shared/errors/failure.ts';
import { grantable } from '../../shared/keys/permissions.ts';
import { keyGate } from '../stubs.ts';
import { accountOf, snapshotOf } from './profile.ts';
import type { TenantRecords } from './records.ts';

/**
 * The object that counts the websockets of a tenant's user tokens, as a key's own does for a key. It is told of
 * every change as keys are, so that a restricted tenant's sockets close.
 */
export class UserGate {
  readonly #records: TenantRecords;

  constructor(records: TenantRecords) {
    this.#records = records;
  }

  /** Makes it stand for what users may do now; gives its name. */
  async open(): Promise<{ readonly ok: true; readonly name: string } | Failure> {
    const { profile, env } = this.#records;
    if (!profile) return failure('INVALID_TOKEN');
    const name = nameOf(profile.tenant);
    await keyGate(env, name).issue({
      id: 'jwt',
      tenant: profile.tenant,
      account: accountOf(profile.tenant),
      tier: profile.tier,
      permissions: [...grantable(profile.roles)],
      state: 'active',
      snapshot: snapshotOf(profile),
    });
    return { ok: true, name };
  }

  /** Tells it the present profile; one that was never opened has nothing to change. Whether it knows. */
  async sync(): Promise<boolean> {
    const profile = this.#records.require();
    try {
      await keyGate(this.#records.env, nameOf(profile.tenant)).change({ snapshot: snapshotOf(profile) });
      return true;
    } catch {
      return false;
    }
  }
}

/** Key hashes are hex, so this is no key's. */
const nameOf = (tenant: string): string => `user:${tenant}`;
