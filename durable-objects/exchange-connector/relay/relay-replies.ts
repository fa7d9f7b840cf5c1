import { machineTime, now } from '../../../shared/clock.ts';
import { verifyReply } from '../../../shared/relay/reply-token.ts';
import { RELAY_AUDIENCE, signRequest } from '../../../shared/relay/request-token.ts';
import type { RelayOutcome } from '../../../shared/relay/routes.ts';
import type { RelayKeys } from '../../relay-access/relay-keys.ts';
import { lostReply, notSentReply } from './relay-transport.ts';
import type { RelayReply } from '../../../shared/relay/relay-reply.ts';

/** A venue's call takes at most 10 s; the relay gives up before this. */
export const CALL_MS = 12_000;
/** The longest reply: 1,000 orders of a kilobyte. */
export const MAX_REPLY_BYTES = 4 * 1024 * 1024;

/** The relay goes by its machine's clock, which no test moves. */
export const wireTime = (): number => machineTime(now());

/** A token for one request of this desk. */
export const signFor = (
  keys: RelayKeys,
  desk: string,
  request: { readonly method: string; readonly path: string; readonly body: Uint8Array<ArrayBuffer> },
): Promise<string> => signRequest(keys.edge, RELAY_AUDIENCE, { ...request, desk }, wireTime());

/** A reply as it came, by whatever way. */
export interface RawReply {
  readonly token: string;
  readonly status: number;
  readonly outcome: RelayOutcome;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Seconds. */
  readonly retryAfter: number | undefined;
}

/** A reply that is not the relay's to this very request says nothing. */
export async function verifiedReply(
  keys: RelayKeys,
  requestToken: string,
  raw: RawReply,
): Promise<RelayReply> {
  const { token, status, outcome, body, retryAfter } = raw;
  if (body.byteLength > MAX_REPLY_BYTES) return lostReply;
  if (!(await verifyReply(token, keys.relay, requestToken, { status, outcome, body }, wireTime())))
    return lostReply;
  const text = new TextDecoder().decode(body);
  const wait = retryAfter !== undefined && retryAfter >= 1 ? retryAfter : undefined;
  if (outcome === 'not-sent') return { ...notSentReply('', wait ?? 1), status, body: text };
  return { outcome, status, body: text, ...(wait !== undefined && { retryAfter: wait }) };
}
