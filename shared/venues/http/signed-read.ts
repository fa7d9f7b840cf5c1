import { failure, type Failure } from '../../errors/failure.ts';
import type { Found } from '../port.ts';
import { readVenue, venueUnavailable } from './read.ts';

/** Headers that prove a credential on one request, or why there are none. */
export type ProofHeaders =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | Failure;

/** The venue does not believe the credential. `part` is the member of it that is wrong, where that is known. */
export const credentialRefused = (message: string, part?: string): Failure =>
  failure('AUTHENTICATION_FAILED', {
    message: part === undefined ? message : `${part}: ${message}`,
    ...(part !== undefined && { details: { issues: [{ path: part, message }] } }),
  });

/**
 * One authenticated read. `explain` makes of a 401 or 403 what is wrong with the credential; every answer that is
 * neither that nor 200 is VENUE_UNAVAILABLE.
 */
export async function signedRead(
  url: string,
  signed: ProofHeaders,
  explain: (body: unknown, status: number) => Failure,
): Promise<Found<unknown>> {
  if (!signed.ok) return signed;
  const answer = await readVenue(url, { headers: signed.headers });
  if (!answer.ok) return answer;
  if (answer.status === 401 || answer.status === 403) return explain(answer.body, answer.status);
  return answer.status === 200 ? { ok: true, value: answer.body } : venueUnavailable();
}
