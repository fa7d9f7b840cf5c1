import * as z from 'zod';
import { now } from '../../../../shared/clock.ts';
import { invalidMember, RequestError } from '../../../../shared/errors/failure.ts';
import {
  BUILDER_READ,
  proveBuilderKey,
} from '../../../../shared/venues/polymarket/account/prove-builder-key.ts';
import { MAX_SKEW_SECONDS } from '../../auth/l2-signature.ts';
import { headerText, secretText } from '../../credentials/supplied-credentials.ts';
import { storedViews } from '../../credentials/linked-exchanges.ts';
import { askVault, vaultAccess } from '../../credentials/vault-access.ts';
import { tenantPrincipalOf } from '../../context/caller.ts';
import { route, type AnyRoute } from '../../http/route.ts';

const BUILDER_KEY = '/api/v1/builder/credentials';
const stored = z.object({ has_credentials: z.boolean(), updated_at: z.string().nullable() });

const put = route({
  method: 'PUT',
  path: BUILDER_KEY,
  summary:
    "Store the builder's own Polymarket builder key in the vault, once Polymarket has accepted it, and the code for its orders",
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  body: z.strictObject({
    key: headerText,
    secret: secretText,
    passphrase: secretText,
    code: z
      .string()
      .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x and 64 hex digits')
      .optional(),
  }),
  reply: { status: 200, schema: stored },
  async handle({ env, caller, body, requestId }) {
    const { vault, call } = vaultAccess(env, tenantPrincipalOf(caller), requestId);
    const { key, secret, passphrase, code } = body;
    const open = () => ({
      venue: 'builder' as const,
      key,
      secret: secret.reveal(),
      passphrase: passphrase.reveal(),
      ...(code !== undefined && { code }),
    });
    const signed = await askVault(
      'builder',
      vault.builderHeaders({
        ...call,
        source: { kind: 'request', credential: open() },
        request: { method: 'GET', path: BUILDER_READ, timestamp: seconds() },
      }),
    );
    const proven = await proveBuilderKey(env.POLYMARKET_CLOB_URL, signed);
    if (!proven.ok) throw new RequestError(proven);
    const kept = await askVault('builder', vault.store({ ...call, credential: open() }));
    if (!kept.ok) throw new RequestError(kept);
    return {
      body: { has_credentials: true, updated_at: new Date(kept.credential.updatedAt).toISOString() },
    };
  },
});

const read = route({
  method: 'GET',
  path: BUILDER_KEY,
  summary: 'Whether a builder key is stored, and since when',
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  reply: { status: 200, schema: stored },
  async handle({ env, caller, requestId }) {
    const views = await storedViews(vaultAccess(env, tenantPrincipalOf(caller), requestId));
    const view = views.find(({ venue, state }) => venue === 'builder' && state === 'ready');
    const updatedAt = view ? new Date(view.updatedAt).toISOString() : null;
    return { body: { has_credentials: view !== undefined, updated_at: updatedAt } };
  },
});

const remove = route({
  method: 'DELETE',
  path: BUILDER_KEY,
  summary: 'Destroy the stored builder key',
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  reply: { status: 204, schema: z.null() },
  async handle({ env, caller, requestId }) {
    const { vault, call } = vaultAccess(env, tenantPrincipalOf(caller), requestId);
    const removed = await askVault('builder', vault.remove({ ...call, venue: 'builder' }));
    if (!removed.ok) throw new RequestError(removed);
    return new Response(null, { status: 204 });
  },
});

/** Answers as `@polymarket/builder-signing-sdk` expects of its remote signer: the headers, and nothing around them. */
const sign = route({
  method: 'POST',
  path: '/api/v1/builder/sign',
  summary:
    "Headers that attribute an order to the builder, signed with its stored key; a remote signer for Polymarket's SDK",
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder', bearer: true },
  // `null` is how some clients write what they leave out.
  body: z.strictObject({
    method: z.string().min(3).max(7),
    path: z.string().min(1).max(2_048),
    body: z.string().nullish(),
    timestamp: z.number().int().nonnegative().nullish(),
  }),
  reply: {
    status: 200,
    schema: z.object({
      POLY_BUILDER_API_KEY: z.string(),
      POLY_BUILDER_PASSPHRASE: z.string(),
      POLY_BUILDER_SIGNATURE: z.string(),
      POLY_BUILDER_TIMESTAMP: z.string(),
    }),
  },
  async handle({ env, caller, body, requestId }) {
    const { vault, call } = vaultAccess(env, tenantPrincipalOf(caller), requestId);
    const timestamp = body.timestamp ?? seconds();
    // Headers for a later day would outlive the key that asked for them. Those of the past open nothing.
    if (timestamp > seconds() + MAX_SKEW_SECONDS) {
      throw new RequestError(
        invalidMember('timestamp', `must be Unix seconds, at most ${MAX_SKEW_SECONDS} s ahead`),
      );
    }
    const request = {
      method: body.method,
      path: body.path,
      timestamp,
      ...(typeof body.body === 'string' && { body: body.body }),
    };
    const source = { kind: 'stored', venue: 'builder' } as const;
    const signed = await askVault('builder', vault.builderHeaders({ ...call, source, request }));
    if (signed.ok) return { body: signed.headers };
    throw signed.reason === 'CREDENTIALS_REQUIRED'
      ? new RequestError('CREDENTIALS_REQUIRED', {
          message: `No builder key is stored: send it with PUT ${BUILDER_KEY}`,
        })
      : new RequestError(signed);
  },
});

const seconds = (): number => Math.floor(now() / 1000);

export const builderSignRoutes: readonly AnyRoute[] = [put, read, remove, sign];
