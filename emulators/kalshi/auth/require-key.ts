import { constants, verify, type KeyObject } from 'node:crypto';
import { header } from '../../lib/http/headers.ts';
import type { RouteRequest } from '../../lib/http/route.ts';
import { nowMs, type Venue } from '../state.ts';
import { unauthorized } from '../venue-error.ts';
import type { ApiKeyRecord } from './api-key-record.ts';

/**
 * How far a request's timestamp may be behind and ahead of the venue's clock, ms. Observed on the venue: 10 s behind
 * is taken and 30 s is not; 30 s ahead is taken and 60 s is not (README, "Sources").
 */
const MAX_BEHIND_MS = 20_000;
const MAX_AHEAD_MS = 30_000;

/** The venue's SDKs all sign with a salt as long as the digest. */
const SALT_BYTES = 32;

/** The key that signed the request. @throws 401 in the venue's words for what is wrong. */
export function requireKey(venue: Venue, request: RouteRequest): ApiKeyRecord {
  const keyId = header(request.headers, 'kalshi-access-key');
  const timestamp = header(request.headers, 'kalshi-access-timestamp');
  const signature = header(request.headers, 'kalshi-access-signature');
  if (keyId === undefined) throw unauthorized('token_authentication_failure');
  if (signature === undefined) throw unauthorized('signature_is_missing_from_headers');
  if (timestamp === undefined) throw unauthorized('timestamp_is_missing_from_headers');
  if (!isFresh(timestamp, nowMs(venue))) throw unauthorized('header_timestamp_expired');
  const key = venue.apiKeys.get(keyId);
  if (key === undefined) throw unauthorized('authentication_error', 'NOT_FOUND');
  if (!signatureMatches(key.publicKey, `${timestamp}${request.method}${request.path}`, signature)) {
    throw unauthorized('authentication_error', 'INCORRECT_API_KEY_SIGNATURE');
  }
  return key;
}

function isFresh(timestamp: string, now: number): boolean {
  if (!/^\d{1,15}$/.test(timestamp)) return false;
  const ahead = Number(timestamp) - now;
  return ahead <= MAX_AHEAD_MS && ahead >= -MAX_BEHIND_MS;
}

/** RSA-PSS, SHA-256, MGF1 with SHA-256, a salt of exactly 32 bytes. */
function signatureMatches(key: KeyObject, message: string, signature: string): boolean {
  const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: SALT_BYTES };
  return verify('sha256', Buffer.from(message), options, Buffer.from(signature, 'base64'));
}
