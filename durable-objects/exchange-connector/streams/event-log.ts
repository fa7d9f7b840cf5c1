import type { ClientEvent } from './wire.ts';

/** Events of a stream that clients can resume over: a busy desk's hour. Older ones are told as a gap. */
const KEPT = 5_000;
/** Trimmed when there are so many more, so that it is not done for each event. */
const SLACK = 500;

type Row = { stream: string; seq: number; at: string; type: string; body: string };

/** A row has 2 MB at most (Durable Objects, "Limits"); of UTF-8 a character takes three bytes at most. */
const PART_CHARS = 500_000;

/**
 * SQL of `events` and `event_parts`: what clients of the order and position streams were told. Books are not kept: only
 * the newest counts.
 */
export class EventLog {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add({ stream, seq, at, type, body }: ClientEvent): void {
    const [first = '', ...rest] = partsOf(JSON.stringify(body));
    this.#sql.exec(
      'INSERT INTO events (stream, seq, at, type, body) VALUES (?, ?, ?, ?, ?)',
      stream,
      seq,
      at,
      type,
      first,
    );
    for (const [part, text] of rest.entries()) {
      this.#sql.exec(
        'INSERT INTO event_parts (stream, seq, part, body) VALUES (?, ?, ?, ?)',
        stream,
        seq,
        part,
        text,
      );
    }
    if (seq % SLACK !== 0) return;
    for (const table of ['events', 'event_parts'])
      this.#sql.exec(`DELETE FROM ${table} WHERE stream = ? AND seq <= ?`, stream, seq - KEPT);
  }

  /** Everything after a number, in order; undefined when some of it is not there any more. */
  after(stream: string, seq: number, last: number): readonly ClientEvent[] | undefined {
    if (seq > last) return undefined;
    const rows = this.#sql
      .exec<Row>('SELECT * FROM events WHERE stream = ? AND seq > ? ORDER BY seq', stream, seq)
      .toArray();
    if (rows.length !== last - seq) return undefined;
    const rests = this.#rests(stream, seq);
    return rows.map((row) => ({
      stream: row.stream,
      seq: row.seq,
      at: row.at,
      // The column's CHECK has only these; only `add` writes here.
      type: row.type as ClientEvent['type'],
      body: JSON.parse(row.body + (rests.get(row.seq) ?? '')) as ClientEvent['body'],
    }));
  }

  /** What did not fit into the row of an event, by its number. */
  #rests(stream: string, after: number): ReadonlyMap<number, string> {
    const rests = new Map<number, string>();
    const parts = this.#sql.exec<{ seq: number; body: string }>(
      'SELECT seq, body FROM event_parts WHERE stream = ? AND seq > ? ORDER BY seq, part',
      stream,
      after,
    );
    for (const { seq, body } of parts) rests.set(seq, (rests.get(seq) ?? '') + body);
    return rests;
  }
}

/** A pair of surrogates is not cut: half of one is no text. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    const end = from + PART_CHARS;
    const isCut = /^[\ud800-\udbff]$/.test(text.charAt(end - 1));
    const to = isCut && end < text.length ? end - 1 : end;
    parts.push(text.slice(from, to));
    from = to;
  }
  return parts;
}
