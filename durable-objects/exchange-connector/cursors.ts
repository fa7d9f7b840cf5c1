/** Where a stream stands. */
export interface Cursor {
  /** The relay's position; null before it was ever open. */
  readonly epoch: string | null;
  readonly seq: number;
  /** The last number that clients were given. */
  readonly ownSeq: number;
  /** The copy has been filled by a snapshot. */
  readonly loaded: boolean;
  /** Something may be missing: the next snapshot mends it. */
  readonly gapped: boolean;
  readonly asOf: string | null;
  /** Asked for on the connection that stands. */
  readonly open: boolean;
  /** The exchange serves it just now. */
  readonly live: boolean;
}

type Row = {
  epoch: string | null;
  seq: number;
  own_seq: number;
  loaded: number;
  gapped: number;
  as_of: string | null;
  open: number;
  live: number;
};

const fresh: Cursor = {
  epoch: null,
  seq: 0,
  ownSeq: 0,
  loaded: false,
  gapped: false,
  asOf: null,
  open: false,
  live: false,
};

/** SQL of `streams`, and nothing else. Callers write in the transaction of what they have applied. */
export class Cursors {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(stream: string): Cursor {
    const [row] = this.#sql.exec<Row>('SELECT * FROM streams WHERE name = ?', stream).toArray();
    if (!row) return fresh;
    return {
      epoch: row.epoch,
      seq: row.seq,
      ownSeq: row.own_seq,
      loaded: row.loaded === 1,
      gapped: row.gapped === 1,
      asOf: row.as_of,
      open: row.open === 1,
      live: row.live === 1,
    };
  }

  /** Names of the streams that are open. */
  get open(): readonly string[] {
    const rows = this.#sql.exec<{ name: string }>('SELECT name FROM streams WHERE open = 1').toArray();
    return rows.map(({ name }) => name);
  }

  /** The connection has ended, and all that was open on it. */
  closeAll(): void {
    this.#sql.exec('UPDATE streams SET open = 0, live = 0 WHERE open = 1');
  }

  put(stream: string, change: Partial<Cursor>): Cursor {
    const next = { ...this.get(stream), ...change };
    this.#sql.exec(
      `INSERT OR REPLACE INTO streams (name, epoch, seq, own_seq, loaded, gapped, as_of, open, live)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      stream,
      next.epoch,
      next.seq,
      next.ownSeq,
      next.loaded ? 1 : 0,
      next.gapped ? 1 : 0,
      next.asOf,
      next.open ? 1 : 0,
      next.live ? 1 : 0,
    );
    return next;
  }
}
