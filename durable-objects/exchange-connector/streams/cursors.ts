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
  /** The exchange serves it just now, on the connection that stands. */
  readonly live: boolean;
}

type Row = {
  epoch: string | null;
  seq: number;
  own_seq: number;
  loaded: number;
  gapped: number;
  as_of: string | null;
  live: number;
};

const fresh: Cursor = {
  epoch: null,
  seq: 0,
  ownSeq: 0,
  loaded: false,
  gapped: false,
  asOf: null,
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
      live: row.live === 1,
    };
  }

  put(stream: string, change: Partial<Cursor>): Cursor {
    const next = { ...this.get(stream), ...change };
    this.#sql.exec(
      `INSERT OR REPLACE INTO streams (name, epoch, seq, own_seq, loaded, gapped, as_of, live)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      stream,
      next.epoch,
      next.seq,
      next.ownSeq,
      next.loaded ? 1 : 0,
      next.gapped ? 1 : 0,
      next.asOf,
      next.live ? 1 : 0,
    );
    return next;
  }
}
