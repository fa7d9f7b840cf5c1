import { now } from '../../../shared/clock.ts';
import { failure } from '../../../shared/errors/failure.ts';
import type { Actor } from '../actor.ts';
import type { TenantRecords } from '../tenant-records.ts';
import type {
  PageFound,
  TraderUser,
  TraderUserCreated,
  TraderUserFound,
  TraderUserInput,
} from './partner-model.ts';
import { noSuch, notPartner } from './refusals.ts';
import { TraderUserStore } from './trader-user-store.ts';

/** The trader users of a partner (contract: partner). */
export class TraderUsers {
  readonly #records: TenantRecords;
  readonly #store: TraderUserStore;

  constructor(records: TenantRecords) {
    this.#records = records;
    this.#store = new TraderUserStore(records.storage.sql);
  }

  /** The user with this external id, made if there is none. Of an existing one only the email is compared. */
  create(input: TraderUserInput, actor: Actor): TraderUserCreated {
    const refused = notPartner(this.#records);
    if (refused) return refused;
    const existing = this.#store.findExternal(input.externalId);
    if (existing) {
      return existing.email === input.email
        ? { ok: true, user: existing, created: false }
        : failure('EXTERNAL_ID_CONFLICT');
    }
    const { externalId, email, metadata = {} } = input;
    const user = this.#store.insert({
      uuid: crypto.randomUUID(),
      externalId,
      email,
      metadata,
      createdAt: now(),
    });
    this.#records.audit(actor, 'trader_user.create', String(user.id));
    return { ok: true, user, created: true };
  }

  find(id: number): TraderUserFound {
    const refused = notPartner(this.#records);
    if (refused) return refused;
    const user = this.#store.find(id);
    return user ? { ok: true, user } : noSuch('User');
  }

  page(after: number, limit: number): PageFound<TraderUser> {
    const refused = notPartner(this.#records);
    if (refused) return refused;
    const rows = this.#store.page(after, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { ok: true, rows: shown, ...(rows.length > limit && last && { next: last.id }) };
  }
}
