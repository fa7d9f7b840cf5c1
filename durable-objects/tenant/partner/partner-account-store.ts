import { fromSql, toSql } from '../../../shared/money/fixed.ts';
import { firstNumber } from '../first-number.ts';
import type { PartnerAccountTerms, JsonObject, PartnerAccount } from './partner-model.ts';
import type { PartnerStage } from '../../../shared/partner/partner-stages.ts';

/** An account as it is stored; `opening` until its trading account is known to have its deposit. */
export interface StoredAccount extends Omit<PartnerAccount, 'status'> {
  readonly status: 'opening' | PartnerAccount['status'];
  /** The terms that it was created with: a replay must repeat these, whatever was changed since. */
  readonly origin: PartnerAccountTerms;
}

type Row = {
  wallet: number;
  id: string;
  user: number;
  external_id: string;
  stage: string;
  starting_balance: number;
  rules: string;
  metadata: string;
  origin: string;
  status: string;
  began_at: number;
  created_at: number;
};

// The casts below are of columns that only this class writes, from checked types.
const toAccount = (row: Row): StoredAccount => ({
  wallet: row.wallet,
  id: row.id,
  user: row.user,
  externalId: row.external_id,
  stage: row.stage as PartnerStage,
  startingBalance: fromSql(row.starting_balance),
  rules: JSON.parse(row.rules) as JsonObject,
  metadata: JSON.parse(row.metadata) as JsonObject,
  origin: JSON.parse(row.origin) as PartnerAccountTerms,
  status: row.status as StoredAccount['status'],
  beganAt: row.began_at,
  createdAt: row.created_at,
});

/** Whether its trading account is there: only then anybody finds it. */
export const isOpen = (account: StoredAccount | undefined): account is StoredAccount & PartnerAccount =>
  account !== undefined && account.status !== 'opening';

const OPEN = "status != 'opening'";

/** SQL of the `partner_accounts` table. Rows stay: an id never names another. */
export class PartnerAccountStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  insert(account: Omit<StoredAccount, 'wallet' | 'origin'>): StoredAccount {
    const { last } = this.#sql
      .exec<{ last: number | null }>('SELECT MAX(wallet) AS last FROM partner_accounts')
      .one();
    const wallet = last === null ? firstNumber() : last + 1;
    const { stage, rules, metadata } = account;
    const origin = { stage, rules, metadata };
    this.#sql.exec(
      `INSERT INTO partner_accounts (wallet, id, user, external_id, stage, starting_balance, rules, metadata, origin,
         status, began_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      wallet,
      account.id,
      account.user,
      account.externalId,
      stage,
      toSql(account.startingBalance),
      JSON.stringify(rules),
      JSON.stringify(metadata),
      JSON.stringify(origin),
      account.status,
      account.beganAt,
      account.createdAt,
    );
    return { ...account, wallet, origin };
  }

  find(id: string): StoredAccount | undefined {
    return this.#all('SELECT * FROM partner_accounts WHERE id = ?', id)[0];
  }

  findExternal(externalId: string): StoredAccount | undefined {
    return this.#all('SELECT * FROM partner_accounts WHERE external_id = ?', externalId)[0];
  }

  /** Up to `limit` accounts after a wallet's number, oldest first; of one user, if asked. */
  page(after: number, limit: number, user?: number): readonly PartnerAccount[] {
    const rows =
      user === undefined
        ? this.#all(
            `SELECT * FROM partner_accounts WHERE wallet > ? AND ${OPEN} ORDER BY wallet LIMIT ?`,
            after,
            limit,
          )
        : this.#all(
            `SELECT * FROM partner_accounts WHERE user = ? AND wallet > ? AND ${OPEN} ORDER BY wallet LIMIT ?`,
            user,
            after,
            limit,
          );
    return rows.filter(isOpen);
  }

  /** Up to `limit` accounts of a user: active ones before closed ones, the newest first. */
  ofUser(user: number, limit: number): readonly PartnerAccount[] {
    const rows = this.#all(
      `SELECT * FROM partner_accounts WHERE user = ? AND ${OPEN}
       ORDER BY status = 'active' DESC, wallet DESC LIMIT ?`,
      user,
      limit,
    );
    return rows.filter(isOpen);
  }

  setStatus(id: string, status: PartnerAccount['status']): void {
    this.#sql.exec('UPDATE partner_accounts SET status = ? WHERE id = ?', status, id);
  }

  /** A new attempt: active, from this moment on. */
  begin(id: string, at: number): void {
    this.#sql.exec("UPDATE partner_accounts SET status = 'active', began_at = ? WHERE id = ?", at, id);
  }

  setTerms(id: string, { stage, rules, metadata }: PartnerAccountTerms): void {
    this.#sql.exec(
      'UPDATE partner_accounts SET stage = ?, rules = ?, metadata = ? WHERE id = ?',
      stage,
      JSON.stringify(rules),
      JSON.stringify(metadata),
      id,
    );
  }

  #all(query: string, ...bindings: readonly (string | number)[]): readonly StoredAccount[] {
    return this.#sql
      .exec<Row>(query, ...bindings)
      .toArray()
      .map(toAccount);
  }
}
