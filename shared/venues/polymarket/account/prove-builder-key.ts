import type { Failure } from '../../../errors/failure.ts';
import { credentialRefused, type ProofHeaders } from '../../http/signed-read.ts';
import { locationFailure } from '../location-refusal.ts';
import { readVenue } from '../../http/read.ts';

/** A read that takes builder headers alone. */
export const BUILDER_READ = '/builder/trades';

/** Whether the venue believes a builder key. AUTHENTICATION_FAILED, VENUE_UNAVAILABLE. */
export async function proveBuilderKey(
  base: string,
  signed: ProofHeaders,
): Promise<{ readonly ok: true } | Failure> {
  if (!signed.ok) return signed;
  const answer = await readVenue(`${base}${BUILDER_READ}`, { headers: signed.headers });
  if (!answer.ok) return answer;
  const location = locationFailure(answer.status, answer.body);
  if (location) return location;
  // It does not say which of the three is wrong. Any other answer is about the trades.
  const unproven = answer.status === 401 || answer.status === 403;
  return unproven ? credentialRefused('Polymarket does not accept this builder key') : { ok: true };
}
