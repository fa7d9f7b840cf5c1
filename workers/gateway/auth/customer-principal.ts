import { customerAccountId } from '../../../shared/keys/account-ids.ts';
import { tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import type { Env } from '../env.ts';
import { customerHeader } from '../http/request-headers.ts';
import type { AdmissionReport } from './admission-report.ts';
import type { CustomerAdmission } from '../../../durable-objects/tenant/api.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The nil UUID, which is nobody's id. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/**
 * The id to look up for what a caller wrote. What is no UUID becomes one that nobody has, so that it takes the same
 * way, and the same time, as an id of somebody else.
 */
export function customerId(text: string): string {
  const id = text.toLowerCase();
  return UUID.test(id) ? id : NIL_UUID;
}

/** The customer that a request names in its header; undefined without the header. */
export function customerNamed(headers: Headers): string | undefined {
  const text = headers.get(customerHeader.name);
  return text === null ? undefined : customerId(text);
}

/**
 * The principal of a request that acts as a customer: the builder's key with `X-Builder-Customer-Id`, or the
 * customer's own key. One RPC to the builder's Tenant finds the customer and counts the request in its limit and
 * in the pool. Throws CUSTOMER_FORBIDDEN for an id that is not the builder's, INVALID_KEY for the key of a customer
 * that is gone, RATE_LIMIT_EXCEEDED when either limit is used up.
 */
export async function asCustomer(
  env: Env,
  principal: Principal,
  customer: string,
  seen: AdmissionReport,
): Promise<Principal> {
  const admission = await admit(env, principal.tenant, customer);
  seen.pool = admission.limits;
  if (!admission.ok) {
    const ownKey = principal.customer !== undefined;
    if (ownKey && admission.reason === 'CUSTOMER_FORBIDDEN') throw new RequestError('INVALID_KEY');
    const limited = admission.reason === 'RATE_LIMIT_EXCEEDED';
    throw new RequestError({ ...admission, ...(limited && { tier: principal.tier }) });
  }
  return {
    ...principal,
    customer,
    account: admission.account,
    permissions: principal.permissions.filter((permission) => permission !== 'builder'),
  };
}

/** The tenant knows whom a request may act as: without it nothing goes on, not even a read. */
async function admit(env: Env, tenant: string, customer: string): Promise<CustomerAdmission> {
  try {
    return await tenantObject(env, tenant).admitCustomer(customer);
  } catch {
    throw new RequestError('VENUE_UNAVAILABLE', { message: 'Admission is unavailable', retryAfter: 1 });
  }
}

/** A builder's principal for the account of a customer that its tenant has just been seen to own. */
export const customerPrincipal = (principal: Principal, customer: string): Principal => ({
  ...principal,
  customer,
  account: customerAccountId(principal.tenant, customer),
});
