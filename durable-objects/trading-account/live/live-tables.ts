import type { LiveVenue } from '../../../shared/venues/venue-names.ts';
import type { VenueOrder } from '../../../shared/venues/port.ts';
import { encodeJson } from '../../../shared/bigint-json.ts';
import type { CommandName } from '../journal/command-name.ts';
import type { LiveAccess, MinedTransaction, SentCommand } from './model.ts';
import { toRow, type LiveRow, type NamedRow, type StoredRow } from './command-rows.ts';
import type { CommandObserver } from './command-observer.ts';

/** Why an SDK's retry was taken for the command before it (docs/consistency.md). */
export type RetryAssumption = 'in-flight' | 'retryable-status' | 'recent';

/** Equal commands that a retry is looked for among: far more than anybody has under way at once. */
export const MOST_ATTEMPTS = 20;

/**
 * What an SDK's retry is found by has the command's number in it: equal commands that are no retries have one each. Were
 * it the newest's alone, that one's release would take it from those before it, and a retry of these would be sent.
 */
export const numbered = (name: string, id: number): string =>
  name.startsWith('sdk:') ? `${name}/${String(id).padStart(16, '0')}` : name;

/**
 * SQL of `live_commands` and `live_names`, and nothing else. Each change of state names the states that it may come
 * from and says whether it happened: the alarm, a retry and the command itself may all come to it.
 */
export class LiveTables {
  readonly #sql: SqlStorage;
  readonly #fates: readonly CommandObserver[];

  constructor(sql: SqlStorage, fates: readonly (CommandObserver | undefined)[] = []) {
    this.#sql = sql;
    this.#fates = fates.filter((fate) => fate !== undefined);
  }

  /** A new command, `pending` under its names. A name that another command had is this one's now. */
  admit(
    { venue, caller, source }: LiveAccess,
    names: readonly CommandName[],
    at: number,
    lease: number,
  ): number {
    const { id } = this.#sql
      .exec<{ id: number }>(
        `INSERT INTO live_commands (venue, state, tenant, account, key_id, request_id, stored,
           created_at, look_at)
         VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        venue,
        caller.tenant,
        caller.account,
        caller.keyId,
        caller.requestId,
        source.kind === 'stored' ? 1 : 0,
        at,
        lease,
      )
      .one();
    for (const { key, fingerprint } of names) {
      this.#sql.exec(
        'INSERT OR REPLACE INTO live_names (name, fingerprint, command) VALUES (?, ?, ?)',
        numbered(key, id),
        fingerprint,
        id,
      );
    }
    return id;
  }

  /** False when the lease has run out: then nothing may be sent. */
  markSent(id: number, identity: string, sent: SentCommand, at: number, lookAt: number): boolean {
    return this.#changed(
      `UPDATE live_commands SET state = 'sent', identity = ?, sent = ?, sent_at = ?, look_at = ?
       WHERE id = ? AND state = 'pending'`,
      identity,
      encodeJson(sent),
      at,
      lookAt,
      id,
    );
  }

  /** `told`: whether the first caller hears it, now. */
  markDone(id: number, order: VenueOrder, at: number, told: 'outcome' | null): boolean {
    const changed = this.#changed(
      `UPDATE live_commands SET state = 'done', outcome = ?, order_id = ?, ended_at = ?, look_at = NULL,
         told = COALESCE(?, told) WHERE id = ? AND state IN ('sent', 'unknown')`,
      encodeJson(order),
      order.id,
      at,
      told,
      id,
    );
    if (changed) for (const fate of this.#fates) fate.ordered(order, id);
    return changed;
  }

  /** The bytes that are about to leave, in place of those whose nonce another transaction took. */
  markResent(id: number, sent: SentCommand): boolean {
    return this.#changed(
      "UPDATE live_commands SET sent = ? WHERE id = ? AND state = 'sent'",
      encodeJson(sent),
      id,
    );
  }

  /** `told`: whether the first caller hears it, now. */
  markMined(id: number, mined: MinedTransaction, at: number, told: 'outcome' | null): boolean {
    const changed = this.#changed(
      `UPDATE live_commands SET state = 'done', outcome = ?, ended_at = ?, look_at = NULL,
         told = COALESCE(?, told) WHERE id = ? AND state IN ('sent', 'unknown')`,
      encodeJson(mined),
      at,
      told,
      id,
    );
    if (changed) for (const fate of this.#fates) fate.mined?.(mined, id);
    return changed;
  }

  /** Nothing happened: the names are free, and the row stays as a record. */
  markReleased(id: number, at: number): boolean {
    const changed = this.#changed(
      `UPDATE live_commands SET state = 'released', ended_at = ?, look_at = NULL
       WHERE id = ? AND state IN ('pending', 'sent', 'unknown')`,
      at,
      id,
    );
    if (changed) {
      this.#sql.exec('DELETE FROM live_names WHERE command = ?', id);
      for (const fate of this.#fates) fate.released(id);
    }
    return changed;
  }

  /** `lookAt` null: only a request that brings the credential can find out. */
  markUnknown(id: number, lookAt: number | null, told: 'unknown' | null): boolean {
    return this.#changed(
      `UPDATE live_commands SET state = 'unknown', look_at = ?, told = COALESCE(?, told)
       WHERE id = ? AND state IN ('sent', 'unknown')`,
      lookAt,
      told,
      id,
    );
  }

  /** Counts a look at the venue and says when the next one is due. */
  noteTry(id: number, lookAt: number | null): void {
    this.#sql.exec(
      "UPDATE live_commands SET tries = tries + 1, look_at = ? WHERE id = ? AND state = 'unknown'",
      lookAt,
      id,
    );
  }

  /** What an SDK's retry was taken for. One that is answered is an attempt that ends now: its reply may be lost too. */
  noteAssumed(id: number, assumed: RetryAssumption, at: number): void {
    this.#sql.exec(
      `UPDATE live_commands SET assumed = ?, ended_at = CASE state WHEN 'done' THEN ? ELSE ended_at END
       WHERE id = ?`,
      assumed,
      at,
      id,
    );
  }

  row(id: number): LiveRow | undefined {
    return this.#rows('SELECT * FROM live_commands WHERE id = ?', id)[0];
  }

  named(name: string): NamedRow | undefined {
    const [found] = this.#sql
      .exec<{ fingerprint: string; command: number }>(
        'SELECT fingerprint, command FROM live_names WHERE name = ?',
        name,
      )
      .toArray();
    const row = found && this.row(found.command);
    return found && row && { fingerprint: found.fingerprint, row };
  }

  /**
   * Fingerprints of what a key names: of the command that has it alone, and of those of a request with several, whose
   * names go on with a quote and a place.
   */
  fingerprintsOf(name: string): readonly string[] {
    return this.#sql
      .exec<{ fingerprint: string }>(
        `SELECT fingerprint FROM live_names WHERE name = ?1
         UNION ALL SELECT fingerprint FROM live_names WHERE name > ?1 || '"' AND name < ?1 || '#'`,
        name,
      )
      .toArray()
      .map(({ fingerprint }) => fingerprint);
  }

  /** Commands without a key that asked for this, newest first: an SDK's retry is one of them. */
  attempts(fingerprint: string): readonly LiveRow[] {
    const name = `sdk:${fingerprint}`;
    return this.#rows(
      `SELECT live_commands.* FROM live_names JOIN live_commands ON live_commands.id = command
       WHERE name > ?1 || '/' AND name < ?1 || '0' ORDER BY name DESC LIMIT ${MOST_ATTEMPTS}`,
      name,
    );
  }

  /** The command that placed an order. */
  placed(venue: LiveVenue, orderId: string): LiveRow | undefined {
    return this.#rows(
      "SELECT * FROM live_commands WHERE order_id = ? AND venue = ? AND state = 'done'",
      orderId,
      venue,
    ).find(({ sent }) => sent?.kind === 'place');
  }

  /** What the alarm must look at by now, oldest first. */
  due(at: number, limit: number): readonly LiveRow[] {
    return this.#rows('SELECT * FROM live_commands WHERE look_at <= ? ORDER BY look_at LIMIT ?', at, limit);
  }

  /** Whether some outcome can only be found out by a request that brings the credential. */
  waitsForCredential(venue: LiveVenue): boolean {
    const waiting =
      "SELECT id FROM live_commands WHERE venue = ? AND state = 'unknown' AND stored = 0 LIMIT 1";
    return this.#sql.exec(waiting, venue).toArray().length > 0;
  }

  /** Those that the credential of this identity can. */
  waitingForCredential(venue: LiveVenue, identity: string, limit: number): readonly LiveRow[] {
    return this.#rows(
      `SELECT * FROM live_commands WHERE venue = ? AND state = 'unknown' AND stored = 0 AND identity = ?
       ORDER BY id LIMIT ?`,
      venue,
      identity,
      limit,
    );
  }

  nextLook(): number {
    const { at } = this.#sql
      .exec<{ at: number | null }>('SELECT MIN(look_at) AS at FROM live_commands WHERE look_at IS NOT NULL')
      .one();
    return at ?? Number.POSITIVE_INFINITY;
  }

  /** When the newest command was sent or admitted whose outcome is not known; -Infinity where there is none. */
  lastUnsettled(venue: LiveVenue): number {
    const { at } = this.#sql
      .exec<{ at: number | null }>(
        `SELECT MAX(COALESCE(sent_at, created_at)) AS at FROM live_commands
         WHERE venue = ? AND state IN ('pending', 'sent', 'unknown')`,
        venue,
      )
      .one();
    return at ?? Number.NEGATIVE_INFINITY;
  }

  /** Commands that a process left behind when it died. */
  unfinished(): readonly LiveRow[] {
    return this.#rows(
      "SELECT * FROM live_commands WHERE state IN ('pending', 'sent') AND look_at IS NOT NULL",
    );
  }

  /**
   * Forgets what ended before `before`. Returns when the oldest one left ended; undefined when there is none. The newest
   * row loses its names alone: fees and sessions' claims know a command by its number long after it ended, and SQLite
   * gives the number after the highest that it has.
   */
  sweep(before: number, limit: number): number | undefined {
    const newest = '(SELECT MAX(id) FROM live_commands)';
    const old = 'SELECT id FROM live_commands WHERE ended_at <= ?1 ORDER BY ended_at LIMIT ?2';
    this.#sql.exec(`DELETE FROM live_names WHERE command IN (${old})`, before, limit);
    this.#sql.exec(`DELETE FROM live_commands WHERE id IN (${old}) AND id < ${newest}`, before, limit);
    const [left] = this.#sql
      .exec<{ at: number }>(
        `SELECT ended_at AS at FROM live_commands WHERE ended_at IS NOT NULL
           AND (id < ${newest} OR EXISTS (SELECT 1 FROM live_names WHERE command = live_commands.id))
         ORDER BY ended_at LIMIT 1`,
      )
      .toArray();
    return left?.at;
  }

  #changed(query: string, ...bindings: readonly (string | number | null)[]): boolean {
    // `RETURNING`, because `rowsWritten` counts rows of indexes too.
    return this.#sql.exec(`${query} RETURNING id`, ...bindings).toArray().length > 0;
  }

  #rows(query: string, ...bindings: readonly (string | number)[]): readonly LiveRow[] {
    return this.#sql
      .exec<StoredRow>(query, ...bindings)
      .toArray()
      .map(toRow);
  }
}
