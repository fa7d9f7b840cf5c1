import * as z from 'zod';
import { formatFixed } from '../../../shared/money/fixed.ts';
import type { PartnerAccount, TraderUser } from '../../../durable-objects/tenant/api.ts';
import { wireTime } from '../http/wire-values.ts';
import { stage, accountStatus } from '../tenants/partner-wire.ts';

/** Shapes of `/v1/partner` (contract: partner). */

/** Characters of a partner's own JSON: it is stored and comes back with every read. */
const MAX_JSON = 16_384;
export const jsonObject = z
  .record(z.string().max(128), z.unknown())
  .refine((value) => JSON.stringify(value).length <= MAX_JSON, `at most ${MAX_JSON} characters of JSON`);

export const externalId = z.string().min(1).max(255);

/** Longer than any id of ours. What is no id names nobody: 404, as another tenant's does. */
const id = z.string().min(1).max(64);
export const userParams = z.object({ user_id: id });
export const accountParams = z.object({ account_id: id });

/** The number that a path names; 0, which nobody has, for anything else. */
export const numberOf = (text: string): number => (/^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0);

export const userReply = z.object({
  user_id: z.number().int(),
  tenant_user_id: z.uuid(),
  external_id: z.string(),
  email: z.string(),
  created: z.boolean(),
});

export const userView = userReply
  .omit({ created: true })
  .extend({ metadata: z.record(z.string(), z.unknown()), created_at: z.string() });

export const accountReply = z.object({
  account_id: z.uuid(),
  wallet_id: z.number().int(),
  user_id: z.number().int(),
  external_id: z.string(),
  stage,
  status: accountStatus,
  starting_balance: z.string(),
  rules: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.unknown()),
});

export const accountRow = accountReply.extend({ created_at: z.string() });

export const toUserReply = (user: TraderUser, created: boolean): z.infer<typeof userReply> => ({
  user_id: user.id,
  tenant_user_id: user.uuid,
  external_id: user.externalId,
  email: user.email,
  created,
});

export const toUserView = (user: TraderUser): z.infer<typeof userView> => ({
  user_id: user.id,
  tenant_user_id: user.uuid,
  external_id: user.externalId,
  email: user.email,
  metadata: user.metadata,
  created_at: wireTime(user.createdAt),
});

export const toAccountReply = (account: PartnerAccount): z.infer<typeof accountReply> => ({
  account_id: account.id,
  wallet_id: account.wallet,
  user_id: account.user,
  external_id: account.externalId,
  stage: account.stage,
  status: account.status,
  starting_balance: formatFixed(account.startingBalance, 2),
  rules: account.rules,
  metadata: account.metadata,
});

export const toAccountRow = (account: PartnerAccount): z.infer<typeof accountRow> => ({
  ...toAccountReply(account),
  created_at: wireTime(account.createdAt),
});
