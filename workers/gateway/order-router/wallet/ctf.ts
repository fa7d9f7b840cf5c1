import * as z from 'zod';
import { accountObject } from '../../../../durable-objects/rpc/stubs.ts';
import { invalidMember, RequestError } from '../../../../shared/errors/failure.ts';
import { tiers } from '../../../../shared/limits/tiers.ts';
import { asMicro, MAX_UNITS, parseMicro, SCALE, type Micro } from '../../../../shared/money/fixed.ts';
import type { Hex } from '../../../../shared/signing/checks.ts';
import { outcomeUnknown } from '../../trading/place-orders.ts';
import { commandIdentityOf, replayedHeader } from '../../context/command-identity.ts';
import { principalOf } from '../../context/caller.ts';
import {
  accountHeaders,
  exchangeCredentialsHeader,
  idempotencyKeyHeader,
  refuseHeaders,
  retryCountHeader,
} from '../../http/request-headers.ts';
import { route, type AnyRoute, type Call } from '../../http/route.ts';
import type { CtfWork } from '../../../../durable-objects/trading-account/api.ts';

const conditionId = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'must be a condition id (0x and 64 hex digits)')
  .transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);
/**
 * USDC, and shares of each outcome. A JSON number is in dollars and shares, as everywhere on this surface; text is in
 * base units of a millionth, for so the clients of this shape write it: '1000000' is one dollar.
 */
const amount = z.union([
  z.number(),
  z.string().regex(/^\d{1,20}$/, 'must be a JSON number, or base units (millionths) as digits'),
]);

const reply = {
  status: 200,
  schema: z.object({
    transaction_hash: z.string().nullable(),
    status: z.enum(['confirmed', 'failed', 'pending']),
  }),
};
const shared = {
  method: 'POST',
  tag: 'router',
  auth: { kind: 'router', permission: 'trade' },
  headers: [idempotencyKeyHeader, retryCountHeader],
  reply,
} as const;
const body = z.strictObject({ condition_id: conditionId, amount });

const split = route({
  ...shared,
  path: '/api/v1/polymarket/ctf/split',
  summary: "Turn the wallet's USDC into as many shares of each outcome, on chain",
  body,
  handle: (call) =>
    submit(call, {
      kind: 'split',
      conditionId: call.body.condition_id,
      amount: positive('amount', call.body.amount),
    }),
});

const merge = route({
  ...shared,
  path: '/api/v1/polymarket/ctf/merge',
  summary: 'Turn as many shares of each outcome into USDC, on chain',
  body,
  handle: (call) =>
    submit(call, {
      kind: 'merge',
      conditionId: call.body.condition_id,
      amount: positive('amount', call.body.amount),
    }),
});

const redeem = route({
  ...shared,
  path: '/api/v1/polymarket/ctf/redeem',
  summary:
    'Turn shares of a resolved market into USDC, on chain: all, or of a neg-risk market so many of each',
  body: z.strictObject({
    condition_id: conditionId,
    neg_risk: z.boolean().optional(),
    amounts: z.tuple([amount, amount]).optional(),
  }),
  handle(call) {
    const { condition_id, neg_risk, amounts } = call.body;
    return submit(call, {
      kind: 'redeem',
      conditionId: condition_id,
      negRisk: neg_risk,
      amounts: amounts && [parsed('amounts.0', amounts[0]), parsed('amounts.1', amounts[1])],
    });
  },
});

/**
 * Has the account's object do it, at most once. The wallet is the one in the vault: a request that means another must
 * not move what is in this.
 */
async function submit(call: Call<unknown, unknown, unknown>, work: CtfWork) {
  refuseHeaders(call, [exchangeCredentialsHeader, ...accountHeaders]);
  const { tenant, account, key, tier } = principalOf(call.caller);
  const caller = { tenant, account, keyId: key, requestId: call.requestId };
  const commandIdentity = await commandIdentityOf(call);
  const maxWrites = tiers[tier].tradeWritesInFlight;
  const done = await accountObject(call.env, account)
    .submitCtf({ caller, work, commandIdentity, maxWrites })
    .catch(outcomeUnknown);
  if (!done.ok) throw new RequestError(done);
  return {
    body: { transaction_hash: done.hash, status: done.status },
    headers: replayedHeader(done.replayed),
  };
}

function parsed(member: string, value: number | string): Micro {
  const micro = typeof value === 'number' ? parseMicro(String(value)) : asMicro(BigInt(value));
  if (micro !== undefined && micro >= 0n && micro <= MAX_UNITS * SCALE) return micro;
  throw new RequestError(invalidMember(member, 'must be an amount with at most 6 decimals'));
}

function positive(member: string, value: number | string): Micro {
  const micro = parsed(member, value);
  if (micro > 0n) return micro;
  throw new RequestError(invalidMember(member, 'must be above 0'));
}

export const ctfRoutes: readonly AnyRoute[] = [split, merge, redeem];
