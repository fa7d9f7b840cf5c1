import { tenantObject } from '../../../../durable-objects/rpc/stubs.ts';
import { invalidMember, RequestError } from '../../../../shared/errors/failure.ts';
import { unsupported } from '../../../../shared/venues/port/capabilities.ts';
import type { LiveVenue } from '../../../../shared/venues/venue-names.ts';
import { suppliedInHeader } from '../../credentials/header-credentials.ts';
import { principalOf } from '../../context/caller.ts';
import type { Call } from '../../http/route.ts';
import type { OrderBody } from './order-wire.ts';
import type { FeeRequest } from '../../../../durable-objects/trading-account/api.ts';

const parties = ['payer_address', 'signer_address', 'affiliate'] as const;

/**
 * The fee that an order brings, with what was agreed with its builder; undefined for one without. What depends on
 * neither is refused here; the account looks at the rest, because a request that is said again must get its first
 * reply although its deadline has passed.
 */
export async function orderFeeOf(
  call: Call<unknown, unknown, OrderBody>,
  exchange: LiveVenue | 'paper',
): Promise<FeeRequest | undefined> {
  const { fee_auth: auth, payer_address, signer_address, affiliate } = call.body;
  const stray = auth === undefined ? parties.find((name) => call.body[name] !== undefined) : undefined;
  if (stray !== undefined) throw new RequestError(invalidMember(stray, 'goes with fee_auth'));
  if (auth === undefined) return undefined;
  if (exchange !== 'polymarket') throw new RequestError(unsupported(exchange, 'fee_auth'));
  const principal = principalOf(call.caller);
  if (principal.customer === undefined)
    throw new RequestError(invalidMember('fee_auth', "goes with orders of a builder's customers"));
  // What fills later must be asked for when nobody is there with a credential.
  if (suppliedInHeader(call, exchange))
    throw new RequestError(invalidMember('fee_auth', 'goes with stored credentials: onboard the customer'));
  const terms = await tenantObject(call.env, principal.tenant).escrowTerms();
  return { auth, beside: { payer_address, signer_address, affiliate }, terms };
}
