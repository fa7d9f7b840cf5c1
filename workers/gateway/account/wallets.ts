import * as z from 'zod';
import { accountObject, tenantObject, type Remote } from '../../../durable-objects/rpc/stubs.ts';
import type { TenantApi, WalletFound, Wallet } from '../../../durable-objects/tenant/api.ts';
import { walletAccountId } from '../../../shared/keys/account-ids.ts';
import type { TradingAccountApi } from '../../../durable-objects/trading-account/api.ts';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import { add, formatFixed, ONE, parseMicro, SCALE, type Micro } from '../../../shared/money/fixed.ts';
import type { Env } from '../env.ts';
import { actorOf } from '../context/actor.ts';
import { principalOf, walletNumber } from '../context/caller.ts';
import { route, type AnyRoute, type Caller } from '../http/route.ts';
import { resetReply, toResetReply } from './redeem-and-reset.ts';

const name = z.string().trim().min(1).max(100);
const walletId = z.object({ id: z.string().min(1).max(16) });
const walletView = z.object({
  id: z.number(),
  name: z.string(),
  starting_balance: z.string(),
  balance: z.string(),
  created_at: z.string(),
});

const list = route({
  method: 'GET',
  path: '/v1/me/wallets',
  summary: 'Sandbox wallets: paper accounts beside the first one',
  tag: 'account',
  auth: { kind: 'either', permission: 'read' },
  reply: { status: 200, schema: z.array(walletView) },
  async handle({ env, caller }) {
    const wallets = await tenantOf(env, caller).listWallets();
    return { body: await Promise.all(wallets.map((wallet) => toView(env, caller, wallet))) };
  },
});

const create = route({
  method: 'POST',
  path: '/v1/me/wallets',
  summary: "Open a sandbox wallet; above the plan's number of them 402",
  tag: 'account',
  auth: { kind: 'either', permission: 'read' },
  body: z
    .strictObject({
      name: name.optional(),
      starting_balance: z
        .union([z.string().max(32), z.number()])
        .transform(String)
        .optional(),
    })
    .optional(),
  reply: { status: 201, schema: walletView },
  async handle({ env, caller, body, requestId }) {
    const deposit = depositOf(body?.starting_balance ?? env.PAPER_STARTING_BALANCE);
    const found = await tenantOf(env, caller).createWallet(
      body?.name ?? 'Sandbox',
      deposit,
      actorOf(caller, requestId),
    );
    return { status: 201, body: await toView(env, caller, walletOf(found)) };
  },
});

const read = route({
  method: 'GET',
  path: '/v1/me/wallets/{id}',
  summary: 'One sandbox wallet',
  tag: 'account',
  auth: { kind: 'either', permission: 'read' },
  params: walletId,
  reply: { status: 200, schema: walletView },
  async handle({ env, caller, params }) {
    const found = await tenantOf(env, caller).wallet(walletNumber(params.id));
    return { body: await toView(env, caller, walletOf(found)) };
  },
});

const rename = route({
  method: 'PATCH',
  path: '/v1/me/wallets/{id}',
  summary: 'Rename a sandbox wallet',
  tag: 'account',
  auth: { kind: 'either', permission: 'read' },
  params: walletId,
  body: z.strictObject({ name }),
  reply: { status: 200, schema: walletView },
  async handle({ env, caller, params, body, requestId }) {
    const id = walletNumber(params.id);
    const found = await tenantOf(env, caller).renameWallet(id, body.name, actorOf(caller, requestId));
    return { body: await toView(env, caller, walletOf(found)) };
  },
});

const remove = route({
  method: 'DELETE',
  path: '/v1/me/wallets/{id}',
  summary: 'Delete a sandbox wallet; its resting orders are cancelled, its id is never given again',
  tag: 'account',
  auth: { kind: 'either', permission: 'trade' },
  params: walletId,
  reply: { status: 200, schema: z.object({ message: z.string() }) },
  async handle({ env, caller, params, requestId }) {
    const id = walletNumber(params.id);
    const tenant = tenantOf(env, caller);
    const wallet = walletOf(await tenant.wallet(id));
    // The account first: cut short between the two, the call can be repeated.
    await accountOf(env, caller, wallet).close();
    walletOf(await tenant.removeWallet(id, actorOf(caller, requestId)));
    return { body: { message: 'Wallet deleted' } };
  },
});

const reset = route({
  method: 'POST',
  path: '/v1/me/wallets/{id}/reset',
  summary: 'Begin again with the starting balance; orders and trades stay as history',
  tag: 'account',
  auth: { kind: 'either', permission: 'trade' },
  params: walletId,
  reply: { status: 200, schema: resetReply },
  async handle({ env, caller, params }) {
    const wallet = walletOf(await tenantOf(env, caller).wallet(walletNumber(params.id)));
    return { body: toResetReply(await accountOf(env, caller, wallet).reset()) };
  },
});

/** Wallets are the tenant's own: a customer has none. */
function tenantOf(env: Env, caller: Caller): Remote<TenantApi> {
  const principal = principalOf(caller);
  if (principal.customer !== undefined) throw new RequestError('WALLET_NOT_FOUND');
  return tenantObject(env, principal.tenant);
}

const accountOf = (env: Env, caller: Caller, wallet: Wallet): Remote<TradingAccountApi> =>
  accountObject(env, walletAccountId(principalOf(caller).tenant, wallet.id));

function walletOf(found: WalletFound): Wallet {
  if (!found.ok) throw new RequestError(found);
  return found.wallet;
}

/** Most that a wallet may begin with, in USD. */
const MOST = 1_000_000n * SCALE;

function depositOf(text: string): Micro {
  const value = parseMicro(text);
  if (value === undefined || value < ONE || value > MOST) {
    throw new RequestError(invalidMember('starting_balance', 'must be a decimal from 1 to 1000000'));
  }
  return value;
}

async function toView(env: Env, caller: Caller, wallet: Wallet): Promise<z.infer<typeof walletView>> {
  const money = await accountOf(env, caller, wallet).money();
  return {
    id: wallet.id,
    name: wallet.name,
    starting_balance: formatFixed(wallet.startingBalance, 2),
    balance: formatFixed(add(money.cash, money.reserved), 2),
    created_at: new Date(wallet.createdAt).toISOString(),
  };
}

export const walletRoutes: readonly AnyRoute[] = [list, create, read, rename, remove, reset];
