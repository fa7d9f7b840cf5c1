import { equalSecrets } from '../../../shared/keys/digest.ts';
import { deriveTriple, signL2 } from '../../../shared/keys/l2-triple.ts';
import type { L2Headers } from './find-credential.ts';

/** A signature older or newer than this is refused (contract: clob, "L1 and L2"). */
export const MAX_SKEW_SECONDS = 60;

/** What was signed: method, path without mount prefix and query, and the body's exact text. */
export interface SignedRequest {
  readonly method: string;
  readonly pathname: string;
  readonly body: string;
}

export type L2Verdict = 'valid' | 'invalid' | 'skewed';

/**
 * Verifies a Polymarket client's L2 headers against the triple that we issued. The triple is derived from the
 * id and the address, so a stranger's id or another's address fails here, before any object is asked.
 */
export async function verifyL2(
  headers: L2Headers,
  request: SignedRequest,
  rootSecret: string,
  nowMs: number,
): Promise<L2Verdict> {
  if (Math.abs(nowMs / 1000 - Number(headers.timestamp)) > MAX_SKEW_SECONDS) return 'skewed';
  const triple = await deriveTriple(rootSecret, headers.apiKey, headers.address);
  const path = request.pathname.replace(/^\/v1(?=\/)/, '');
  const message = `${headers.timestamp}${request.method}${path}${request.body}`;
  const expected = await signL2(triple.secret, message);
  const [signature, passphrase] = await Promise.all([
    equalSecrets(headers.signature, expected),
    equalSecrets(headers.passphrase, triple.passphrase),
  ]);
  return signature && passphrase ? 'valid' : 'invalid';
}
