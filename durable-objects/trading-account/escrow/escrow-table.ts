import type { EscrowRecord } from '../../../shared/escrow/record.ts';
import type { Hex } from '../../../shared/signing/checks.ts';
import { decodeJson, encodeJson } from '../../../shared/bigint-json.ts';
import type { LiveCaller } from '../live/model.ts';

/** The escrow of an order as the account keeps it. Times are Unix ms. */
export interface EscrowRow {
  readonly record: EscrowRecord;
  /** The live command that placed the order. */
  readonly command: number;
  /** The order's id at the venue, once it has named it. */
  readonly venueOrder: string | null;
  /** Who placed it: in that name the alarm asks the venue and the relayer. */
  readonly caller: LiveCaller;
  /** Times the venue was asked in a row without news. */
  readonly tries: number;
  readonly createdAt: number;
}

/** A row before it is written. */
export type NewEscrow = Pick<EscrowRow, 'command' | 'caller' | 'createdAt'>;

type Row = {
  command: number;
  venue_order: string | null;
  tenant: string;
  account: string;
  key_id: string;
  request_id: string;
  record: string;
  tries: number;
  created_at: number;
};

/** SQL of `escrows`, and nothing else. */
export class EscrowTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(orderId: Hex): EscrowRow | undefined {
    return this.#rows('SELECT * FROM escrows WHERE order_id = ?', orderId)[0];
  }

  /** Due at once: until the order's fate is told, the alarm looks after what a death leaves. */
  insert(record: EscrowRecord, { command, caller, createdAt }: NewEscrow, wakeAt: number): void {
    this.#sql.exec(
      `INSERT INTO escrows (order_id, command, tenant, account, key_id, request_id, record, wake_at, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      record.orderId,
      command,
      caller.tenant,
      caller.account,
      caller.keyId,
      caller.requestId,
      encodeJson(record),
      wakeAt,
      createdAt,
    );
  }

  save(record: EscrowRecord): void {
    this.#sql.exec('UPDATE escrows SET record = ? WHERE order_id = ?', encodeJson(record), record.orderId);
  }

  /** Of an escrow that never took anything: its order id may be used again. */
  remove(orderId: Hex): void {
    this.#sql.exec('DELETE FROM escrows WHERE order_id = ?', orderId);
  }

  name(orderId: Hex, venueOrder: string): void {
    this.#sql.exec('UPDATE escrows SET venue_order = ? WHERE order_id = ?', venueOrder, orderId);
  }

  /** `wakeAt` null: nothing is left to do. */
  wake(orderId: Hex, wakeAt: number | null, tries: number): void {
    this.#sql.exec('UPDATE escrows SET wake_at = ?, tries = ? WHERE order_id = ?', wakeAt, tries, orderId);
  }

  ofCommand(command: number): readonly EscrowRow[] {
    return this.#rows('SELECT * FROM escrows WHERE command = ?', command);
  }

  ofOrder(venueOrder: string): readonly EscrowRow[] {
    return this.#rows('SELECT * FROM escrows WHERE venue_order = ?', venueOrder);
  }

  due(at: number, limit: number): readonly EscrowRow[] {
    return this.#rows('SELECT * FROM escrows WHERE wake_at <= ? ORDER BY wake_at LIMIT ?', at, limit);
  }

  nextLook(): number {
    const { at } = this.#sql
      .exec<{ at: number | null }>('SELECT MIN(wake_at) AS at FROM escrows WHERE wake_at IS NOT NULL')
      .one();
    return at ?? Number.POSITIVE_INFINITY;
  }

  #rows(query: string, ...bindings: readonly (string | number)[]): readonly EscrowRow[] {
    return this.#sql
      .exec<Row>(query, ...bindings)
      .toArray()
      .map(toRow);
  }
}

const toRow = (row: Row): EscrowRow => ({
  // Only this file writes it, from a checked type.
  record: decodeJson(row.record) as EscrowRecord,
  command: row.command,
  venueOrder: row.venue_order,
  caller: { tenant: row.tenant, account: row.account, keyId: row.key_id, requestId: row.request_id },
  tries: row.tries,
  createdAt: row.created_at,
});
