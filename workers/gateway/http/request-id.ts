/** What a caller's own request id may look like (contract: errors and limits, "Bodies"). */
export const REQUEST_ID = /^[\w\-=.]{1,128}$/;

/** A gateway key, or a wallet's private key: what callers have been seen to paste where an id belongs. */
const SECRET = /pst_|[0-9a-f]{64}/i;

/** An id as logs and audit chains keep it. A caller that sends a secret as the id gets it echoed; it is not kept. */
export const loggableId = (requestId: string): string => (SECRET.test(requestId) ? '[redacted]' : requestId);

/** Echoes a caller's well-formed id, so that both logs can be joined; else makes one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id');
  return given !== null && REQUEST_ID.test(given) ? given : crypto.randomUUID();
}
