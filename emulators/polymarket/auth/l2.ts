import { header } from '../../lib/http/headers.ts';
import type { RouteRequest } from '../../lib/http/route.ts';
import { nowSeconds, type Venue } from '../state.ts';
import { unauthorized } from '../venue-error.ts';
import { findKey, type ApiKeyRecord } from './api-keys.ts';
import { constantTimeEqual, hmacMatches, isFresh } from './hmac.ts';

/** The key behind the L2 headers. @throws 401 `Unauthorized/Invalid api key`, whatever was wrong. */
export function requireL2(venue: Venue, request: RouteRequest): ApiKeyRecord {
  const { headers } = request;
  const address = header(headers, 'poly_address');
  const apiKey = header(headers, 'poly_api_key');
  const passphrase = header(headers, 'poly_passphrase');
  const timestamp = header(headers, 'poly_timestamp');
  const signature = header(headers, 'poly_signature');
  if (
    address === undefined ||
    apiKey === undefined ||
    passphrase === undefined ||
    timestamp === undefined ||
    signature === undefined
  ) {
    throw unauthorized();
  }
  const record = findKey(venue.apiKeys, apiKey, address);
  if (record === undefined || !isFresh(timestamp, nowSeconds(venue))) throw unauthorized();
  if (!constantTimeEqual(record.passphrase, passphrase)) throw unauthorized();
  const { method, path, rawBody: body } = request;
  if (!hmacMatches({ secret: record.secret, timestamp, method, path, body }, signature)) {
    throw unauthorized();
  }
  return record;
}
