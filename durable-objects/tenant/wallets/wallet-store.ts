import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { keyStatus } from '../../../shared/keys/principal.ts';
import type { Tier } from '../../../shared/limits/tiers.ts';
import { fromSql, toSql, type Micro } from '../../../shared/money/fixed.ts';
import type { Profile } from '../profile.ts';

/** A sandbox wallet: an extra paper account of a tenant (contract: clob, "Account and market data"). */
export interface Wallet {
  readonly id: number;
  readonly name: string;
  /** First deposit, micro-USD. */
  readonly startingBalance: Micro;
  /** Unix ms. */
  readonly createdAt: number;
}

/** What plans include. */
const walletCaps: Readonly<Record<Tier, number>> = { free: 1, pro: 3, pro_plus: 5, enterprise: 10 };

/** Whether the tenant's plan, as it stands now, has room for another wallet. */
export function walletCapGate(profile: Profile, held: number, now: number): Failure | undefined {
  const { tier } = keyStatus({ tier: profile.tier, permissions: [] }, profile, now);
  return held < walletCaps[tier]
    ? undefined
    : failure('UPGRADE_REQUIRED', {
        message: `The ${tier} plan has ${walletCaps[tier]} sandbox wallets`,
        featureKey: 'wallets.sandbox_baseline',
      });
}

type Row = { id: number; name: string; starting_balance: number; created_at: number };

const toWallet = (row: Row): Wallet => ({
  id: row.id,
  name: row.name,
  startingBalance: fromSql(row.starting_balance),
  createdAt: row.created_at,
});

/** SQL of the `wallets` table. Deleted rows stay, so that an id leads to one account for ever. */
export class WalletStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  list(): readonly Wallet[] {
    return this.#sql
      .exec<Row>('SELECT * FROM wallets WHERE deleted_at IS NULL ORDER BY id')
      .toArray()
      .map(toWallet);
  }

  find(id: number): Wallet | undefined {
    return this.#sql
      .exec<Row>('SELECT * FROM wallets WHERE id = ? AND deleted_at IS NULL', id)
      .toArray()
      .map(toWallet)[0];
  }

  /** The id that the next wallet gets. */
  nextId(): number {
    return this.#sql.exec<{ id: number }>('SELECT COALESCE(MAX(id), 0) + 1 AS id FROM wallets').one().id;
  }

  insert(wallet: Wallet): void {
    this.#sql.exec(
      'INSERT INTO wallets (id, name, starting_balance, created_at) VALUES (?, ?, ?, ?)',
      wallet.id,
      wallet.name,
      toSql(wallet.startingBalance),
      wallet.createdAt,
    );
  }

  setName(id: number, name: string): void {
    this.#sql.exec('UPDATE wallets SET name = ? WHERE id = ?', name, id);
  }

  remove(id: number, now: number): void {
    this.#sql.exec('UPDATE wallets SET deleted_at = ? WHERE id = ?', now, id);
  }
}
