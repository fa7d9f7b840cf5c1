import { verify } from 'node:crypto';
import * as z from 'zod';
import { boundedSet } from '../../lib/bounded-collections.ts';
import { json, type Reply } from '../../lib/http/route.ts';
import { nowMs, type Venue } from '../state.ts';
import { issueV1Access } from './sessions.ts';

/** `POST /oauth/token` of the v1 dialect: docs.polymarket.us/streaming-endpoints/authentication. */
const requestSchema = z.object({
  client_id: z.string().max(200),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  client_assertion: z.string().max(10_000),
  audience: z.string().max(500),
  grant_type: z.literal('client_credentials'),
});
const headerSchema = z.object({ alg: z.literal('RS256') });
const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string()).max(10)]),
  iat: z.number(),
  exp: z.number(),
  jti: z.string().min(1).max(200),
});

/** Clocks may be this far apart; an assertion may live five minutes, as the documentation's does. */
const SKEW_S = 30;
const MAX_LIFE_S = 300 + SKEW_S;
const MAX_USED_IDS = 100_000;

/** Takes a client's signed assertion for an access token. Refusals have the body of OAuth, not the exchange's. */
export function exchangeAssertion(venue: Venue, rawBody: string): Reply {
  const request = requestSchema.safeParse(parse(rawBody));
  if (!request.success) return refuse('invalid_request', z.prettifyError(request.error));
  const { client_id: id, client_assertion: assertion, audience } = request.data;
  if (!venue.audiences.has(audience)) return refuse('access_denied', 'unknown audience');
  const client = venue.clients.get(id);
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  if (!headerSchema.safeParse(parse(decode(header))).success)
    return refuse('invalid_client_assertion', 'the assertion must be a JWT with RS256');
  const signed = Buffer.from(`${header}.${payload}`);
  if (
    client === undefined ||
    !verify('RSA-SHA256', signed, client.publicKey, Buffer.from(signature, 'base64url'))
  )
    return refuse('invalid_client', 'signature verification failed');
  const claims = claimsSchema.safeParse(parse(decode(payload)));
  if (!claims.success) return refuse('invalid_client_assertion', z.prettifyError(claims.error));
  const wrong = wrongClaim(venue, id, claims.data);
  if (wrong !== undefined) return refuse('invalid_client_assertion', wrong);
  boundedSet(venue.usedTokenIds, `${id} ${claims.data.jti}`, true, MAX_USED_IDS);
  return json({
    access_token: issueV1Access(venue, client.user),
    token_type: 'Bearer',
    expires_in: Math.floor(venue.v1TtlMs / 1000),
  });
}

function wrongClaim(venue: Venue, id: string, claims: z.infer<typeof claimsSchema>): string | undefined {
  const now = nowMs(venue) / 1000;
  if (claims.iss !== id || claims.sub !== id) return 'iss and sub must be the client id';
  if (![claims.aud].flat().some((aud) => venue.audiences.has(aud) && aud.endsWith('/oauth/token')))
    return 'aud must be the token URL';
  if (claims.exp < now - SKEW_S || claims.iat > now + SKEW_S) return 'the assertion is not valid now';
  if (claims.exp > now + MAX_LIFE_S) return 'the assertion lives too long';
  return venue.usedTokenIds.has(`${id} ${claims.jti}`) ? 'jti was used before' : undefined;
}

function decode(part: string): string {
  return Buffer.from(part, 'base64url').toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(error: string, description: string): Reply {
  const status = error === 'invalid_request' ? 400 : error === 'access_denied' ? 403 : 401;
  return json({ error, error_description: description }, status);
}
