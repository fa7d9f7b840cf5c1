import * as z from 'zod';
import { tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import { tenantOfToken } from '../../../shared/keys/tenant-token.ts';
import type { TraderSessionRef } from '../../../shared/partner/trader-session-ref.ts';
import { route, type AnyRoute, type Caller } from '../http/route.ts';
import { accountStatus, stage } from '../tenants/partner-wire.ts';
import { wireTime } from '../http/wire-values.ts';
import type {
  PartnerAccount,
  TraderSessionFound,
  TraderSession,
} from '../../../durable-objects/tenant/api.ts';

const accountView = z.object({
  account_id: z.uuid(),
  wallet_id: z.number().int(),
  external_id: z.string(),
  stage,
  status: accountStatus,
});

const sessionView = z.object({
  user_id: z.number().int(),
  /** The one account that the session trades; null until one is chosen. */
  account_id: z.uuid().nullable(),
  wallet_id: z.number().int().nullable(),
  accounts: z.array(accountView),
  expires_at: z.string(),
});

/** Longer than any token of ours. */
const MAX_TOKEN = 256;

const open = route({
  method: 'POST',
  path: '/v1/trader/session',
  summary: 'Use a login link up: a session for its trader, to be sent as Authorization: Bearer',
  tag: 'trader',
  auth: { kind: 'public' },
  body: z.strictObject({ token: z.string().min(1).max(MAX_TOKEN) }),
  reply: {
    status: 201,
    schema: sessionView.extend({ session_token: z.string(), redirect_url: z.string().nullable() }),
  },
  async handle({ env, body }) {
    const tenant = await tenantOfToken('ptl', body.token, env.L2_ROOT_SECRET);
    if (tenant === undefined) throw new RequestError('INVALID_TOKEN');
    const opened = await tenantObject(env, tenant).openTraderSession(await sha256Hex(body.token));
    if (!opened.ok) throw new RequestError(opened);
    const { session, token, redirect } = opened;
    return {
      status: 201,
      body: { session_token: token, ...toView(session), redirect_url: redirect },
    };
  },
});

const read = route({
  method: 'GET',
  path: '/v1/trader/session',
  summary: 'Whose session this is, which account it trades, and which it may choose',
  tag: 'trader',
  auth: { kind: 'session' },
  reply: { status: 200, schema: sessionView },
  async handle({ env, caller }) {
    const { tenant, hash } = sessionOf(caller);
    return shown(await tenantObject(env, tenant).traderSession(hash));
  },
});

const choose = route({
  method: 'POST',
  path: '/v1/trader/session/account',
  summary: "Choose the one account that the session trades from now on, among its trader's own",
  tag: 'trader',
  auth: { kind: 'session' },
  body: z.strictObject({ account_id: z.string().min(1).max(64) }),
  reply: { status: 200, schema: sessionView },
  async handle({ env, caller, body }) {
    const { tenant, hash } = sessionOf(caller);
    return shown(await tenantObject(env, tenant).chooseAccount(hash, body.account_id.toLowerCase()));
  },
});

const end = route({
  method: 'DELETE',
  path: '/v1/trader/session',
  summary: 'Sign out: the session is refused from now on',
  tag: 'trader',
  auth: { kind: 'session' },
  reply: { status: 204, schema: z.null() },
  async handle({ env, caller }) {
    const { tenant, hash } = sessionOf(caller);
    await tenantObject(env, tenant).endTraderSession(hash);
    return new Response(null, { status: 204 });
  },
});

function sessionOf({ session }: Caller): TraderSessionRef {
  if (!session) throw new RequestError('INVALID_TOKEN');
  return session;
}

function shown(found: TraderSessionFound): { readonly body: z.infer<typeof sessionView> } {
  if (!found.ok) throw new RequestError(found);
  return { body: toView(found.session) };
}

const toView = ({ user, account, accounts, expiresAt }: TraderSession): z.infer<typeof sessionView> => ({
  user_id: user.id,
  account_id: account?.id ?? null,
  wallet_id: account?.wallet ?? null,
  accounts: accounts.map(toAccountView),
  expires_at: wireTime(expiresAt),
});

const toAccountView = (account: PartnerAccount): z.infer<typeof accountView> => ({
  account_id: account.id,
  wallet_id: account.wallet,
  external_id: account.externalId,
  stage: account.stage,
  status: account.status,
});

export const sessionRoutes: readonly AnyRoute[] = [open, read, choose, end];
