import { randomBytes, scryptSync, timingSafeEqual, type KeyObject } from 'node:crypto';

/** Someone who trades for a firm. */
export interface User {
  readonly name: string;
  readonly firm: string;
  /** Full names; the first is meant where a request names none. */
  readonly accounts: readonly string[];
  password: PasswordHash | undefined;
  /** The one refresh token that is good, by its id. */
  refreshId: string | undefined;
  otp: { readonly secret: string; confirmed: boolean; lastStep: number } | undefined;
}

/** A client of the v1 dialect: a key pair instead of a password. */
export interface ApiClient {
  readonly id: string;
  readonly publicKey: KeyObject;
  readonly user: User;
}

export interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export function createUser(name: string, firm: string, accounts: readonly string[]): User {
  return {
    name,
    firm,
    accounts: accounts.map((account) => accountName(firm, account)),
    password: undefined,
    refreshId: undefined,
    otp: undefined,
  };
}

export function accountName(firm: string, account: string): string {
  return `firms/${firm}/accounts/${account}`;
}

export function participantOf(user: User): string {
  return `firms/${user.firm}/users/${user.name}`;
}

/** Cheap on purpose: these passwords protect play money of one run. */
const SCRYPT = { N: 1024 };
const HASH_BYTES = 32;

export function hashPassword(password: string): PasswordHash {
  const salt = randomBytes(16);
  return { salt, hash: scryptSync(password, salt, HASH_BYTES, SCRYPT) };
}

export function isPassword({ salt, hash }: PasswordHash, password: string): boolean {
  return timingSafeEqual(hash, scryptSync(password, salt, HASH_BYTES, SCRYPT));
}

const MIN_PASSWORD = 12;

/** What `check_password` says; a password that registers has no reasons against it. The rules are assumed. */
export function passwordReasons(password: string): readonly string[] {
  return [
    ...(password.length < MIN_PASSWORD ? [`at least ${MIN_PASSWORD} characters`] : []),
    ...(/[a-z]/.test(password) ? [] : ['a lower-case letter']),
    ...(/[A-Z]/.test(password) ? [] : ['an upper-case letter']),
    ...(/\d/.test(password) ? [] : ['a digit']),
  ];
}
