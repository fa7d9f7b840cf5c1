import { accountObject, tenantObject, type Remote } from '../../../durable-objects/rpc/stubs.ts';
import { partnerAccountId } from '../../../shared/keys/account-ids.ts';
import type { TenantApi, PartnerAccountFound, PartnerAccount } from '../../../durable-objects/tenant/api.ts';
import type { TradingAccountApi } from '../../../durable-objects/trading-account/api.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import type { Env } from '../env.ts';
import { principalOf } from '../context/caller.ts';
import type { Caller } from '../http/route.ts';

/** Who asks, and with what. */
export interface PartnerCall {
  readonly env: Env;
  readonly caller: Caller;
}

/** The TenantApi of the partner that asks. */
export const partnerOf = ({ env, caller }: PartnerCall): Remote<TenantApi> =>
  tenantObject(env, principalOf(caller).tenant);

/** An account of the partner that asks, with its trading account. Throws NOT_FOUND for anybody else's. */
export async function ownAccount(
  asking: PartnerCall,
  id: string,
): Promise<{ readonly account: PartnerAccount; readonly trading: Remote<TradingAccountApi> }> {
  return withTrading(asking, await partnerOf(asking).partnerAccount(id.toLowerCase()));
}

/** The same for what a change of the account came back with. */
export function withTrading(
  { env, caller }: PartnerCall,
  found: PartnerAccountFound,
): { readonly account: PartnerAccount; readonly trading: Remote<TradingAccountApi> } {
  if (!found.ok) throw new RequestError(found);
  const { tenant } = principalOf(caller);
  return { account: found.account, trading: accountObject(env, partnerAccountId(tenant, found.account.id)) };
}
