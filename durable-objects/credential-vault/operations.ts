import type { CredentialVenue } from '../../shared/vault/credential.ts';
import type { Actor, Scope } from '../../shared/vault/request.ts';
import { refusal, VaultRefusal, type VaultFailure, type VaultResult } from '../../shared/vault/result.ts';
import type { AuditLog, AuditSubject } from './audit/audit-log.ts';
import { failureOf } from '../../shared/vault/operation-failure.ts';

/** Everything that an object is asked comes checked against `requests` by the VaultService. */
export interface Call {
  readonly scope: Scope;
  readonly actor: Actor;
}

/** What an operation tells the chain about itself, while it runs. */
export class Note {
  #subject: AuditSubject = { venue: null, credential: null, version: null };
  #outcome = 'ok';

  /** The stored credential that it is about; undefined when the venue has none. */
  about(venue: CredentialVenue, stored: { readonly id: string; readonly version: number } | undefined): void {
    this.#subject = { venue, credential: stored?.id ?? null, version: stored?.version ?? null };
  }

  /** It uses a credential that came with the request. */
  given(venue: CredentialVenue): void {
    this.#subject = { venue, credential: 'request', version: null };
  }

  /** What to record although the operation as a whole succeeds. */
  outcome(reason: string): void {
    this.#outcome = reason;
  }

  get subject(): AuditSubject {
    return this.#subject;
  }
  get recorded(): string {
    return this.#outcome;
  }
}

/**
 * Runs operations so that none is without its audit row: what an operation changes and its row are one
 * transaction, and a refusal leaves a row too.
 */
export class Operations {
  readonly #storage: DurableObjectStorage;
  readonly #log: AuditLog;
  /** The account that the object is named by. */
  readonly #account: string | undefined;
  /** Tenant that the account belongs to, from the first operation on. */
  #tenant: string | undefined;
  /** Tail of the queue: see `inTurn`. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ storage, id }: Pick<DurableObjectState, 'storage' | 'id'>, log: AuditLog) {
    this.#storage = storage;
    this.#account = id.name;
    this.#log = log;
    this.#tenant = storage.kv.get<string>('tenant');
  }

  /**
   * `act` may wait (for keys, for ciphers); what it returns is run afterwards, without waiting, and is the only
   * part that may write. Never throws: whatever goes wrong is a refusal.
   */
  async run<T extends object>(
    operation: string,
    { scope, actor }: Call,
    act: (note: Note) => Promise<() => T>,
  ): Promise<VaultResult<T>> {
    const note = new Note();
    try {
      const mismatch = this.mismatch(scope);
      if (mismatch) throw new VaultRefusal(mismatch.reason, mismatch.message);
      const commit = await act(note);
      return this.#storage.transactionSync(() => {
        const result = commit();
        this.#record(scope, actor, operation, note.subject, note.recorded);
        return { ok: true, ...result };
      });
    } catch (error) {
      const failure = failureOf(error, operation, actor.requestId);
      this.#record(scope, actor, operation, note.subject, failure.reason);
      return failure;
    }
  }

  /**
   * Runs changes one after another: they wait between reading and writing, and a replacement, a removal and a
   * re-wrap of one credential must not cross.
   */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(change);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** The refusal for an account of another tenant, and for a request that came to another account's object. */
  mismatch({ tenant, account }: Scope): VaultFailure | undefined {
    if (account !== this.#account) return refusal('SCOPE_MISMATCH', 'this is the vault of another account');
    const foreign = this.#tenant !== undefined && this.#tenant !== tenant;
    return foreign ? refusal('SCOPE_MISMATCH', 'the account belongs to another tenant') : undefined;
  }

  #record(scope: Scope, actor: Actor, operation: string, subject: AuditSubject, outcome: string): void {
    // This chain is not that account's.
    if (scope.account !== this.#account) return;
    if (this.#tenant === undefined) {
      this.#storage.kv.put('tenant', scope.tenant);
      this.#tenant = scope.tenant;
    }
    this.#log.append(scope, actor, operation, subject, outcome);
  }
}
