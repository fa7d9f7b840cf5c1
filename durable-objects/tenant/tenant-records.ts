import { now } from '../../shared/clock.ts';
import type { ObjectEnv } from '../bindings.ts';
import type { Actor } from './actor.ts';
import { readProfile, writeProfile, type Profile } from './profile.ts';

/** What every part of a Tenant shares: its storage, its profile and its audit log. */
export class TenantRecords {
  readonly storage: DurableObjectStorage;
  readonly env: ObjectEnv;
  #profile: Profile | undefined;

  constructor(storage: DurableObjectStorage, env: ObjectEnv) {
    this.storage = storage;
    this.env = env;
    this.#profile = readProfile(storage.sql);
  }

  /** The profile as it stands; undefined before the tenant is created. */
  get profile(): Profile | undefined {
    return this.#profile;
  }

  /** The profile, where the caller has made sure that the tenant exists. */
  requireProfile(): Profile {
    if (!this.#profile) throw new Error('tenant does not exist');
    return this.#profile;
  }

  save(profile: Profile, actor: Actor, action: string): void {
    writeProfile(this.storage.sql, profile);
    this.#profile = profile;
    this.audit(actor, action, profile.tenant);
  }

  audit(actor: Actor, action: string, subject: string): void {
    this.storage.sql.exec(
      'INSERT INTO audit (at, actor, action, subject, request_id) VALUES (?, ?, ?, ?, ?)',
      now(),
      actor.id,
      action,
      subject,
      actor.requestId,
    );
  }

  /** Who did this last to a subject; undefined where nobody has. */
  lastActor(action: string, subject: string): Actor | undefined {
    const [row] = this.storage.sql
      .exec<{ actor: string; request_id: string }>(
        'SELECT actor, request_id FROM audit WHERE action = ? AND subject = ? ORDER BY id DESC LIMIT 1',
        action,
        subject,
      )
      .toArray();
    return row && { id: row.actor, requestId: row.request_id };
  }
}
