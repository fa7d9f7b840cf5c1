import { directory, keyGate, tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { tenantAccountId } from '../../../shared/keys/account-ids.ts';
import { now } from '../../../shared/clock.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { equalSecrets, sha256Hex } from '../../../shared/keys/digest.ts';
import { grantablePermissions } from '../../../shared/keys/permissions.ts';
import { keyStatus } from '../../../shared/keys/principal.ts';
import { publicRules, tiers } from '../../../shared/limits/tiers.ts';
import type { Env } from '../env.ts';
import { customerHeader } from '../http/request-headers.ts';
import type { AuthRule, Caller } from '../http/route.ts';
import { countAddress, countIn, admissionUnavailable, countRequestIn, tooMany } from './rate-limit.ts';
import { findCredential, findRouterCredential, type Credential } from './find-credential.ts';
import { asCustomer, customerNamed } from './customer-principal.ts';
import { verifyL2, type SignedRequest } from './l2-signature.ts';
import { countPartner } from './partner-limit.ts';
import { admitSession, sessionPrincipal } from './trader-session.ts';
import { verifyUserToken } from './user-token.ts';
import type { Admission, AdmitRequest } from '../../../durable-objects/key-gate/api.ts';
import type { Profile } from '../../../durable-objects/tenant/api.ts';
import type { AdmissionReport } from './admission-report.ts';

/** A request as authentication needs it; `body` only where a signature covers it. */
export interface AuthInput {
  readonly request: Request;
  readonly url: URL;
  readonly body: string;
  readonly address: string;
}

/** Refusals of a credential that proves nothing: no key's window counts them, so the caller's address does. */
const unproven: ReadonlySet<string> = new Set(['INVALID_KEY', 'INVALID_TOKEN', 'TOKEN_EXPIRED']);

/**
 * Decides who calls and counts the request. Fills `seen` as it goes; throws the reason of a refusal. Whoever
 * tries credentials faster than the public rate is told to wait, whatever they are.
 */
export async function authenticate(
  rule: AuthRule,
  input: AuthInput,
  env: Env,
  seen: AdmissionReport,
): Promise<Caller> {
  try {
    return await identify(rule, input, env, seen);
  } catch (error) {
    const failed = error instanceof RequestError && unproven.has(error.failure.reason);
    if (failed) await countIn(env, `failed:${input.address}`, publicRules);
    throw error;
  }
}

async function identify(rule: AuthRule, input: AuthInput, env: Env, seen: AdmissionReport): Promise<Caller> {
  const caller: Caller = { address: input.address };
  switch (rule.kind) {
    case 'open':
      return caller;
    case 'l1':
      await countAddress(env, `l1:${input.address}`);
      return caller;
    case 'wallet': {
      const credential = findCredential(input.request.headers);
      const signed = credential.kind === 'none' && input.request.headers.has('poly_signature');
      if (!signed) return { ...caller, ...(await requireKey({}, input, env, seen)) };
      await countAddress(env, `l1:${input.address}`);
      return caller;
    }
    case 'operator':
      await requireOperator(input.request.headers, env);
      return caller;
    case 'public': {
      const credential = findCredential(input.request.headers);
      // Nobody need have a key here, but who has mistyped one should learn of it.
      if (credential.kind === 'malformed') throw new RequestError('INVALID_KEY');
      if (credential.kind !== 'key' && credential.kind !== 'l2') {
        // Who only reads public data goes on when the limiter fails (contract: errors and limits, "Tiers").
        if (!(await countIn(env, `ip:${input.address}`, publicRules))) seen.degraded = true;
        return caller;
      }
      return { ...caller, ...(await byKey(credential, {}, input, env, seen, true)) };
    }
    case 'key':
      return { ...caller, ...(await requireKey(rule, input, env, seen)) };
    case 'partner':
      return { ...caller, ...(await partnerKey(rule, input, env, seen)) };
    case 'session':
      return { ...caller, ...(await requireSession(input, env, seen)) };
    case 'router':
      return { ...caller, ...(await routerKey(rule, input, env, seen)) };
    case 'either':
      return { ...caller, ...(await keyOrToken(rule, input, env, seen)) };
    case 'token':
      return { ...caller, ...(await requireToken(input, env, seen)) };
  }
}

type Identified = Pick<Caller, 'principal' | 'newOwner' | 'session'>;
/** What a route asks of a key; with `session` a trader's session will do. */
type RequiredRights = AdmitRequest & { readonly session?: true };

async function requireKey(
  ask: RequiredRights,
  input: AuthInput,
  env: Env,
  seen: AdmissionReport,
): Promise<Identified> {
  const credential = findCredential(input.request.headers);
  if (credential.kind === 'session') return bySession(credential.token, ask, input, env, seen);
  if (credential.kind === 'none' || credential.kind === 'token') throw new RequestError('MISSING_API_KEY');
  return asOwnAccount(await byKey(credential, ask, input, env, seen, false), input);
}

/** Dropped silently, the header would have a builder trade its own account for a customer's. */
function asOwnAccount(who: Identified, { request }: AuthInput): Identified {
  if (!request.headers.has(customerHeader.name)) return who;
  throw new RequestError('INSUFFICIENT_PERMISSION', {
    message: "This route acts for the key's own account: send it without X-Builder-Customer-Id",
  });
}

/** A key by `X-API-Key`, and the customer that a builder's names (contract: router, "Who"). */
async function routerKey(
  ask: AdmitRequest & { readonly bearer?: true },
  input: AuthInput,
  env: Env,
  seen: AdmissionReport,
): Promise<Identified> {
  const { headers } = input.request;
  const customer = customerNamed(headers);
  const credential = findRouterCredential(headers, ask.bearer);
  if (credential.kind === 'token' && customer !== undefined)
    throw new RequestError('IMPERSONATION_NEEDS_KEY');
  if (credential.kind === 'none' || credential.kind === 'token') throw new RequestError('MISSING_API_KEY');
  const buildersOwn = ask.permission === 'builder';
  const asked = { ...ask, ...(customer !== undefined && !buildersOwn && { impersonating: true }) };
  const { principal } = await byKey(credential, asked, input, env, seen, false);
  if (customer === undefined || !principal) return principal ? { principal } : {};
  if (buildersOwn) {
    throw new RequestError('INSUFFICIENT_PERMISSION', {
      message: "This route is the builder's own: send it without X-Builder-Customer-Id",
    });
  }
  return { principal: await asCustomer(env, principal, customer, seen) };
}

/** A key of a partner, counted in its tenant's limit alone (contract: partner). */
async function partnerKey(
  { permission }: Extract<AuthRule, { kind: 'partner' }>,
  input: AuthInput,
  env: Env,
  seen: AdmissionReport,
): Promise<Identified> {
  const who = await requireKey({ permission, partner: true }, input, env, seen);
  if (who.principal) await countPartner(env, who.principal, input.request.method, seen);
  return who;
}

/** A trader's session where the route lets it trade; elsewhere it is refused before it is looked up. */
function bySession(
  token: string,
  { session }: RequiredRights,
  { request }: AuthInput,
  env: Env,
  seen: AdmissionReport,
): Promise<Identified> {
  if (session !== true) {
    throw new RequestError('INSUFFICIENT_PERMISSION', {
      message: "A trader's session can do nothing but trade its account",
    });
  }
  return sessionPrincipal(token, request.headers, env, seen);
}

async function requireSession(input: AuthInput, env: Env, seen: AdmissionReport): Promise<Identified> {
  const credential = findCredential(input.request.headers);
  if (credential.kind === 'none') throw new RequestError('MISSING_AUTH');
  if (credential.kind !== 'session')
    throw new RequestError('INVALID_TOKEN', { message: "This route takes a trader's session" });
  return { session: (await admitSession(credential.token, env, seen)).session };
}

async function keyOrToken(
  ask: RequiredRights,
  input: AuthInput,
  env: Env,
  seen: AdmissionReport,
): Promise<Identified> {
  const credential = findCredential(input.request.headers);
  if (credential.kind === 'none') throw new RequestError('MISSING_AUTH');
  if (credential.kind === 'session') return bySession(credential.token, ask, input, env, seen);
  if (credential.kind !== 'token')
    return asOwnAccount(await byKey(credential, ask, input, env, seen, false), input);
  const who = await byToken(credential.token, ask.issuance === true, input, env, seen);
  const { permission } = ask;
  if (permission !== undefined && who.principal?.permissions.includes(permission) !== true) {
    throw new RequestError('INSUFFICIENT_PERMISSION', {
      message: `Token is missing required permission: ${permission}`,
    });
  }
  return who;
}

async function requireToken(input: AuthInput, env: Env, seen: AdmissionReport): Promise<Identified> {
  const credential = findCredential(input.request.headers);
  if (credential.kind === 'none') throw new RequestError('MISSING_AUTH');
  if (credential.kind !== 'token')
    throw new RequestError('INVALID_TOKEN', { message: 'This route takes a user token' });
  return byToken(credential.token, true, input, env, seen);
}

/** One RPC to the key's own object. A read goes on when that object fails; a command does not. */
async function byKey(
  credential: Credential,
  ask: AdmitRequest,
  input: AuthInput,
  env: Env,
  seen: AdmissionReport,
  mayDegrade: boolean,
): Promise<Identified> {
  const name = await nameOf(credential, input, env);
  let admission: Admission;
  try {
    admission = await keyGate(env, name).admit({
      ...(ask.permission === undefined ? {} : { permission: ask.permission }),
      ...(ask.issuance === undefined ? {} : { issuance: ask.issuance }),
      ...(ask.impersonating === undefined ? {} : { impersonating: ask.impersonating }),
      ...(ask.partner === undefined ? {} : { partner: ask.partner }),
    });
  } catch {
    if (!mayDegrade) throw admissionUnavailable();
    seen.degraded = true;
    return {};
  }
  if (admission.limit !== undefined) seen.limit = admission.limit;
  if (admission.betaExpired !== undefined) seen.betaExpired = admission.betaExpired;
  if (!admission.ok) throw new RequestError(admission);
  const { principal } = admission;
  if (principal.customer === undefined) return { principal };
  return { principal: await asCustomer(env, principal, principal.customer, seen) };
}

/** The name of the key's object, once the credential's own proof holds. */
async function nameOf(credential: Credential, input: AuthInput, env: Env): Promise<string> {
  if (credential.kind === 'key') return sha256Hex(credential.key);
  if (credential.kind !== 'l2') throw new RequestError('INVALID_KEY');
  const signed: SignedRequest = {
    method: input.request.method,
    pathname: input.url.pathname,
    body: input.body,
  };
  const verdict = await verifyL2(credential.headers, signed, env.L2_ROOT_SECRET, now());
  if (verdict === 'valid') return sha256Hex(credential.headers.apiKey);
  const message =
    verdict === 'skewed'
      ? 'POLY_TIMESTAMP is more than 60 s off: compare with GET /v1/time'
      : 'Unauthorized/Invalid api key';
  throw new RequestError('INVALID_KEY', { message });
}

/** A user token acts for the tenant of its subject, limited like a key of the tenant's tier. */
async function byToken(
  token: string,
  issuance: boolean,
  input: AuthInput,
  env: Env,
  seen: AdmissionReport,
): Promise<Identified> {
  const owner = await verifyUserToken(token, env);
  const tenant = await directory(env, `owner:${owner}`).owner();
  const profile = tenant === undefined ? undefined : await tenantObject(env, tenant).profile();
  if (!profile) {
    await countAddress(env, `ip:${input.address}`);
    if (!issuance) throw new RequestError('ACCESS_RESTRICTED');
    return { newOwner: owner };
  }
  const restricted = profile.flagged || profile.underReview || (profile.admission === 'none' && !issuance);
  if (restricted) throw new RequestError('ACCESS_RESTRICTED');
  return { principal: await countToken(profile, input, env, seen) };
}

async function countToken(
  profile: Profile,
  { request }: AuthInput,
  env: Env,
  seen: AdmissionReport,
): Promise<NonNullable<Identified['principal']>> {
  const rights = { tier: profile.tier, permissions: [...grantablePermissions(profile.roles)] };
  const current = keyStatus(rights, profile, now());
  const state = await countRequestIn(env, `tenant:${profile.tenant}`, tiers[current.tier].rules);
  if (state) seen.limit = { ...state, tier: current.tier };
  else if (request.method === 'GET') seen.degraded = true;
  else throw admissionUnavailable();
  if (state?.allowed === false) {
    throw tooMany(state, { tier: current.tier, limitQps: tiers[current.tier].requestsPerSecond });
  }
  return {
    tenant: profile.tenant,
    account: tenantAccountId(profile.tenant),
    key: 'jwt',
    permissions: current.permissions,
    tier: current.tier,
    defaultVenue: profile.defaultVenue,
  };
}

async function requireOperator(headers: Headers, env: Env): Promise<void> {
  const authorization = headers.get('authorization');
  if (authorization === null)
    throw new RequestError('MISSING_AUTH', { message: 'Send Authorization: Bearer <admin token>' });
  if (!(await equalSecrets(authorization, `Bearer ${env.ADMIN_TOKEN}`)))
    throw new RequestError('INVALID_TOKEN');
}
