import { requireUser } from '../auth/sessions.ts';
import { participantOf, type User } from '../auth/users.ts';
import type { Owner } from '../engine/types.ts';
import { denied, invalid } from '../exchange-error.ts';
import type { Venue } from '../state.ts';

export type Dialect = 'v1beta1' | 'v1';

/** What a request says about who sends it. */
export interface Credentials {
  readonly dialect: Dialect;
  readonly authorization: string | undefined;
  readonly participantId: string | undefined;
}

/** `account`: about somebody's orders or money. `reference`: the same for everybody. */
export type Scope = 'account' | 'reference';

/** @throws UNAUTHENTICATED, and in v1 what is wrong with the participant of an account's request. */
export function requireCaller(venue: Venue, credentials: Credentials, scope: Scope): User {
  const user = requireUser(venue, credentials.authorization);
  if (credentials.dialect === 'v1beta1' || scope === 'reference') return user;
  const { participantId } = credentials;
  if (participantId === undefined || participantId === '') throw invalid('x-participant-id is required');
  if (participantId !== participantOf(user)) throw denied('not your participant');
  return user;
}

/** The account by its full or its last name; the user's first for none. @throws PERMISSION_DENIED. */
export function accountFor(user: User, account: string): string {
  const full = account === '' ? user.accounts[0] : user.accounts.find((own) => isNamed(own, account));
  if (full === undefined) throw denied('not your account');
  return full;
}

/** All of the user's accounts for an empty list. */
export function accountsFor(user: User, accounts: readonly string[]): ReadonlySet<string> {
  return new Set(
    accounts.length === 0 ? user.accounts : accounts.map((account) => accountFor(user, account)),
  );
}

export function ownerOf(user: User, account: string): Owner {
  return { firm: user.firm, participant: participantOf(user), account, synthetic: false };
}

function isNamed(own: string, account: string): boolean {
  return own === account || own.endsWith(`/accounts/${account}`);
}
