import type { Credential, CredentialOf, CredentialVenue } from '../../../shared/vault/credential.ts';
import type { StoredView } from '../../../shared/vault/port.ts';
import type { Scope } from '../../../shared/vault/request.ts';
import { VaultRefusal } from '../../../shared/vault/result.ts';
import { decode, encode, withAddress } from '../credentials.ts';
import { open, seal } from './envelope.ts';
import type { Note } from '../operations.ts';
import type { RootKeyring, RootKeys } from '../../vault-access/root-keys.ts';
import type { CredentialStore, StoredCredential } from './credential-store.ts';
import type { UsageReports } from '../usage-reports.ts';
import { placeOf, storedRow, storedView } from '../views.ts';

/** An account's credentials on their way to the disk and back: plain on this side, sealed on the other. */
export class SealedCredentials {
  readonly #store: CredentialStore;
  readonly #roots: RootKeyring;
  readonly #reports: UsageReports;

  constructor(store: CredentialStore, roots: RootKeyring, reports: UsageReports) {
    this.#store = store;
    this.#roots = roots;
    this.#reports = reports;
  }

  /**
   * Seals a credential in memory; the returned function puts it on disk. The registry learns of it before:
   * a rotation must never miss a credential, even if this object dies right after the write.
   */
  async seal(
    roots: RootKeys,
    scope: Scope,
    credential: Credential,
    before: StoredCredential | undefined,
    note: Note,
  ): Promise<() => { readonly credential: StoredView }> {
    const { venue } = credential;
    const now = Date.now();
    const row = {
      venue,
      id: before?.id ?? crypto.randomUUID(),
      version: (before?.version ?? 0) + 1,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    };
    await this.#reports.announce(scope, roots.current);
    const sealed = { ...row, ...(await seal(roots, placeOf(scope, row), encode(withAddress(credential)))) };
    return () => {
      this.#store.put(sealed);
      note.about(venue, sealed);
      return { credential: storedView(sealed, credential) };
    };
  }

  async open<V extends CredentialVenue>(
    roots: RootKeys,
    scope: Scope,
    stored: StoredCredential & { readonly venue: CredentialVenue },
  ): Promise<CredentialOf<V>> {
    // A version from after these keys were read is no reason to refuse yet.
    const known = roots.keys.has(stored.key.rootVersion) ? roots : await this.#roots.read(true);
    const bytes = await open(known, placeOf(scope, stored), stored);
    // A record is found by its venue, and opens only under it.
    return decode(stored.venue, bytes) as CredentialOf<V>;
  }

  /** A record that does not open is listed without its parts, and is the outcome that the chain records. */
  async view(roots: RootKeys, scope: Scope, stored: StoredCredential, note: Note): Promise<StoredView> {
    try {
      return storedView(stored, await this.open(roots, scope, stored));
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error;
      note.about(stored.venue, stored);
      note.outcome(error.failure.reason);
      return { ...storedRow(stored), parts: [], state: 'unreadable' };
    }
  }
}
