import * as z from 'zod';
import type { SignatureType } from '../../../signing/polymarket/order-typed-data.ts';
import { Secret } from '../../../signing/secret.ts';
import type { Found } from '../../port.ts';
import { locationFailure } from '../location-refusal.ts';
import { credentialRefused, signedRead, type ProofHeaders } from '../../http/signed-read.ts';
import { fetchReply } from '../../http/fetch-reply.ts';
import { VENUE_TIMEOUT_MS } from '../../http/venue-fetch.ts';
import { readVenue, venueUnavailable } from '../../http/read.ts';

/** Who signs for a wallet: the vault. Times are Unix seconds. */
export interface ClobSigner {
  l1(claim: { readonly timestamp: number; readonly nonce: number }): Promise<ProofHeaders>;
  l2(request: {
    readonly method: 'GET';
    readonly path: string;
    readonly timestamp: number;
  }): Promise<ProofHeaders>;
}

/** A CLOB key of a wallet. */
export interface ClobKey {
  readonly apiKey: string;
  readonly secret: Secret;
  readonly passphrase: Secret;
}

/** Keys are numbered by a nonce; everybody's first one is 0, which the official clients use too. */
const NONCE = 0;

/** What a venue may send in a member that we send back in a header. */
const headerText = z.string().regex(/^[\x21-\x7e]{1,256}$/);
const clobKeyReply = z.object({ apiKey: headerText, secret: headerText, passphrase: headerText });

const seconds = (): number => Math.floor(Date.now() / 1000);

/** A read with L2 headers. The query is not signed (contract: venues). AUTHENTICATION_FAILED, VENUE_UNAVAILABLE. */
async function readClob(base: string, signer: ClobSigner, path: string, query = ''): Promise<Found<unknown>> {
  const url = `${base}${path}`;
  const signed = await signer.l2({ method: 'GET', path: new URL(url).pathname, timestamp: seconds() });
  return signedRead(
    `${url}${query}`,
    signed,
    (body, status) =>
      locationFailure(status, body) ??
      credentialRefused('Polymarket does not accept this CLOB key for this wallet'),
  );
}

/** The cheapest read that proves a CLOB key. */
export const proveClobKey = (base: string, signer: ClobSigner): Promise<Found<unknown>> =>
  readClob(base, signer, '/auth/ban-status/closed-only');

/**
 * The wallet's CLOB key: derived where there is one, else created. A creation whose reply is lost is
 * VENUE_UNAVAILABLE; the next call derives the key that it made.
 */
export async function obtainClobKey(base: string, signer: ClobSigner): Promise<Found<ClobKey>> {
  const derived = await deriveClobKey(base, signer);
  if (derived !== 'none') return derived;
  const created = await createClobKey(base, signer);
  if (created !== 'exists') return created;
  // Another request made it in between.
  const again = await deriveClobKey(base, signer);
  return again === 'none' ? venueUnavailable() : again;
}

/** The key that exists for this wallet; `none` where there is none. */
export async function deriveClobKey(base: string, signer: ClobSigner): Promise<Found<ClobKey> | 'none'> {
  const signed = await signer.l1({ timestamp: seconds(), nonce: NONCE });
  if (!signed.ok) return signed;
  const answer = await readVenue(`${base}/auth/derive-api-key`, { headers: signed.headers });
  if (!answer.ok) return answer;
  if (answer.status === 400 || answer.status === 404) return 'none';
  return clobKeyOf(answer.status, answer.body);
}

/** Sent once: a command is never repeated (contract: venues, "Rules for every adapter"). */
async function createClobKey(base: string, signer: ClobSigner): Promise<Found<ClobKey> | 'exists'> {
  const signed = await signer.l1({ timestamp: seconds(), nonce: NONCE });
  if (!signed.ok) return signed;
  try {
    const sent = { method: 'POST', headers: signed.headers };
    const { status, text } = await fetchReply(`${base}/auth/api-key`, sent, VENUE_TIMEOUT_MS);
    return status === 400 ? 'exists' : clobKeyOf(status, jsonOr(text));
  } catch {
    return venueUnavailable();
  }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function clobKeyOf(status: number, body: unknown): Found<ClobKey> {
  const location = locationFailure(status, body);
  if (location) return location;
  if (status === 401 || status === 403)
    return credentialRefused('Polymarket does not accept the signature of this wallet', 'private_key');
  const reply = status === 200 || status === 201 ? clobKeyReply.safeParse(body) : undefined;
  if (!reply?.success) return venueUnavailable();
  const { apiKey, secret, passphrase } = reply.data;
  return { ok: true, value: { apiKey, secret: Secret.of(secret), passphrase: Secret.of(passphrase) } };
}

const keysReply = z.object({ apiKeys: z.array(z.string()) });

/** Whether a wallet has a CLOB key of this id, asked with another key of the same wallet. */
export async function hasClobKey(base: string, signer: ClobSigner, apiKey: string): Promise<Found<boolean>> {
  const answer = await readClob(base, signer, '/auth/api-keys');
  if (!answer.ok) return answer;
  const reply = keysReply.safeParse(answer.value);
  return reply.success ? { ok: true, value: reply.data.apiKeys.includes(apiKey) } : venueUnavailable();
}

const balanceReply = z.object({ balance: z.string().regex(/^\d{1,30}$/) });

/** Collateral of the wallet that the signature type points at, in millionths of a dollar, and the venue's own reply. */
export async function readCollateral(
  base: string,
  signer: ClobSigner,
  signatureType: SignatureType,
): Promise<Found<{ readonly raw: object; readonly micro: bigint }>> {
  const query = `?asset_type=COLLATERAL&signature_type=${signatureType}`;
  const answer = await readClob(base, signer, '/balance-allowance', query);
  if (!answer.ok) return answer;
  const reply = balanceReply.loose().safeParse(answer.value);
  if (!reply.success) return venueUnavailable();
  return { ok: true, value: { raw: reply.data, micro: BigInt(reply.data.balance) } };
}
