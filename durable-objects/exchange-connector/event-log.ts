import type { ClientEvent } from './wire.ts';

/** Events of a stream that clients can resume over: a busy desk's hour. Older ones are told as a gap. */
const KEPT = 5_000;
/** Trimmed when there are so many more, so that it is not done for each event. */
const SLACK = 500;

type Row = { stream: string; seq: number; at: string; type: string; body: string };

/** SQL of `events`: what clients of the order and position streams were told. Books are not kept: only the newest counts. */
export class EventLog {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add({ stream, seq, at, type, body }: ClientEvent): void {
    this.#sql.exec(
      'INSERT INTO events (stream, seq, at, type, body) VALUES (?, ?, ?, ?, ?)',
      stream,
      seq,
      at,
      type,
      JSON.stringify(body),
    );
    if (seq % SLACK === 0)
      this.#sql.exec('DELETE FROM events WHERE stream = ? AND seq <= ?', stream, seq - KEPT);
  }

  /** Everything after a number, in order; undefined when some of it is not there any more. */
  after(stream: string, seq: number, last: number): readonly ClientEvent[] | undefined {
    if (seq > last) return undefined;
    const rows = this.#sql
      .exec<Row>('SELECT * FROM events WHERE stream = ? AND seq > ? ORDER BY seq', stream, seq)
      .toArray();
    if (rows.length !== last - seq) return undefined;
    return rows.map((row) => ({
      stream: row.stream,
      seq: row.seq,
      at: row.at,
      // The column's CHECK has only these; only `add` writes here.
      type: row.type as ClientEvent['type'],
      body: JSON.parse(row.body) as ClientEvent['body'],
    }));
  }
}
