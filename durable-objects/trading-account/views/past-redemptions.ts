import { fromSql, sub } from '../../../shared/money/fixed.ts';
import type { Redemption } from '../ledger/model.ts';

/** A redemption as it is told later. */
export interface PastRedemption extends Redemption {
  /** Unix ms. */
  readonly at: number;
}

type Row = {
  id: number;
  token: string;
  market: string | null;
  outcome: string | null;
  shares: number;
  payout: number;
  cost: number;
  at: number;
};

/**
 * Redemptions below an id, newest first, of all attempts. What a token is stands with the trades that brought it, which
 * stay when a reset removes its position; they are read through once for a page.
 */
export function readRedemptions(sql: SqlStorage, before: number, limit: number): readonly PastRedemption[] {
  return sql
    .exec<Row>(
      `WITH page AS (SELECT * FROM redemptions WHERE id < ?1 ORDER BY id DESC LIMIT ?2),
         named AS (SELECT token, MIN(market) AS market, MIN(outcome) AS outcome FROM trades
                   WHERE token IN (SELECT token FROM page) GROUP BY token)
       SELECT page.*, named.market, named.outcome FROM page LEFT JOIN named USING (token) ORDER BY page.id DESC`,
      before,
      limit,
    )
    .toArray()
    .map(({ shares, payout, cost, market, outcome, ...row }) => ({
      ...row,
      // A payout is told whatever else is known of it.
      market: market ?? '',
      outcome: outcome ?? '',
      shares: fromSql(shares),
      payout: fromSql(payout),
      realised: sub(fromSql(payout), fromSql(cost)),
    }));
}
