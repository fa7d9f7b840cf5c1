/** What a caller's own request id may look like (contract: errors and limits, "Bodies"). */
export const REQUEST_ID = /^[\w\-=.]{1,128}$/;

/** Echoes a caller's well-formed id, so that both logs can be joined; else makes one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id');
  return given !== null && REQUEST_ID.test(given) ? given : crypto.randomUUID();
}
