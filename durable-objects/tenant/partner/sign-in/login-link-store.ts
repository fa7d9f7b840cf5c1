/** A login link that was asked for. Its token is not among this: only hashes of tokens are stored. */
export interface LoginLink {
  readonly id: string;
  readonly user: number;
  /** The page that the mail leads to, without the token. */
  readonly page: string;
  /** Where the trader goes once signed in, from the allow-list. */
  readonly redirect: string | null;
  /** `queued`: to be mailed, or being mailed. `failed`: given up. */
  readonly state: 'queued' | 'sent' | 'failed' | 'used';
  /** Attempts that have begun. */
  readonly attempts: number;
  /** When the next attempt is due, Unix ms. */
  readonly nextAt: number;
  readonly createdAt: number;
}

type Row = {
  id: string;
  user: number;
  page: string;
  redirect: string | null;
  state: string;
  attempts: number;
  next_at: number;
  created_at: number;
};

const toLink = (row: Row): LoginLink => ({
  id: row.id,
  user: row.user,
  page: row.page,
  redirect: row.redirect,
  // The column's CHECK has only these.
  state: row.state as LoginLink['state'],
  attempts: row.attempts,
  nextAt: row.next_at,
  createdAt: row.created_at,
});

/** Rows deleted in one sweep: a bounded piece of work, the next one takes the rest. */
const SWEEP_ROWS = 1_000;

/** SQL of `login_links` and `login_tokens`. */
export class LoginLinkStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  insert(link: LoginLink): void {
    this.#sql.exec(
      `INSERT INTO login_links (id, user, page, redirect, state, attempts, next_at, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      link.id,
      link.user,
      link.page,
      link.redirect,
      link.state,
      link.attempts,
      link.nextAt,
      link.createdAt,
    );
  }

  find(id: string): LoginLink | undefined {
    return this.#sql.exec<Row>('SELECT * FROM login_links WHERE id = ?', id).toArray().map(toLink)[0];
  }

  due(at: number, limit: number): readonly LoginLink[] {
    return this.#sql
      .exec<Row>(
        "SELECT * FROM login_links WHERE state = 'queued' AND next_at <= ? ORDER BY next_at LIMIT ?",
        at,
        limit,
      )
      .toArray()
      .map(toLink);
  }

  /** When the first queued link is due. */
  nextAt(): number | undefined {
    const { at } = this.#sql
      .exec<{ at: number | null }>("SELECT MIN(next_at) AS at FROM login_links WHERE state = 'queued'")
      .one();
    return at ?? undefined;
  }

  /** Begins an attempt: until `nextAt` nobody begins another. */
  beginAttempt(id: string, nextAt: number): void {
    this.#sql.exec('UPDATE login_links SET attempts = attempts + 1, next_at = ? WHERE id = ?', nextAt, id);
  }

  /** Every queued link is due at once: nobody is at work on any. */
  endLeases(at: number): void {
    this.#sql.exec("UPDATE login_links SET next_at = ?1 WHERE state = 'queued' AND next_at > ?1", at);
  }

  retryAt(id: string, nextAt: number): void {
    this.#sql.exec('UPDATE login_links SET next_at = ? WHERE id = ?', nextAt, id);
  }

  /** A link that was used meanwhile stays so. */
  setState(id: string, state: 'sent' | 'failed' | 'used'): void {
    this.#sql.exec("UPDATE login_links SET state = ? WHERE id = ? AND state != 'used'", state, id);
  }

  addToken(hash: string, link: string, expiresAt: number): void {
    this.#sql.exec(
      'INSERT INTO login_tokens (hash, link, expires_at) VALUES (?, ?, ?)',
      hash,
      link,
      expiresAt,
    );
  }

  token(hash: string): { readonly link: string; readonly expiresAt: number } | undefined {
    const [row] = this.#sql
      .exec<{ link: string; expires_at: number }>(
        'SELECT link, expires_at FROM login_tokens WHERE hash = ?',
        hash,
      )
      .toArray();
    return row && { link: row.link, expiresAt: row.expires_at };
  }

  /** Forgets links, with their tokens, that were asked for before a moment. */
  sweep(before: number): void {
    const old = 'SELECT id FROM login_links WHERE created_at < ?1 ORDER BY created_at LIMIT ?2';
    this.#sql.exec(`DELETE FROM login_tokens WHERE link IN (${old})`, before, SWEEP_ROWS);
    this.#sql.exec(`DELETE FROM login_links WHERE id IN (${old})`, before, SWEEP_ROWS);
  }
}
