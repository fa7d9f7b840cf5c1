type Body = Readonly<Record<string, unknown>>;

/** SQL of `books`: the newest whole book of each symbol. */
export class Books {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Replaces the book, never merges it; but a state is said only when it is news. */
  put(symbol: string, update: Body, at: string): Body {
    const state = update['state'] ?? this.get(symbol)?.['state'];
    const body = { ...update, ...(state !== undefined && { state }) };
    this.#sql.exec(
      'INSERT OR REPLACE INTO books (symbol, body, at) VALUES (?, ?, ?)',
      symbol,
      JSON.stringify(body),
      at,
    );
    return body;
  }

  get(symbol: string): Body | undefined {
    const [row] = this.#sql
      .exec<{ body: string }>('SELECT body FROM books WHERE symbol = ?', symbol)
      .toArray();
    // Only `put` writes here.
    return row && (JSON.parse(row.body) as Body);
  }
}
