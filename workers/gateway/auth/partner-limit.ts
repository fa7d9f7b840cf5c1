import type { Principal } from '../../../shared/keys/principal.ts';
import { partnerCaps, partnerRules } from '../../../shared/limits/tiers.ts';
import type { Env } from '../env.ts';
import type { AdmissionReport } from './admission-report.ts';
import { admissionUnavailable, countRequestIn, tooMany } from './rate-limit.ts';

/**
 * Counts a request of a partner's key in its tenant's limit, which holds for all keys together (contract: partner,
 * "Limits"). A read goes on when the limiter fails.
 */
export async function countPartner(
  env: Env,
  { tenant, tier }: Principal,
  method: string,
  seen: AdmissionReport,
): Promise<void> {
  const state = await countRequestIn(env, `partner:${tenant}`, partnerRules);
  if (state) {
    seen.limit = { ...state, tier, caps: partnerCaps };
    if (!state.allowed) throw tooMany(state, { tier, limitQps: partnerCaps.requestsPerSecond });
    return;
  }
  if (method !== 'GET') throw admissionUnavailable();
  seen.degraded = true;
}
