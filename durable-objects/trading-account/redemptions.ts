import { fromSql, sub } from '../../shared/money/fixed.ts';
import type { Redemption } from './paper/resolution.ts';

/** A redemption as it is told later. */
export interface PastRedemption extends Redemption {
  /** Unix ms. */
  readonly at: number;
}

type Row = {
  id: number;
  token: string;
  market: string;
  outcome: string;
  shares: number;
  payout: number;
  cost: number;
  at: number;
};

/**
 * Redemptions below an id, newest first, of all attempts. What a token is stands with its position or, once a reset has
 * removed that, with the trades that brought it.
 */
export function readRedemptions(sql: SqlStorage, before: number, limit: number): readonly PastRedemption[] {
  const named = (column: 'market' | 'outcome'): string =>
    `COALESCE((SELECT ${column} FROM positions WHERE positions.token = redemptions.token),
       (SELECT ${column} FROM trades WHERE trades.token = redemptions.token LIMIT 1)) AS ${column}`;
  return sql
    .exec<Row>(
      `SELECT redemptions.*, ${named('market')}, ${named('outcome')}
       FROM redemptions WHERE id < ? ORDER BY id DESC LIMIT ?`,
      before,
      limit,
    )
    .toArray()
    .map(({ shares, payout, cost, ...row }) => ({
      ...row,
      shares: fromSql(shares),
      payout: fromSql(payout),
      realised: sub(fromSql(payout), fromSql(cost)),
    }));
}
