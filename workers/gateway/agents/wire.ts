import * as z from 'zod';
import { sessionModes, sessionStatuses, suggestionStatuses } from '../../../shared/agents/session-model.ts';

/** Shapes of the agents' surface (contract: agents). Amounts are decimal text unless said otherwise. */

/** Every success of this surface: `{success, data, error}`. */
export const envelope = <T extends z.ZodType>(data: T) =>
  z.object({ success: z.literal(true), data, error: z.null() });

/** The reply of a success. */
export const succeeded = (
  data: unknown,
  status = 200,
): { readonly status: number; readonly body: unknown } => ({
  status,
  body: { success: true, data, error: null },
});

export const sessionView = z.object({
  session_id: z.number().int(),
  mode: z.enum(sessionModes),
  run: z.number().int(),
  status: z.enum(sessionStatuses),
});

const percent = z.string();

export const position = z.object({
  question: z.string(),
  outcome: z.string(),
  priceUsd: z.string(),
  valueUsd: z.string(),
  pnlUsd: z.string(),
  pnlPercent: percent,
  isRedeemable: z.boolean(),
  contractAddress: z.string(),
  tokenId: z.string().nullable(),
  decimals: z.number().int(),
  conditionId: z.string(),
  formattedShares: z.string(),
  /** In millionths of a share. */
  shares: z.string(),
  averagePriceUsd: z.string(),
  initialValue: z.string(),
  pnlRealizedUsd: z.string(),
  pnlRealizedPercent: percent,
  isNegativeRisk: z.boolean(),
  imageUrl: z.string(),
  endDate: z.string(),
});

export const positionsData = z.object({ totalValue: z.number(), positions: z.array(position) });

/** Cash of the session: what it may still spend, and what orders in flight hold back. */
export const balance = z.object({ asset: z.literal('pUSD'), amount: z.string(), inFlight: z.string() });

export const portfolioData = positionsData.extend({ balances: z.array(balance) });

export const orderInfo = z.object({
  orderId: z.string(),
  side: z.enum(['BUY', 'SELL']),
  /** Shares that were traded. */
  size: z.string(),
  priceUsd: z.string(),
  totalPriceUsd: z.string(),
  txHashes: z.array(z.string()),
});

export const orderData = z.object({ orderInfo });

export const redemption = z.object({
  success: z.boolean(),
  position: position.nullable(),
  transactionHash: z.string().nullable(),
  skippedReason: z.string().optional(),
});

export const redeemData = z.array(redemption);

/** What a manual session answers in place of doing it. */
export const suggested = z.object({ suggested: z.literal(true), suggestionId: z.number().int() });

const suggestionBase = z.object({
  suggestionId: z.number().int(),
  run: z.number().int(),
  status: z.enum(suggestionStatuses),
  /** ISO 8601. */
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
});

export const suggestionView = z.union([
  suggestionBase.extend({
    kind: z.literal('market_order'),
    tokenId: z.string(),
    side: z.enum(['BUY', 'SELL']),
    size: z.string(),
    worstPriceUsd: z.string(),
  }),
  suggestionBase.extend({ kind: z.literal('redeem_positions'), tokenIds: z.array(z.string()) }),
]);
