type Body = Readonly<Record<string, unknown>>;

/** Where one symbol's stream stands, and the newest book. */
interface Place {
  epoch: string | null;
  seq: number;
  ownSeq: number;
  /** Numbers up to here may be given without writing. */
  reserved: number;
  at: string;
  body: Body | undefined;
}

/** Numbers that are reserved at a time: a busy book writes once in a second. */
const BLOCK = 1_000;

/**
 * The newest whole book of each symbol, in memory: nothing is lost with one, because the relay tells the next as a whole.
 * Only how far clients' numbers go is written, a block ahead, so that no number is given twice; after a death they go on
 * with the next block.
 */
export class OrderBooks {
  readonly #sql: SqlStorage;
  readonly #places = new Map<string, Place>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Where the relay's numbers stand; undefined where this instance has none. */
  position(stream: string): { readonly epoch: string; readonly seq: number } | undefined {
    const { epoch, seq } = this.#place(stream);
    return epoch === null ? undefined : { epoch, seq };
  }

  /** The relay begins after `seq`. */
  opened(stream: string, epoch: string, seq: number): void {
    const place = this.#place(stream);
    place.epoch = epoch;
    place.seq = seq;
  }

  /** Whether a number is new. Those left out are no loss. */
  take(stream: string, seq: number, at: string): boolean {
    const place = this.#place(stream);
    if (seq <= place.seq) return false;
    place.seq = seq;
    place.at = at;
    return true;
  }

  /** Replaces the book, never merges it; but a state is said only when it is news. */
  put(stream: string, update: Body): { readonly seq: number; readonly body: Body } {
    const place = this.#place(stream);
    const state = update['state'] ?? place.body?.['state'];
    const body = { ...update, ...(state !== undefined && { state }) };
    place.body = body;
    place.ownSeq += 1;
    if (place.ownSeq > place.reserved) this.#reserve(stream, place);
    return { seq: place.ownSeq, body };
  }

  /** The newest book under its number. */
  get(stream: string): { readonly seq: number; readonly at: string; readonly body: Body } | undefined {
    const { ownSeq: seq, at, body } = this.#place(stream);
    return body && { seq, at, body };
  }

  /** The last number of a stream. */
  lastNumber(stream: string): number {
    return this.#place(stream).ownSeq;
  }

  #place(stream: string): Place {
    const known = this.#places.get(stream);
    if (known) return known;
    const [row] = this.#sql
      .exec<{ own_seq: number }>('SELECT own_seq FROM streams WHERE name = ?', stream)
      .toArray();
    const reserved = row?.own_seq ?? 0;
    const place: Place = { epoch: null, seq: 0, ownSeq: reserved, reserved, at: '', body: undefined };
    this.#places.set(stream, place);
    return place;
  }

  #reserve(stream: string, place: Place): void {
    place.reserved = place.ownSeq + BLOCK;
    this.#sql.exec(
      `INSERT INTO streams (name, own_seq) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET own_seq = excluded.own_seq`,
      stream,
      place.reserved,
    );
  }
}
