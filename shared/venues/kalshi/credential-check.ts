import * as z from 'zod';
import type { Failure } from '../../errors/failure.ts';
import { parseMicro } from '../../money/fixed.ts';
import type { Found } from '../port.ts';
import { venueUnavailable } from '../http/read.ts';
import { credentialRefused, signedRead, type ProofHeaders } from '../http/signed-read.ts';

/** Who signs for a Kalshi member: the vault. */
export interface KalshiReadSigner {
  sign(request: {
    readonly method: 'GET';
    readonly path: string;
    readonly timestampMs: number;
  }): Promise<ProofHeaders>;
}

const balanceReply = z.object({ balance_dollars: z.string().max(40) });

/** Free cash in millionths of a dollar, and the venue's own reply. AUTHENTICATION_FAILED, VENUE_UNAVAILABLE. */
export async function readKalshiBalance(
  base: string,
  signer: KalshiReadSigner,
): Promise<Found<{ readonly raw: object; readonly micro: bigint }>> {
  const url = `${base}/portfolio/balance`;
  // The whole path is signed, with what the base adds to it.
  const { pathname } = new URL(url);
  const signed = await signer.sign({ method: 'GET', path: pathname, timestampMs: Date.now() });
  const answer = await signedRead(url, signed, explain);
  if (!answer.ok) return answer;
  const reply = balanceReply.loose().safeParse(answer.value);
  const micro = reply.success ? parseMicro(reply.data.balance_dollars) : undefined;
  if (!reply.success || micro === undefined) return venueUnavailable();
  return { ok: true, value: { raw: reply.data, micro } };
}

const refusalReply = z.object({ error: z.object({ code: z.string(), details: z.string().optional() }) });

/** The venue says whether the id or the key is wrong. */
function explain(body: unknown): Failure {
  const reply = refusalReply.safeParse(body);
  const details = reply.success ? (reply.data.error.details ?? '') : '';
  if (details.includes('NOT_FOUND'))
    return credentialRefused('Kalshi does not know this API key id', 'api_key_id');
  if (details.includes('INCORRECT_API_KEY_SIGNATURE'))
    return credentialRefused('is not the private key of this API key id', 'private_key');
  return credentialRefused('Kalshi does not accept these credentials');
}
