import { now } from '../../../../shared/clock.ts';
import { failure, type Failure } from '../../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../../shared/keys/digest.ts';
import { mintTenantToken } from '../../../../shared/keys/tenant-token.ts';
import { retryAfterSeconds } from '../../../../shared/limits/rate-limit-headers.ts';
import type { TenantRecords } from '../../tenant-records.ts';
import type { LoginLinks } from './login-links.ts';
import type { PartnerAccount } from '../partner-model.ts';
import type { PartnerAccounts } from '../partner-accounts.ts';
import { noSuch, notPartner } from '../refusals.ts';
import { TRADER_SESSION_TIER } from '../../../../shared/limits/tiers.ts';
import { TraderSessionLimits } from './trader-session-limits.ts';
import type { TraderUsers } from '../trader-users.ts';
import type { TraderAdmission, TraderSessionFound, TraderSessionOpened } from '../../api.ts';

/** A working day: a trader signs in again the next morning. */
const SESSION_LIFETIME_MS = 12 * 3_600_000;
const MAX_ACCOUNTS_SHOWN = 100;

type Row = { user: number; account: string | null; expires_at: number };

/**
 * Traders' sessions: one use of a login link makes one. A session acts for its user on one of that user's accounts, and
 * for nobody else; it never has a right of the partner's keys.
 */
export class TraderSessions {
  readonly #records: TenantRecords;
  readonly #users: TraderUsers;
  readonly #accounts: PartnerAccounts;
  readonly #links: LoginLinks;
  readonly #limits = new TraderSessionLimits();

  constructor(records: TenantRecords, users: TraderUsers, accounts: PartnerAccounts, links: LoginLinks) {
    this.#records = records;
    this.#users = users;
    this.#accounts = accounts;
    this.#links = links;
  }

  /** Uses a link up. A user's only active account is chosen at once; among several the trader chooses. */
  async open(linkHash: string): Promise<TraderSessionOpened> {
    const refused = this.#refusal();
    if (refused) return refused;
    const { tenant } = this.#records.requireProfile();
    const token = await mintTenantToken('pts', tenant, this.#records.env.L2_ROOT_SECRET);
    const hash = await sha256Hex(token);
    // No await from here on: of two that come with one link, one finds it used.
    const at = now();
    const used = this.#links.use(linkHash, at);
    if (!used.ok) return used;
    const { user, redirect } = used.link;
    const expiresAt = at + SESSION_LIFETIME_MS;
    this.#sql.exec('DELETE FROM trader_sessions WHERE expires_at <= ?', at);
    this.#sql.exec(
      'INSERT INTO trader_sessions (hash, user, account, expires_at) VALUES (?, ?, ?, ?)',
      hash,
      user,
      this.#onlyActive(user)?.id ?? null,
      expiresAt,
    );
    this.#records.audit({ id: `trader:${user}`, requestId: used.link.id }, 'session.open', String(user));
    const found = this.read(hash);
    return found.ok ? { ok: true, session: found.session, token, redirect } : found;
  }

  /** Decides on one request of a session, and counts it. */
  admit(hash: string): TraderAdmission {
    const refused = this.#refusal();
    if (refused) return refused;
    const row = this.#row(hash);
    if (!row.ok) return row;
    const limit = { ...this.#limits.take(hash, now()), tier: TRADER_SESSION_TIER };
    if (!limit.allowed) {
      return {
        ...failure('RATE_LIMIT_EXCEEDED', { retryAfter: retryAfterSeconds(limit.retryAfterMs) }),
        limit,
      };
    }
    const account = row.account === null ? undefined : this.#owned(row.user, row.account);
    return {
      ok: true,
      user: row.user,
      account: account && { id: account.id, wallet: account.wallet },
      limit,
    };
  }

  read(hash: string): TraderSessionFound {
    const row = this.#row(hash);
    if (!row.ok) return row;
    const user = this.#users.find(row.user);
    if (!user.ok) return user;
    return {
      ok: true,
      session: {
        user: user.user,
        account: row.account === null ? undefined : this.#owned(row.user, row.account),
        accounts: this.#accountsOf(row.user),
        expiresAt: row.expiresAt,
      },
    };
  }

  /** Chooses the account that the session trades from now on: one of its user's. */
  choose(hash: string, account: string): TraderSessionFound {
    const row = this.#row(hash);
    if (!row.ok) return row;
    if (!this.#owned(row.user, account)) return noSuch('Account');
    this.#sql.exec('UPDATE trader_sessions SET account = ? WHERE hash = ?', account, hash);
    return this.read(hash);
  }

  /** Ends a session; one that is not there has ended. */
  end(hash: string): void {
    this.#sql.exec('DELETE FROM trader_sessions WHERE hash = ?', hash);
  }

  get #sql(): SqlStorage {
    return this.#records.storage.sql;
  }

  #refusal(): Failure | undefined {
    const { profile } = this.#records;
    if (notPartner(this.#records)) return failure('INVALID_TOKEN');
    const restricted = profile?.flagged === true || profile?.underReview === true;
    return restricted || profile?.admission === 'none' ? failure('ACCESS_RESTRICTED') : undefined;
  }

  #row(hash: string):
    | {
        readonly ok: true;
        readonly user: number;
        readonly account: string | null;
        readonly expiresAt: number;
      }
    | Failure {
    const [row] = this.#sql
      .exec<Row>('SELECT user, account, expires_at FROM trader_sessions WHERE hash = ?', hash)
      .toArray();
    if (!row) return failure('INVALID_TOKEN');
    if (row.expires_at <= now()) return failure('TOKEN_EXPIRED');
    return { ok: true, user: row.user, account: row.account, expiresAt: row.expires_at };
  }

  #owned(user: number, account: string): PartnerAccount | undefined {
    const found = this.#accounts.find(account);
    return found.ok && found.account.user === user ? found.account : undefined;
  }

  #accountsOf(user: number): readonly PartnerAccount[] {
    return notPartner(this.#records) ? [] : this.#accounts.ofUser(user, MAX_ACCOUNTS_SHOWN);
  }

  #onlyActive(user: number): PartnerAccount | undefined {
    const active = this.#accountsOf(user).filter(({ status }) => status === 'active');
    return active.length === 1 ? active[0] : undefined;
  }
}
