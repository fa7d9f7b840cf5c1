import { chainSettings } from '../../../shared/chain/chain-settings.ts';
import { tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import type { EscrowTerms } from '../../../shared/escrow/terms.ts';
import { parseMicro, type Micro } from '../../../shared/money/fixed.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { escrowChange, escrowView, toEscrowView } from '../tenants/escrow-wire.ts';
import { profileOf, tenantId } from './tenants.ts';

const read = route({
  method: 'GET',
  path: '/admin/v1/tenants/{tenant}/escrow',
  summary: 'Fee escrow of a builder',
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId,
  reply: { status: 200, schema: escrowView },
  async handle({ env, params }) {
    const { tenant } = await profileOf(env, params.tenant);
    const terms = await tenantObject(env, tenant).escrowTerms();
    return { body: toEscrowView(terms, chainSettings(env).escrow) };
  },
});

const put = route({
  method: 'PUT',
  path: '/admin/v1/tenants/{tenant}/escrow',
  summary: 'Agree the fee escrow of a builder, whole; it holds for the orders that come from now on',
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId,
  body: escrowChange,
  reply: { status: 200, schema: escrowView },
  async handle({ env, params, body, requestId }) {
    const { tenant, roles } = await profileOf(env, params.tenant);
    const contract = chainSettings(env).escrow;
    if (body.fee_escrow_enabled && contract === undefined)
      throw new RequestError(
        invalidMember('fee_escrow_enabled', 'needs the setting ESCROW_CONTRACT of the deployment'),
      );
    if (!roles.includes('builder')) throw new RequestError(invalidMember('tenant', 'is no builder'));
    const minFee = amount(body.min_fee_usdc);
    const maxFee = body.max_fee_usdc === null ? undefined : amount(body.max_fee_usdc);
    if (maxFee !== undefined && maxFee < minFee)
      throw new RequestError(invalidMember('max_fee_usdc', 'must not be below min_fee_usdc'));
    if (body.min_fee_bps > body.fee_bps)
      throw new RequestError(invalidMember('min_fee_bps', 'must not be above fee_bps'));
    const terms: EscrowTerms = {
      enabled: body.fee_escrow_enabled,
      feeBps: body.fee_bps,
      minFee,
      maxFee,
      minFeeBps: body.min_fee_bps,
      affiliate: body.affiliate_address,
      affiliateFeeBps: body.affiliate_fee_bps,
      treasury: body.treasury_address,
    };
    const actor = { id: 'operator', requestId };
    return {
      body: toEscrowView(await tenantObject(env, tenant).setEscrowTerms(terms, actor), contract),
    };
  },
});

/** The schema has seen to its form. */
function amount(text: string): Micro {
  const micro = parseMicro(text);
  if (micro === undefined) throw new RequestError('INTERNAL_ERROR');
  return micro;
}

export const escrowRoutes: readonly AnyRoute[] = [read, put];
