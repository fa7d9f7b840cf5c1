import type { CommandName } from '../journal/command-name.ts';
import type { LiveCaller, LiveState } from '../live/model.ts';
import { MOST_ATTEMPTS, numbered } from '../live/live-tables.ts';
import type { ExchangeRpc } from './model.ts';
import type { ExchangeCommand } from '../api.ts';
import type { OrderRef } from '../../../shared/relay/found-order.ts';

/** A command as the journal has it. Times are Unix ms. */
export interface ExchangeRow {
  readonly id: number;
  readonly state: LiveState;
  readonly rpc: ExchangeRpc;
  readonly refs: readonly OrderRef[];
  readonly caller: LiveCaller;
  /** Whose token sent it; `DESK` for the vault's: then the alarm can ask the exchange. */
  readonly identity: string;
  /** JSON; of a command that is done. */
  readonly reply: string | null;
  readonly tries: number;
  readonly sentAt: number | null;
  readonly endedAt: number | null;
}

/** No caller's own: those are hashes. */
export const DESK = 'desk';

type Row = {
  id: number;
  state: string;
  rpc: string;
  refs: string;
  tenant: string;
  account: string;
  key_id: string;
  request_id: string;
  identity: string;
  reply: string | null;
  tries: number;
  sent_at: number | null;
  ended_at: number | null;
};

/**
 * SQL of `exchange_commands` and `exchange_names`, and nothing else. Each change of state names the states that it may
 * come from and says whether it happened: the alarm, a retry and the command itself may all come to it.
 */
export class ExchangeTables {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** A new command, `pending` under its names. A name that a released command had is this one's now. */
  admit(
    { rpc, refs, caller, auth }: ExchangeCommand,
    names: readonly CommandName[],
    at: number,
    lease: number,
  ): number {
    const { id } = this.#sql
      .exec<{ id: number }>(
        `INSERT INTO exchange_commands (state, rpc, refs, tenant, account, key_id, request_id, identity, created_at,
           look_at) VALUES ('pending', ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        rpc,
        JSON.stringify(refs),
        caller.tenant,
        caller.account,
        caller.keyId,
        caller.requestId,
        auth === 'desk' ? DESK : auth.identity,
        at,
        lease,
      )
      .one();
    for (const { key, fingerprint } of names) {
      this.#sql.exec(
        'INSERT OR REPLACE INTO exchange_names (name, fingerprint, command) VALUES (?, ?, ?)',
        numbered(key, id),
        fingerprint,
        id,
      );
    }
    return id;
  }

  /** False when the lease has run out: then nothing may be sent. */
  markSent(id: number, at: number, lookAt: number): boolean {
    return this.#changed(
      "UPDATE exchange_commands SET state = 'sent', sent_at = ?, look_at = ? WHERE id = ? AND state = 'pending'",
      at,
      lookAt,
      id,
    );
  }

  markDone(id: number, reply: string, at: number): boolean {
    return this.#changed(
      `UPDATE exchange_commands SET state = 'done', reply = ?, ended_at = ?, look_at = NULL
       WHERE id = ? AND state IN ('sent', 'unknown')`,
      reply,
      at,
      id,
    );
  }

  /** Nothing happened: the names are free, and the row stays as a record. */
  markReleased(id: number, at: number): boolean {
    const changed = this.#changed(
      `UPDATE exchange_commands SET state = 'released', ended_at = ?, look_at = NULL
       WHERE id = ? AND state IN ('pending', 'sent', 'unknown')`,
      at,
      id,
    );
    if (changed) this.#sql.exec('DELETE FROM exchange_names WHERE command = ?', id);
    return changed;
  }

  /** `lookAt` null: only a request with the caller's own token can find out. */
  markUnknown(id: number, lookAt: number | null): boolean {
    return this.#changed(
      "UPDATE exchange_commands SET state = 'unknown', look_at = ? WHERE id = ? AND state IN ('sent', 'unknown')",
      lookAt,
      id,
    );
  }

  /** Counts a look at the exchange and says when the next one is due. */
  noteTry(id: number, lookAt: number): void {
    this.#sql.exec(
      "UPDATE exchange_commands SET tries = tries + 1, look_at = ? WHERE id = ? AND state = 'unknown'",
      lookAt,
      id,
    );
  }

  row(id: number): ExchangeRow | undefined {
    return this.#rows('SELECT * FROM exchange_commands WHERE id = ?', id)[0];
  }

  named(name: string): { readonly fingerprint: string; readonly row: ExchangeRow } | undefined {
    const [found] = this.#sql
      .exec<{ fingerprint: string; command: number }>(
        'SELECT fingerprint, command FROM exchange_names WHERE name = ?',
        name,
      )
      .toArray();
    const row = found && this.row(found.command);
    return found && row && { fingerprint: found.fingerprint, row };
  }

  /** Commands without a key that asked for this, newest first: an SDK's retry is one of them. */
  attempts(fingerprint: string): readonly ExchangeRow[] {
    return this.#rows(
      `SELECT exchange_commands.* FROM exchange_names JOIN exchange_commands ON exchange_commands.id = command
       WHERE name > ?1 || '/' AND name < ?1 || '0' ORDER BY name DESC LIMIT ${MOST_ATTEMPTS}`,
      `sdk:${fingerprint}`,
    );
  }

  /** A retry was told the outcome: an attempt that ends now. */
  renew(id: number, at: number): void {
    this.#sql.exec("UPDATE exchange_commands SET ended_at = ? WHERE id = ? AND state = 'done'", at, id);
  }

  /** What the alarm must look at by now, oldest first. */
  due(at: number, limit: number): readonly ExchangeRow[] {
    return this.#rows(
      'SELECT * FROM exchange_commands WHERE look_at <= ? ORDER BY look_at LIMIT ?',
      at,
      limit,
    );
  }

  /** Commands that a process left behind when it died. */
  unfinished(): readonly ExchangeRow[] {
    return this.#rows("SELECT * FROM exchange_commands WHERE state IN ('pending', 'sent')");
  }

  nextLook(): number {
    const { at } = this.#sql
      .exec<{ at: number | null }>(
        'SELECT MIN(look_at) AS at FROM exchange_commands WHERE look_at IS NOT NULL',
      )
      .one();
    return at ?? Number.POSITIVE_INFINITY;
  }

  /** Forgets what ended before `before`. Returns when the oldest one left ended; undefined when there is none. */
  sweep(before: number, limit: number): number | undefined {
    const old = 'SELECT id FROM exchange_commands WHERE ended_at <= ?1 ORDER BY ended_at LIMIT ?2';
    this.#sql.exec(`DELETE FROM exchange_names WHERE command IN (${old})`, before, limit);
    this.#sql.exec(`DELETE FROM exchange_commands WHERE id IN (${old})`, before, limit);
    const { at } = this.#sql
      .exec<{ at: number | null }>(
        'SELECT MIN(ended_at) AS at FROM exchange_commands WHERE ended_at IS NOT NULL',
      )
      .one();
    return at ?? undefined;
  }

  #changed(query: string, ...bindings: readonly (string | number | null)[]): boolean {
    // `RETURNING`, because `rowsWritten` counts rows of indexes too.
    return this.#sql.exec(`${query} RETURNING id`, ...bindings).toArray().length > 0;
  }

  #rows(query: string, ...bindings: readonly (string | number)[]): readonly ExchangeRow[] {
    return this.#sql
      .exec<Row>(query, ...bindings)
      .toArray()
      .map(toRow);
  }
}

/** The casts are of columns that CHECK constraints restrict or that only `admit` writes, from checked types. */
function toRow(row: Row): ExchangeRow {
  return {
    id: row.id,
    state: row.state as LiveState,
    rpc: row.rpc as ExchangeRpc,
    refs: JSON.parse(row.refs) as readonly OrderRef[],
    caller: { tenant: row.tenant, account: row.account, keyId: row.key_id, requestId: row.request_id },
    identity: row.identity,
    reply: row.reply,
    tries: row.tries,
    sentAt: row.sent_at,
    endedAt: row.ended_at,
  };
}
