import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { boundedPush, boundedSet } from '../../lib/bounded-collections.ts';
import { ExchangeError, invalid, unauthenticated } from '../exchange-error.ts';
import { rfc3339, type WireRecord } from '../engine/views.ts';
import { nowMs, type Venue } from '../state.ts';
import { readToken, signToken, type Claims } from './jwt.ts';
import { hashPassword, isPassword, passwordReasons, type User } from './users.ts';

/** A registration token that the account manager hands out may wait this long. */
const REGISTRATION_TTL_MS = 7 * 24 * 3_600_000;
const MAX_USED_IDS = 100_000;
const MAX_ISSUED = 10_000;

export function issueRegistration(venue: Venue, user: User): string {
  return issue(venue, user, 'registration', REGISTRATION_TTL_MS).token;
}

/** Sets the user's password, once for each registration token. */
export function register(venue: Venue, token: string, password: string): WireRecord {
  const claims = readToken(venue.tokenSecret, token, 'registration', nowMs(venue));
  const user = claims === undefined ? undefined : venue.users.get(claims.sub);
  if (claims === undefined || user === undefined) throw unauthenticated('invalid registration token');
  if (venue.usedTokenIds.has(claims.jti)) throw new ExchangeError('ALREADY_EXISTS', 'already registered');
  const reasons = passwordReasons(password);
  if (reasons.length > 0) throw invalid(`password needs ${reasons.join(', ')}`);
  boundedSet(venue.usedTokenIds, claims.jti, true, MAX_USED_IDS);
  user.password = hashPassword(password);
  return {};
}

/** @throws UNAUTHENTICATED, the same for an unknown user as for a wrong password. */
export function login(venue: Venue, username: string, password: string, otp: string): WireRecord {
  const user = venue.users.get(username);
  if (user?.password === undefined || !isPassword(user.password, password))
    throw unauthenticated('invalid username or password');
  if (user.otp?.confirmed === true && !takeOtp(venue, user, otp)) throw unauthenticated('invalid otp');
  return tokenPair(venue, user);
}

/** Both tokens change; the refresh token that was spent is refused from now on. */
export function refresh(venue: Venue, token: string): WireRecord {
  const claims = readToken(venue.tokenSecret, token, 'refresh', nowMs(venue));
  const user = claims === undefined ? undefined : venue.users.get(claims.sub);
  if (claims === undefined || user?.refreshId !== claims.jti) throw unauthenticated('invalid refresh token');
  return tokenPair(venue, user);
}

function tokenPair(venue: Venue, user: User): WireRecord {
  const access = issue(venue, user, 'access', venue.accessTtlMs);
  const renewal = issue(venue, user, 'refresh', venue.refreshTtlMs);
  user.refreshId = renewal.claims.jti;
  return {
    accessToken: access.token,
    refreshToken: renewal.token,
    accessIssueTime: rfc3339(access.claims.iat * 1000),
    accessExpirationTime: rfc3339(access.claims.exp * 1000),
    refreshIssueTime: rfc3339(renewal.claims.iat * 1000),
    refreshExpirationTime: rfc3339(renewal.claims.exp * 1000),
  };
}

/** An access token of the v1 dialect, whose life `venue.v1TtlMs` says. */
export function issueV1Access(venue: Venue, user: User): string {
  return issue(venue, user, 'access', venue.v1TtlMs).token;
}

function issue(
  venue: Venue,
  user: User,
  typ: Claims['typ'],
  ttlMs: number,
): { readonly token: string; readonly claims: Claims } {
  const iat = nowMs(venue) / 1000;
  const claims = { typ, sub: user.name, jti: randomUUID(), iat, exp: iat + ttlMs / 1000 };
  const token = signToken(venue.tokenSecret, claims);
  boundedPush(venue.issued, token, MAX_ISSUED);
  return { token, claims };
}

/** @returns whose token it is. @throws UNAUTHENTICATED. */
export function requireUser(venue: Venue, authorization: string | undefined): User {
  // The exchange's own Python examples of the v1beta1 generation send the bare token.
  const token = (authorization ?? '').replace(/^Bearer /i, '');
  const claims = readToken(venue.tokenSecret, token, 'access', nowMs(venue));
  const user = claims === undefined ? undefined : venue.users.get(claims.sub);
  if (user === undefined) throw unauthenticated('invalid or expired access token');
  return user;
}

/** A new secret; it counts once a code of it was verified. */
export function enrollOtp(user: User): WireRecord {
  const secret = new Secret({ size: 20 });
  user.otp = { secret: secret.base32, confirmed: false, lastStep: 0 };
  const uri = new TOTP({ issuer: 'Exchange emulator', label: user.name, secret }).toString();
  return { secret_uri: uri };
}

export function verifyOtp(venue: Venue, user: User, code: string): WireRecord {
  if (user.otp === undefined || !takeOtp(venue, user, code)) return { ok: false };
  user.otp.confirmed = true;
  return { ok: true };
}

/** A code is good for its half minute and the ones beside it, and once. */
function takeOtp(venue: Venue, user: User, code: string): boolean {
  if (user.otp === undefined) return false;
  const totp = new TOTP({ secret: Secret.fromBase32(user.otp.secret) });
  const timestamp = nowMs(venue);
  const delta = totp.validate({ token: code, timestamp, window: 1 });
  if (delta === null) return false;
  const step = totp.counter({ timestamp }) + delta;
  if (step <= user.otp.lastStep) return false;
  user.otp.lastStep = step;
  return true;
}
