import { tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { partnerAccountId } from '../../../shared/keys/account-ids.ts';
import { TRADER_SESSION_TIER } from '../../../shared/limits/tiers.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import type { Permission } from '../../../shared/keys/permissions.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import { tenantOfToken } from '../../../shared/keys/tenant-token.ts';
import type { Env } from '../env.ts';
import type { Caller } from '../http/route.ts';
import type { AdmissionReport } from './admission-report.ts';
import { admissionUnavailable } from './rate-limit.ts';
import type { TraderAdmission } from '../../../durable-objects/tenant/api.ts';
import type { TraderSessionRef } from '../../../shared/partner/trader-session-ref.ts';

/** What a session may do on its account. */
const SESSION_PERMISSIONS: readonly Permission[] = ['read', 'trade'];
/** Characters of the hash by which logs and orders name a session. */
const NAME_LENGTH = 12;

/** Admits a request by a trader's session: one RPC to its partner's Tenant, which also counts it. */
export async function admitSession(
  token: string,
  env: Env,
  seen: AdmissionReport,
): Promise<{
  readonly session: TraderSessionRef;
  readonly admission: Extract<TraderAdmission, { readonly ok: true }>;
}> {
  const tenant = await tenantOfToken('pts', token, env.L2_ROOT_SECRET);
  if (tenant === undefined) throw new RequestError('INVALID_TOKEN');
  const session = { tenant, hash: await sha256Hex(token) };
  let admission: TraderAdmission;
  try {
    admission = await tenantObject(env, tenant).admitTrader(session.hash);
  } catch {
    throw admissionUnavailable();
  }
  if (admission.limit) seen.limit = admission.limit;
  if (!admission.ok) throw new RequestError(admission);
  return { session, admission };
}

/** The principal of a request that trades: the session's one account, on the paper venue and nothing else. */
export async function sessionPrincipal(
  token: string,
  headers: Headers,
  env: Env,
  seen: AdmissionReport,
): Promise<Pick<Caller, 'principal'>> {
  const { session, admission } = await admitSession(token, env, seen);
  const { account, user } = admission;
  if (!account) {
    throw new RequestError('INSUFFICIENT_PERMISSION', {
      message: 'This session has no account yet: choose one with POST /v1/trader/session/account',
    });
  }
  if ((headers.get('x-postern-venue') ?? 'paper') !== 'paper' || headers.has('x-exchange-credentials')) {
    throw new RequestError('INSUFFICIENT_PERMISSION', { message: "A trader's session trades on paper only" });
  }
  const principal: Principal = {
    tenant: session.tenant,
    account: partnerAccountId(session.tenant, account.id),
    trader: { user, wallet: account.wallet },
    key: `session:${session.hash.slice(0, NAME_LENGTH)}`,
    permissions: SESSION_PERMISSIONS,
    tier: TRADER_SESSION_TIER,
  };
  return { principal };
}
