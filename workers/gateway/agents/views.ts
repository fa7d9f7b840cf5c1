import { averagePrice } from '../../../shared/agents/average-price.ts';
import { polygon } from '../../../shared/chain/polygon-contracts.ts';
import {
  add,
  asMicro,
  formatFixed,
  formatMicro,
  mulDiv,
  SCALE,
  sub,
  ZERO,
  type Micro,
} from '../../../shared/money/fixed.ts';
import { settlementHash } from '../trading/settlement-hash.ts';
import type {
  Captured,
  Executed,
  PortfolioView,
  PositionView,
  RedeemRow,
  SessionRecord,
  Suggestion,
} from '../../../durable-objects/agent-session/api.ts';

/** What sessions say, in the shapes of `wire.ts`. */

/** Decimals of a share: as many as the collateral has. */
const DECIMALS = 6;

export const toSession = ({ id, mode, run, status }: SessionRecord) => ({
  session_id: id,
  mode,
  run,
  status,
});

export const toBalances = ({ cash, cashOut }: Pick<PortfolioView, 'cash' | 'cashOut'>) => [
  { asset: 'pUSD', amount: formatMicro(cash), inFlight: formatMicro(cashOut) },
];

/** A part of a whole in percent, to two decimals; 0 of nothing. */
function percentOf(amount: Micro, whole: Micro): string {
  if (whole === 0n) return '0.00';
  const magnitude = amount < 0n ? sub(ZERO, amount) : amount;
  const percent = mulDiv(magnitude * 100n, SCALE, whole, 'half-up');
  return formatFixed(asMicro(amount < 0n ? 0n - percent : percent), 2);
}

export const toPosition = (view: PositionView) => {
  const { cost, shares, value, realised, closedCost } = view;
  const pnl = sub(value, cost);
  return {
    question: view.question,
    outcome: view.outcome,
    priceUsd: formatMicro(view.price),
    valueUsd: formatMicro(value),
    pnlUsd: formatMicro(pnl),
    pnlPercent: percentOf(pnl, cost),
    isRedeemable: view.redeemable,
    contractAddress: polygon.conditionalTokens,
    tokenId: view.token,
    decimals: DECIMALS,
    conditionId: view.condition,
    formattedShares: formatMicro(shares),
    shares: shares.toString(),
    averagePriceUsd: formatMicro(averagePrice(view)),
    initialValue: formatMicro(cost),
    pnlRealizedUsd: formatMicro(realised),
    pnlRealizedPercent: percentOf(realised, closedCost),
    isNegativeRisk: view.negRisk,
    imageUrl: view.imageUrl,
    endDate: view.endDate,
  };
};

export const toPositions = (positions: readonly PositionView[]) => ({
  // The one number of this surface that is not text; what it adds up is exact.
  totalValue: Number(formatMicro(positions.reduce((sum, { value }) => add(sum, value), ZERO))),
  positions: positions.map(toPosition),
});

export const toPortfolio = (view: PortfolioView) => ({
  ...toPositions(view.positions),
  balances: toBalances(view),
});

/** An execution. A paper trade is on no chain: its settlement has the name that `/v1` gives it. */
export async function toOrderData(account: string, executed: Executed) {
  const { orderId, side, shares, price, total, hashes, trades } = executed;
  const named = await Promise.all(trades.map((trade) => settlementHash(account, trade)));
  return {
    orderInfo: {
      orderId,
      side,
      size: formatMicro(shares),
      priceUsd: formatMicro(price),
      totalPriceUsd: formatMicro(total),
      txHashes: [...hashes, ...named],
    },
  };
}

export const toRedeemData = (account: string, rows: readonly RedeemRow[]) =>
  Promise.all(
    rows.map(async ({ success, position, by, skipped }) => ({
      success,
      position: success ? toPosition(position) : null,
      transactionHash: by === null ? null : 'hash' in by ? by.hash : await payoutHash(account, by.payout),
      ...(skipped !== undefined && { skippedReason: skipped }),
    })),
  );

/** Payouts have numbers of their own, beside those of trades. */
const payoutHash = (account: string, payout: number): Promise<string> =>
  settlementHash(`${account} payouts`, payout);

/** What became of what an agent asked for: done, or suggested. */
export const toCaptured = async <T>(captured: Captured<T>, toData: (value: T) => Promise<unknown>) =>
  captured.kind === 'suggested' ? { suggested: true, suggestionId: captured.id } : toData(captured.value);

export const toSuggestion = ({ id, run, status, work, createdAt, expiresAt }: Suggestion) => ({
  suggestionId: id,
  run,
  status,
  createdAt: new Date(createdAt).toISOString(),
  expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  ...(work.kind === 'order'
    ? {
        kind: 'market_order',
        tokenId: work.order.tokenId,
        side: work.order.side,
        size: formatMicro(work.order.size),
        worstPriceUsd: formatMicro(work.worst),
      }
    : { kind: 'redeem_positions', tokenIds: work.tokens }),
});
