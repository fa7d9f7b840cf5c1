import type { Failure } from '../../../shared/errors/failure.ts';
import type { MailSender } from '../../../shared/mail/port.ts';
import type { Micro } from '../../../shared/money/fixed.ts';
import type { PartnerStage } from '../../../shared/partner/partner-stages.ts';

/** JSON that a partner keeps with us and gets back as it was. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What an operator sets for a partner. */
export interface PartnerSettings {
  /** Where login links may lead: entries as `redirectEntry` gives them. */
  readonly redirects: readonly string[];
  /** Whom its mails are from; null for the deployment's own. */
  readonly sender: MailSender | null;
}

/** An end user of a partner. */
export interface TraderUser {
  /** `user_id` of the wire. */
  readonly id: number;
  /** `tenant_user_id` of the wire. */
  readonly uuid: string;
  readonly externalId: string;
  readonly email: string;
  readonly metadata: JsonObject;
  /** Unix ms. */
  readonly createdAt: number;
}

/** The partner's words on an account, which it may change. */
export interface PartnerAccountTerms {
  readonly stage: PartnerStage;
  readonly rules: JsonObject;
  readonly metadata: JsonObject;
}

/** An account that a partner opened for a trader user: a paper account of its own. */
export interface PartnerAccount extends PartnerAccountTerms {
  /** UUID, `account_id` of the wire. */
  readonly id: string;
  readonly wallet: number;
  readonly user: number;
  readonly externalId: string;
  readonly startingBalance: Micro;
  readonly status: 'active' | 'closed';
  /** When the present attempt began: at its opening or its last reset, Unix ms. */
  readonly beganAt: number;
  readonly createdAt: number;
}

export type TraderUserFound = { readonly ok: true; readonly user: TraderUser } | Failure;
export type TraderUserCreated =
  | { readonly ok: true; readonly user: TraderUser; readonly created: boolean }
  | Failure;
export type PartnerAccountFound = { readonly ok: true; readonly account: PartnerAccount } | Failure;
export type PartnerAccountCreated =
  | { readonly ok: true; readonly account: PartnerAccount; readonly created: boolean }
  | Failure;

/** One page of a list in the order of creation; `next` leads to the rest. */
export type PageFound<T> =
  | { readonly ok: true; readonly rows: readonly T[]; readonly next?: number }
  | Failure;

export interface TraderUserInput {
  readonly externalId: string;
  readonly email: string;
  readonly metadata?: JsonObject;
}

export interface PartnerAccountInput {
  readonly user: number;
  readonly externalId: string;
  readonly stage: PartnerStage;
  readonly startingBalance: Micro;
  readonly rules?: JsonObject;
  readonly metadata?: JsonObject;
}
