import { sha256 } from 'viem/utils';
import { toHex } from '../keys/digest.ts';
import type { AuditRow, ChainReport } from './port.ts';
import type { Scope } from './request.ts';
import { lengthPrefixed, type Bytes } from './bytes.ts';

/** A row before it has its hash. */
export type AuditEntry = Omit<AuditRow, 'hash'>;

/** What the first row continues: the account's own, so that a chain cannot stand in for another account's. */
export const genesis = ({ tenant, account }: Scope): Bytes =>
  digest(lengthPrefixed('postern-audit/1', tenant, account));

/**
 * Hash of a row over the hash before it and every column. Synchronous, unlike WebCrypto's: a row is made and
 * written in one turn, so no two can continue the same one.
 */
export function rowHash(before: Uint8Array, row: AuditEntry): Bytes {
  const { seq, at, actor, operation, venue, credential, version, outcome, requestId } = row;
  // No value of a column is the empty text, so it can stand for NULL.
  const optional = [venue ?? '', credential ?? '', version ?? ''];
  return digest(lengthPrefixed(before, seq, at, actor, operation, ...optional, outcome, requestId));
}

const digest = (bytes: Uint8Array): Bytes => Uint8Array.from(sha256(bytes, 'bytes'));

/** Walks a chain, page by page, and knows where it breaks first. */
export class ChainWalk {
  #hash: Uint8Array;
  #seq = 0;
  #broken: ChainReport | undefined;

  constructor(scope: Scope) {
    this.#hash = genesis(scope);
  }

  /** Takes the next rows in order. Whether the chain is whole so far. */
  follow(rows: readonly AuditRow[]): boolean {
    for (const row of rows) {
      if (this.#broken) return false;
      // A row that is gone, or was put in between, is named by the number that should have come.
      if (row.seq !== this.#seq + 1) {
        this.#broken = { intact: false, brokenAt: this.#seq + 1, why: 'missing' };
        return false;
      }
      const hash = rowHash(this.#hash, row);
      if (toHex(hash) !== row.hash) {
        this.#broken = { intact: false, brokenAt: row.seq, why: 'altered' };
        return false;
      }
      this.#hash = hash;
      this.#seq = row.seq;
    }
    return this.#broken === undefined;
  }

  report(): ChainReport {
    const head = { seq: this.#seq, hash: toHex(this.#hash) };
    return this.#broken ?? { intact: true, rows: this.#seq, head };
  }
}
