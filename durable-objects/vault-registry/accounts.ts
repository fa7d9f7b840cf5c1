import type { RootUsage } from '../credential-vault/api.ts';
import type { UsageReport } from './api.ts';

export interface StaleAccount {
  readonly tenant: string;
  readonly account: string;
}

/** SQL of the accounts that have credentials, and nothing else. */
export class AccountList {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  apply({ tenant, account, change, usage }: UsageReport): void {
    const newer = this.#sql.exec(
      `INSERT INTO accounts (account, tenant, change) VALUES (?, ?, ?)
         ON CONFLICT (account) DO UPDATE SET change = excluded.change, tenant = excluded.tenant WHERE excluded.change > change`,
      account,
      tenant,
      change,
    ).rowsWritten;
    if (newer === 0) return;
    this.#sql.exec('DELETE FROM usage WHERE account = ?', account);
    for (const [version, credentials] of usage)
      this.#sql.exec(
        'INSERT INTO usage (root_version, account, credentials) VALUES (?, ?, ?)',
        version,
        account,
        credentials,
      );
  }

  /** Credentials under each root version that any needs. */
  totals(): RootUsage {
    return this.#sql
      .exec<{ v: number; n: number }>(
        'SELECT root_version v, SUM(credentials) n FROM usage GROUP BY root_version ORDER BY root_version',
      )
      .toArray()
      .map(({ v, n }) => [v, n] as const);
  }

  /** Accounts with a credential under an older version than `target` that this attempt has not tried. */
  stale(target: number, attempt: number, limit: number): readonly StaleAccount[] {
    return this.#sql
      .exec<{ tenant: string; account: string }>(
        `SELECT DISTINCT a.account, a.tenant FROM usage u JOIN accounts a ON a.account = u.account
           WHERE u.root_version < ? AND a.tried < ? ORDER BY a.account LIMIT ?`,
        target,
        attempt,
        limit,
      )
      .toArray();
  }

  countStale(target: number): number {
    return this.#sql
      .exec<{ n: number }>('SELECT COUNT(DISTINCT account) n FROM usage WHERE root_version < ?', target)
      .one().n;
  }

  setTried(account: string, attempt: number, failure: string | null): void {
    this.#sql.exec('UPDATE accounts SET tried = ?, failure = ? WHERE account = ?', attempt, failure, account);
  }

  /** Before a sweep: nobody has been tried. */
  forgetTries(): void {
    this.#sql.exec('UPDATE accounts SET tried = 0, failure = NULL WHERE tried > 0 OR failure IS NOT NULL');
  }

  failures(limit: number): readonly { readonly account: string; readonly reason: string }[] {
    return this.#sql
      .exec<{ account: string; reason: string }>(
        'SELECT account, failure AS reason FROM accounts WHERE failure IS NOT NULL ORDER BY account LIMIT ?',
        limit,
      )
      .toArray();
  }
}
