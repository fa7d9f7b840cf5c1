import { now } from '../../../../shared/clock.ts';
import { failure, type Failure } from '../../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../../shared/keys/digest.ts';
import { mintTenantToken } from '../../../../shared/keys/tenant-token.ts';
import { defaultSender, mailerOf } from '../../../../shared/mail/configured-mailer.ts';
import { LINK_MINUTES, loginMail } from '../../../../shared/mail/login-mail.ts';
import type { Mailer } from '../../../../shared/mail/port.ts';
import { allowedRedirect } from '../../../../shared/partner/redirect-allow-list.ts';
import { pauseAt } from '../../../../shared/testing/fault-points.ts';
import type { Actor } from '../../actor.ts';
import type { TenantRecords } from '../../tenant-records.ts';
import { LoginLinkStore, type LoginLink } from './login-link-store.ts';
import { PartnerSettingsStore } from '../partner-settings-store.ts';
import type { TraderUsers } from '../trader-users.ts';
import type { ChangeResult, LoginLinkRequest } from '../../api.ts';

const LINK_LIFETIME_MS = LINK_MINUTES * 60_000;
/** After a failed attempt; then it is given up: the trader has stopped looking at the inbox. */
const RETRY_AFTER_MS: readonly number[] = [2_000, 10_000, 60_000, 180_000];
/**
 * How long an attempt may take before another begins: longer than the slowest mailer, which waits 10 s for each of an
 * SMTP session's ten answers. One that died with its object is taken up as soon as anything wakes that.
 */
const LEASE_MS = 120_000;
/** The alarm that takes up a link whose delivery died before it began. */
const FALLBACK_ALARM_MS = 1_000;
/** Links mailed side by side. */
const BATCH = 20;
/** Links are kept this long: for an operator who is asked what became of one. */
const LINK_RETENTION_MS = 24 * 3_600_000;

/**
 * Login links on their way to the trader's inbox. A link is journaled before its mail leaves. Each attempt has a token
 * of its own, whose hash alone is stored; all tokens of a link are good for the one time that the link can be used, so
 * a mail that came although its attempt seemed to fail still works.
 */
export class LoginLinks {
  readonly #records: TenantRecords;
  readonly #users: TraderUsers;
  readonly #store: LoginLinkStore;
  readonly #settings: PartnerSettingsStore;
  /** Sees to it that the tenant's alarm rings by then. */
  readonly #setAlarmBy: (at: number) => Promise<void>;

  constructor(records: TenantRecords, users: TraderUsers, wakeBy: (at: number) => Promise<void>) {
    this.#records = records;
    this.#users = users;
    this.#store = new LoginLinkStore(records.storage.sql);
    this.#settings = new PartnerSettingsStore(records.storage.sql);
    this.#setAlarmBy = wakeBy;
  }

  /** Takes a link on for delivery. REDIRECT_NOT_ALLOWED off the list; VENUE_UNAVAILABLE where nothing can be mailed. */
  async request(id: number, { page, redirect }: LoginLinkRequest, actor: Actor): Promise<ChangeResult> {
    const found = this.#users.find(id);
    if (!found.ok) return found;
    const allowed = this.#redirectOf(redirect);
    if (!allowed.ok) return allowed;
    if (!this.#mailer())
      return failure('VENUE_UNAVAILABLE', { message: 'No mail service is configured', retryAfter: 60 });
    const at = now();
    // The alarm first: cut short here it rings for nothing; the other way round a link would wait for ever.
    await this.#setAlarmBy(at + FALLBACK_ALARM_MS);
    const link = crypto.randomUUID();
    this.#store.sweep(at - LINK_RETENTION_MS);
    this.#store.insert({
      id: link,
      user: id,
      page,
      redirect: allowed.redirect,
      state: 'queued',
      attempts: 0,
      nextAt: at,
      createdAt: at,
    });
    this.#records.audit(actor, 'login_link.request', String(id));
    return { ok: true };
  }

  /** Mails what is due. Safe to call at any time, and several times at once. */
  async deliverDue(): Promise<void> {
    await Promise.all(this.#store.due(now(), BATCH).map((link) => this.#attempt(link)));
  }

  /** Takes up what an earlier instance of the object left: its attempts have died with it. */
  async resume(): Promise<void> {
    if (this.nextAt() === undefined) return;
    this.#store.endLeases(now());
    await this.deliverDue();
  }

  /** When the first link that waits is due. */
  nextAt(): number | undefined {
    return this.#store.nextAt();
  }

  /**
   * The link of a token, used up by this call; without its redirect where the allow-list has that no more: the trader's
   * session would go to a site that the operator has stopped trusting. INVALID_TOKEN for one that is unknown or was used,
   * TOKEN_EXPIRED.
   */
  use(tokenHash: string, at: number): { readonly ok: true; readonly link: LoginLink } | Failure {
    const token = this.#store.token(tokenHash);
    const link = token && this.#store.find(token.link);
    if (!token || !link) return failure('INVALID_TOKEN');
    if (link.state === 'used') return failure('INVALID_TOKEN', { message: 'This link was used already' });
    if (token.expiresAt <= at) return failure('TOKEN_EXPIRED', { message: 'This link has expired' });
    this.#store.setState(link.id, 'used');
    const redirect = this.#redirectOf(link.redirect ?? undefined);
    return { ok: true, link: { ...link, redirect: redirect.ok ? redirect.redirect : null } };
  }

  #redirectOf(redirect: string | undefined): { ok: true; redirect: string | null } | Failure {
    if (redirect === undefined) return { ok: true, redirect: null };
    const allowed = allowedRedirect(redirect, this.#settings.read().redirects);
    return allowed === undefined ? failure('REDIRECT_NOT_ALLOWED') : { ok: true, redirect: allowed };
  }

  async #attempt({ id, user, page, attempts }: LoginLink): Promise<void> {
    const [mailer, found] = [this.#mailer(), this.#users.find(user)];
    if (!mailer || !found.ok) return this.#store.setState(id, 'failed');
    const began = now();
    this.#store.beginAttempt(id, began + LEASE_MS);
    const { tenant } = this.#records.requireProfile();
    const token = await mintTenantToken('ptl', tenant, this.#records.env.L2_ROOT_SECRET);
    this.#store.addToken(await sha256Hex(token), id, began + LINK_LIFETIME_MS);
    await this.#setAlarmBy(began + LEASE_MS);
    // Nothing of it may leave before the hash is on disk.
    await this.#records.storage.sync();
    if (INSTRUMENTED) await pauseAt('tenant/link/recorded');
    const from = this.#settings.read().sender ?? defaultSender(this.#records.env);
    // After the `#`: browsers keep it to themselves, so no server, proxy or log sees it.
    const mailed = await mailer.send(loginMail(from, found.user.email, `${page}#${token}`));
    if (INSTRUMENTED) await pauseAt('tenant/link/mailed');
    if (mailed === 'no-tls')
      console.error(JSON.stringify({ level: 'error', event: 'mail_server_without_tls', id }));
    const pause = RETRY_AFTER_MS[attempts];
    if (mailed === 'accepted' || pause === undefined) {
      this.#store.setState(id, mailed === 'accepted' ? 'sent' : 'failed');
      if (mailed !== 'accepted')
        console.error(JSON.stringify({ level: 'error', event: 'link_given_up', id }));
      return;
    }
    const next = now() + pause;
    this.#store.retryAt(id, next);
    await this.#setAlarmBy(next);
  }

  /** Undefined where mail is not set up, or so that it would not be safe: the log says which. */
  #mailer(): Mailer | undefined {
    try {
      return mailerOf(this.#records.env);
    } catch (error) {
      const message = error instanceof Error ? error.message : 'unknown';
      console.error(JSON.stringify({ level: 'error', event: 'mail_settings', message }));
      return undefined;
    }
  }
}
