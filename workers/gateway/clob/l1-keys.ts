import { directory, tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import * as z from 'zod';
import { now } from '../../../shared/clock.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { deriveTriple } from '../../../shared/keys/l2-triple.ts';
import { verifyL1, type L1Proof } from '../auth/l1-signature.ts';
import { provisionTenant } from '../tenants/provision-tenant.ts';
import type { Env } from '../env.ts';
import { tenantPrincipalOf } from '../context/caller.ts';
import { route, type AnyRoute, type Call } from '../http/route.ts';
import type { Actor } from '../../../durable-objects/tenant/api.ts';

const triple = z.object({ apiKey: z.string(), secret: z.string(), passphrase: z.string() });

const create = route({
  method: 'POST',
  path: '/v1/auth/api-key',
  summary: 'Create the L2 key of a wallet by its L1 signature',
  tag: 'clob',
  auth: { kind: 'l1' },
  reply: { status: 200, schema: triple },
  async handle(call) {
    const proof = await prove(call);
    const { env } = call;
    const { selfServe } = await directory(env, 'global').settings();
    const tenant = (await ownerOf(env, proof.address)) ?? (await newTenant(call, proof.address, selfServe));
    const actor: Actor = { id: `l1:${proof.address}`, requestId: call.requestId };
    const issued = await tenantObject(env, tenant).createL2Key(proof.address, proof.nonce, selfServe, actor);
    if (!issued.ok) throw new RequestError(issued);
    return { body: await deriveTriple(env.L2_ROOT_SECRET, issued.apiKey, proof.address) };
  },
});

const derive = route({
  method: 'GET',
  path: '/v1/auth/derive-api-key',
  summary: 'Derive the existing L2 key of a wallet by its L1 signature',
  tag: 'clob',
  auth: { kind: 'l1' },
  reply: { status: 200, schema: triple },
  async handle(call) {
    const proof = await prove(call);
    const { env } = call;
    const tenant = await requireOwner(env, proof.address);
    const found = await tenantObject(env, tenant).deriveL2Key(proof.address, proof.nonce);
    if (!found.ok) throw new RequestError(found);
    return { body: await deriveTriple(env.L2_ROOT_SECRET, found.apiKey, proof.address) };
  },
});

const list = route({
  method: 'GET',
  path: '/v1/auth/api-keys',
  summary: 'Ids of the L2 keys of the calling wallet',
  tag: 'clob',
  auth: { kind: 'wallet' },
  reply: { status: 200, schema: z.object({ apiKeys: z.array(z.string()) }) },
  async handle(call) {
    const { env, caller, request } = call;
    const proof = caller.principal ? undefined : await prove(call);
    const tenant = proof ? await requireOwner(env, proof.address) : tenantPrincipalOf(caller).tenant;
    const address = proof?.address ?? request.headers.get('poly_address')?.toLowerCase() ?? '';
    return { body: { apiKeys: await tenantObject(env, tenant).listL2Keys(address) } };
  },
});

const remove = route({
  method: 'DELETE',
  path: '/v1/auth/api-key',
  summary: 'Revoke the calling L2 key, or by L1 signature the one of its nonce',
  tag: 'clob',
  auth: { kind: 'wallet' },
  reply: { status: 200, schema: z.literal('OK') },
  async handle(call) {
    const { env, caller, request, requestId } = call;
    if (!caller.principal) {
      const proof = await prove(call);
      const tenant = tenantObject(env, await requireOwner(env, proof.address));
      const found = await tenant.deriveL2Key(proof.address, proof.nonce);
      if (!found.ok) throw new RequestError(found);
      const revoked = await tenant.revokeKey(found.apiKey, { id: `l1:${proof.address}`, requestId });
      if (!revoked.ok) throw new RequestError(revoked);
      return { body: 'OK' };
    }
    const principal = tenantPrincipalOf(caller);
    // A gateway key in POLY_API_KEY is good for trading; it is revoked with DELETE /v1/keys/{id}, by its id.
    if (request.headers.get('poly_api_key') !== principal.key) {
      throw new RequestError('INVALID_KEY', {
        message: 'This route revokes the L2 key that signs the request',
      });
    }
    const actor: Actor = { id: principal.key, requestId };
    const result = await tenantObject(env, principal.tenant).revokeKey(principal.key, actor);
    if (!result.ok) throw new RequestError(result);
    return { body: 'OK' };
  },
});

const prove = (call: Call<undefined, undefined, undefined>): Promise<L1Proof> =>
  verifyL1(call.request.headers, Number(call.env.L1_CHAIN_ID), now());

/** The tenant that a wallet belongs to. */
const ownerOf = (env: Env, address: string): Promise<string | undefined> =>
  Promise.resolve(directory(env, `wallet:${address}`).owner());

async function requireOwner(env: Env, address: string): Promise<string> {
  const tenant = await ownerOf(env, address);
  if (tenant === undefined) throw new RequestError('CLOSED_BETA');
  return tenant;
}

/** While issuance is open, a wallet that nobody knows becomes a free tenant (contract: clob, "L1 and L2"). */
async function newTenant(
  call: Call<undefined, undefined, undefined>,
  address: string,
  open: boolean,
): Promise<string> {
  if (!open) throw new RequestError('CLOSED_BETA');
  const actor: Actor = { id: `l1:${address}`, requestId: call.requestId };
  const profile = await provisionTenant(
    call.env,
    {
      name: address,
      tier: 'free',
      roles: ['trader'],
      admission: 'self_serve',
      walletAddress: address,
      owner: null,
    },
    actor,
  );
  return profile.tenant;
}

export const l1Routes: readonly AnyRoute[] = [create, derive, list, remove];
