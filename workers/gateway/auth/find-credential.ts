import { isWellFormedKey } from '../../../shared/keys/key-format.ts';

/** The five headers of a Polymarket client's L2 request. */
export interface L2Headers {
  readonly address: string;
  readonly signature: string;
  readonly timestamp: string;
  readonly apiKey: string;
  readonly passphrase: string;
}

/** What a request says it is, before anything is verified. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'l2'; readonly headers: L2Headers }
  | { readonly kind: 'token'; readonly token: string }
  /** A trader's session. */
  | { readonly kind: 'session'; readonly token: string }
  | { readonly kind: 'malformed' };

/** Longer than any key, token or header that we take; beyond it nothing is looked at. */
const MAX_CREDENTIAL_LENGTH = 4_096;

/**
 * Finds the credential of a `/v1` request. `X-API-Key` wins, then `POLY_API_KEY` or `Poly-API-Key`, then
 * `Authorization: Bearer` (contract: errors and limits, "Credentials of /v1").
 */
export function findCredential(headers: Headers): Credential {
  const own = headers.get('x-api-key');
  if (own !== null) return asKey(own);
  const poly = headers.get('poly_api_key') ?? headers.get('poly-api-key');
  if (poly !== null) return poly.startsWith('pst_') ? asKey(poly) : asL2(poly, headers);
  const authorization = headers.get('authorization');
  if (authorization === null) return { kind: 'none' };
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() !== 'bearer' || value === '') return { kind: 'malformed' };
  if (value.startsWith('pst_')) return asKey(value);
  if (value.startsWith('pts_')) return { kind: 'session', token: value };
  return value.length <= MAX_CREDENTIAL_LENGTH ? { kind: 'token', token: value } : { kind: 'malformed' };
}

/**
 * Finds the credential of an `/api/v1` request: a key in `X-API-Key`, and nothing else (contract: router, "Who"); with
 * `bearer` also a key in `Authorization`. A bearer token is told apart only for the sake of the answer.
 */
export function findRouterCredential(headers: Headers, bearer = false): Credential {
  const own = headers.get('x-api-key');
  if (own !== null) return asKey(own);
  const token = headers.get('authorization');
  const key = bearer ? /^bearer (pst_\S+)$/i.exec(token ?? '')?.[1] : undefined;
  if (key !== undefined) return asKey(key);
  return token === null ? { kind: 'none' } : { kind: 'token', token: '' };
}

const asKey = (key: string): Credential =>
  isWellFormedKey(key) ? { kind: 'key', key } : { kind: 'malformed' };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

function asL2(apiKey: string, headers: Headers): Credential {
  const address = headers.get('poly_address') ?? '';
  const signature = headers.get('poly_signature') ?? '';
  const timestamp = headers.get('poly_timestamp') ?? '';
  const passphrase = headers.get('poly_passphrase') ?? '';
  const wellFormed = UUID.test(apiKey) && ADDRESS.test(address) && /^\d{1,12}$/.test(timestamp);
  if (!wellFormed || signature.length > 128 || passphrase.length > 128) return { kind: 'malformed' };
  return {
    kind: 'l2',
    headers: { address: address.toLowerCase(), signature, timestamp, apiKey, passphrase },
  };
}
