import * as z from 'zod';
import { chainSettings } from '../../../../shared/chain/chain-settings.ts';
import { accountObject, tenantObject } from '../../../../durable-objects/rpc/stubs.ts';
import { customerOfAccount } from '../../../../shared/keys/account-ids.ts';
import { RequestError } from '../../../../shared/errors/failure.ts';
import type { Hex } from '../../../../shared/signing/checks.ts';
import { tenantPrincipalOf } from '../../context/caller.ts';
import { route, type AnyRoute } from '../../http/route.ts';
import { escrowOrderView, escrowView, toEscrowOrder, toEscrowView } from '../../tenants/escrow-wire.ts';

const config = route({
  method: 'GET',
  path: '/api/v1/builder/escrow/config',
  summary: 'Fee escrow of this builder, as agreed with the operator',
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  reply: { status: 200, schema: escrowView },
  async handle({ env, caller }) {
    const terms = await tenantObject(env, tenantPrincipalOf(caller).tenant).escrowTerms();
    return { body: toEscrowView(terms, chainSettings(env).escrow) };
  },
});

const order = route({
  method: 'GET',
  path: '/api/v1/builder/escrow/orders/{order_id}',
  summary:
    "The fee of a customer's order, by the payer's order id: what was pulled, distributed and refunded",
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  // Any text: what is no order id of the builder's own is answered like one that nobody has.
  params: z.object({ order_id: z.string().max(8_192) }),
  reply: { status: 200, schema: escrowOrderView },
  async handle({ env, caller, params }) {
    const { tenant } = tenantPrincipalOf(caller);
    const orderId = orderIdOf(params.order_id);
    const account = orderId && (await tenantObject(env, tenant).escrowAccount(orderId));
    const row = orderId && account && (await accountObject(env, account).escrow(orderId));
    if (!account || !row) throw new RequestError('NOT_FOUND', { message: 'No such escrow' });
    return { body: toEscrowOrder(row, customerOfAccount(tenant, account)) };
  },
});

const orderIdOf = (text: string): Hex | undefined =>
  /^0x[0-9a-fA-F]{64}$/.test(text) ? `0x${text.slice(2).toLowerCase()}` : undefined;

export const builderEscrowRoutes: readonly AnyRoute[] = [config, order];
