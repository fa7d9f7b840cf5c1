import { DurableObject } from 'cloudflare:workers';
import type { ObjectEnv } from '../../bindings.ts';
import type { Actor } from '../actor.ts';
import type { TenantRecords } from '../tenant-records.ts';
import { LoginLinks } from './sign-in/login-links.ts';
import type {
  PartnerAccountCreated,
  PartnerAccountFound,
  PartnerAccountInput,
  PartnerAccountTerms,
  PageFound,
  PartnerAccount,
  PartnerSettings,
  TraderUser,
  TraderUserCreated,
  TraderUserFound,
  TraderUserInput,
} from './partner-model.ts';
import { PartnerAccounts } from './partner-accounts.ts';
import { PartnerSettingsStore } from './partner-settings-store.ts';
import { TraderSessions } from './sign-in/trader-sessions.ts';
import { TraderUsers } from './trader-users.ts';
import type {
  ChangeResult,
  LoginLinkRequest,
  TraderAdmission,
  TraderSessionFound,
  TraderSessionOpened,
} from '../api.ts';

/** The parts of a tenant that make it a partner. */
export class PartnerParts {
  readonly users: TraderUsers;
  readonly accounts: PartnerAccounts;
  readonly links: LoginLinks;
  readonly sessions: TraderSessions;
  readonly settings: PartnerSettingsStore;

  constructor(records: TenantRecords, wakeBy: (at: number) => Promise<void>) {
    this.users = new TraderUsers(records);
    this.accounts = new PartnerAccounts(records, this.users);
    this.links = new LoginLinks(records, this.users, wakeBy);
    this.sessions = new TraderSessions(records, this.users, this.accounts, this.links);
    this.settings = new PartnerSettingsStore(records.storage.sql);
  }
}

/** What a partner's surface, its traders' sessions and its operator ask of a Tenant. */
export abstract class PartnerRpc extends DurableObject<ObjectEnv> {
  protected abstract readonly partner: PartnerParts;
  protected abstract readonly records: TenantRecords;

  createTraderUser(input: TraderUserInput, actor: Actor): TraderUserCreated {
    return this.partner.users.create(input, actor);
  }

  traderUser(id: number): TraderUserFound {
    return this.partner.users.find(id);
  }

  listTraderUsers(after: number, limit: number): PageFound<TraderUser> {
    return this.partner.users.page(after, limit);
  }

  createPartnerAccount(input: PartnerAccountInput, actor: Actor): Promise<PartnerAccountCreated> {
    return this.partner.accounts.create(input, actor);
  }

  partnerAccount(id: string): PartnerAccountFound {
    return this.partner.accounts.find(id);
  }

  listPartnerAccounts(after: number, limit: number, user?: number): PageFound<PartnerAccount> {
    return this.partner.accounts.page(after, limit, user);
  }

  changePartnerAccount(id: string, terms: Partial<PartnerAccountTerms>, actor: Actor): PartnerAccountFound {
    return this.partner.accounts.change(id, terms, actor);
  }

  async endPartnerAccount(id: string, how: 'close' | 'reset', actor: Actor): Promise<PartnerAccountFound> {
    return this.partner.accounts.end(id, how, actor);
  }

  /** Takes a login link on; its mail leaves after the reply. */
  async requestLoginLink(user: number, request: LoginLinkRequest, actor: Actor): Promise<ChangeResult> {
    const requested = await this.partner.links.request(user, request, actor);
    if (requested.ok) this.ctx.waitUntil(this.partner.links.deliverDue());
    return requested;
  }

  async openTraderSession(linkHash: string): Promise<TraderSessionOpened> {
    return this.partner.sessions.open(linkHash);
  }

  admitTrader(sessionHash: string): TraderAdmission {
    return this.partner.sessions.admit(sessionHash);
  }

  traderSession(sessionHash: string): TraderSessionFound {
    return this.partner.sessions.read(sessionHash);
  }

  chooseAccount(sessionHash: string, account: string): TraderSessionFound {
    return this.partner.sessions.choose(sessionHash, account);
  }

  endTraderSession(sessionHash: string): void {
    this.partner.sessions.end(sessionHash);
  }

  partnerSettings(): PartnerSettings {
    return this.partner.settings.read();
  }

  setPartnerSettings(change: Partial<PartnerSettings>, actor: Actor): PartnerSettings {
    const settings = { ...this.partner.settings.read(), ...change };
    this.partner.settings.write(settings);
    this.records.audit(actor, 'partner.settings', this.records.requireProfile().tenant);
    return settings;
  }
}
