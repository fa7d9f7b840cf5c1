import { accountName, createUser, hashPassword, type User } from './auth/users.ts';
import { CASH_SCALE } from './engine/instrument.ts';
import { deposit, type Venue } from './state.ts';

/** Known to the emulator from its start, so that a program can log in without anybody's help. */
export const LOCAL_USERS = [
  { name: 'alpha-trader', firm: 'Alpha', accounts: ['main', 'second'] },
  { name: 'alpha-backup', firm: 'Alpha', accounts: ['main'] },
  { name: 'beta-trader', firm: 'Beta', accounts: ['main'] },
  { name: 'gamma-trader', firm: 'Gamma', accounts: ['main'] },
] as const;

/** No secret: the emulator listens on this machine only, and its money is worth nothing. */
export const LOCAL_PASSWORD = 'Local-exchange-1';

/** What each account starts with. */
const STARTING_CASH = 100_000n * CASH_SCALE;

export interface UserSpec {
  readonly name: string;
  readonly firm: string;
  readonly accounts: readonly string[];
  /** Without one, the user registers. */
  readonly password?: string | undefined;
}

export function addLocalUsers(venue: Venue): void {
  for (const spec of LOCAL_USERS) addUser(venue, { ...spec, password: LOCAL_PASSWORD });
}

/** Adds a user, and money where an account is new. */
export function addUser(venue: Venue, spec: UserSpec): User {
  const user = createUser(spec.name, spec.firm, spec.accounts);
  if (spec.password !== undefined) user.password = hashPassword(spec.password);
  for (const account of spec.accounts) {
    const full = accountName(spec.firm, account);
    if (!venue.engine.accounts.has(full)) deposit(venue, full, STARTING_CASH);
  }
  venue.users.set(user.name, user);
  return user;
}
