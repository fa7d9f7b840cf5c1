import { decodeJwt, type CryptoKey } from 'jose';
import { GATEWAY_AUDIENCE, signRequest, verifyRequest } from './request-token.ts';
import type { RelayOutcome } from './routes.ts';

/** A reply of the relay to one request: its token says which, so that no other reply can stand in for it. */
export interface SignedReply {
  /** `jti` of the request's token; empty where the request had none that was good. */
  readonly requestId: string;
  readonly desk: string;
  readonly status: number;
  readonly outcome: RelayOutcome;
  /** The exact bytes. */
  readonly body: Uint8Array<ArrayBuffer>;
}

export function signReply(key: CryptoKey, reply: SignedReply, nowMs: number): Promise<string> {
  const { body, desk } = reply;
  return signRequest(key, GATEWAY_AUDIENCE, { method: METHOD, path: subjectOf(reply), body, desk }, nowMs);
}

/** Whether the relay gave exactly this reply to the request that carried `requestToken`. */
export async function verifyReply(
  token: string,
  key: CryptoKey,
  requestToken: string,
  reply: Pick<SignedReply, 'status' | 'outcome' | 'body'>,
  nowMs: number,
): Promise<boolean> {
  const { jti: requestId = '', desk } = decodeJwt(requestToken);
  const path = subjectOf({ ...reply, requestId });
  const verified = await verifyRequest(
    token,
    key,
    GATEWAY_AUDIENCE,
    { method: METHOD, path, body: reply.body },
    nowMs,
  );
  return verified.ok && verified.desk === desk;
}

/** No HTTP method, so that a reply's token is never taken for a request's. */
const METHOD = 'REPLY';

const subjectOf = ({ requestId, status, outcome }: Omit<SignedReply, 'desk' | 'body'>): string =>
  `/${requestId}/${status}/${outcome}`;
