import { toHex } from '../../../shared/keys/digest.ts';
import type { CredentialVenue } from '../../../shared/vault/credential.ts';
import type { AuditRow } from '../../../shared/vault/port.ts';
import type { Actor, Scope } from '../../../shared/vault/request.ts';
import { genesis, rowHash, type AuditEntry } from '../../../shared/vault/audit-chain.ts';

/** Which credential an operation was about; all null for one that came with the request, or none. */
export interface AuditSubject {
  readonly venue: CredentialVenue | null;
  readonly credential: string | null;
  readonly version: number | null;
}

type Row = Omit<AuditRow, 'hash' | 'requestId' | 'venue'> & {
  venue: string | null;
  request_id: string;
  hash: ArrayBuffer;
};

const DEFAULT_PAGE = 100;

/** The audit chain's table: rows are appended, read in order, and nothing else. */
export class AuditLog {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Appends one row. Without an await, so it commits together with what the caller writes in this turn. */
  append(scope: Scope, actor: Actor, operation: string, subject: AuditSubject, outcome: string): void {
    const last = this.#last();
    const entry: AuditEntry = {
      seq: (last?.seq ?? 0) + 1,
      at: Date.now(),
      actor: actor.keyId,
      operation,
      ...subject,
      outcome,
      requestId: actor.requestId,
    };
    const before = last ? new Uint8Array(last.hash) : genesis(scope);
    this.#sql.exec(
      `INSERT INTO audit (seq, at, actor, operation, venue, credential, version, outcome, request_id, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      entry.seq,
      entry.at,
      entry.actor,
      entry.operation,
      entry.venue,
      entry.credential,
      entry.version,
      entry.outcome,
      entry.requestId,
      rowHash(before, entry),
    );
  }

  page(after = 0, limit = DEFAULT_PAGE): readonly AuditRow[] {
    return this.#sql
      .exec<Row>('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?', after, limit)
      .toArray()
      .map(({ request_id: requestId, hash, venue, ...row }) => ({
        ...row,
        // Only `append` writes here, from a checked type; a row altered on disk fails by its hash.
        venue: venue as CredentialVenue | null,
        requestId,
        hash: toHex(hash),
      }));
  }

  #last(): { readonly seq: number; readonly hash: ArrayBuffer } | undefined {
    return this.#sql
      .exec<{ seq: number; hash: ArrayBuffer }>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')
      .toArray()[0];
  }
}
