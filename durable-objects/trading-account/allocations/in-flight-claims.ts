import { add, max, notional, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import { now } from '../../../shared/clock.ts';
import { polymarketCapabilities } from '../../../shared/venues/polymarket/capabilities.ts';
import { decodeJson } from '../../../shared/bigint-json.ts';
import type { AllocationBook } from './allocation-book.ts';
import type { Claim, RedeemClaim } from './claim-model.ts';

/**
 * What is on its way between the book and a wallet: sessions' commands, which the wallet may show before the book does,
 * and the account's own, which are in no book. Reads `claims` and `live_commands`; writes nothing.
 */
export class InFlightClaims {
  readonly #sql: SqlStorage;
  readonly #book: AllocationBook;

  constructor(sql: SqlStorage, book: AllocationBook) {
    this.#sql = sql;
    this.#book = book;
  }

  /** Whether a session's command on a market is: what it holds of it is not certain until that has ended. */
  touchesMarket(wallet: string, market: string): boolean {
    return this.#claims(wallet).some((claim) =>
      claim.kind === 'order' ? claim.order.traded.market === market : ownMarket(claim.redeem) === market,
    );
  }

  /** Whether a session is buying a token: the wallet may have more shares than sessions are said to hold. */
  buys(wallet: string, token: string): boolean {
    return this.#claims(wallet).some(
      (claim) => claim.kind === 'order' && claim.order.side === 'BUY' && claim.order.traded.token === token,
    );
  }

  /** Most micro-USD that sessions may still be paid. A share brings a dollar at most. */
  proceeds(wallet: string): Micro {
    return this.#claims(wallet).reduce(
      (sum, claim) =>
        claim.kind === 'redeem'
          ? add(sum, this.#payout(claim.redeem))
          : claim.order.side === 'SELL'
            ? add(sum, claim.order.size)
            : sum,
      ZERO,
    );
  }

  /**
   * The newest command on Polymarket and its chain, and how many of the account's own may still move a wallet; of those
   * before `before` where it is given.
   */
  accountCommands(
    wallet: string,
    before = Number.MAX_SAFE_INTEGER,
  ): { readonly newest: number; readonly open: number } {
    return this.#sql
      .exec<{ newest: number; open: number }>(
        `SELECT COALESCE(MAX(id), 0) AS newest, COALESCE(SUM(
           (state IN ('pending', 'sent')
             OR state = 'unknown' AND (sent_at > ?1 OR json_extract(sent, '$.kind') = 'ctf'))
           AND id NOT IN (SELECT command FROM claims WHERE session IS NOT NULL)), 0) AS open
         FROM live_commands WHERE venue = 'polymarket' AND (identity IS NULL OR identity = ?2) AND id < ?3`,
        now() - polymarketCapabilities.absenceHoldsAfterMs,
        wallet,
        before,
      )
      .one();
  }

  #payout({ wallet, session, market, payouts, shares }: RedeemClaim): Micro {
    const holders = session === undefined ? this.#book.sessionsHolding(wallet, market) : [session];
    return Object.entries(payouts).reduce(
      (sum, [token, payout]) =>
        holders.reduce(
          (all, one) =>
            add(all, notional(shares?.[token] ?? this.#book.sellable(one, token), payout, 'ceil')),
          sum,
        ),
      ZERO,
    );
  }

  #claims(wallet: string): readonly Claim[] {
    if (!this.#book.any) return [];
    return this.#sql
      .exec<{ claim: string }>('SELECT claim FROM claims')
      .toArray()
      .map(({ claim }) => toClaim(claim))
      .filter((claim) =>
        claim.kind === 'order'
          ? this.#book.wallet(claim.order.session) === wallet
          : claim.redeem.wallet === wallet,
      );
  }
}

/** What sessions have of a wallet's money, and may have of it before the book says so. */
export const sessionsCash = (book: AllocationBook, onTheWay: InFlightClaims, wallet: string): Micro =>
  add(book.cash(wallet), onTheWay.proceeds(wallet));

/** The larger of two looks, before and after the wallet was asked: of both the one that leaves less is right or careful. */
export const largerClaim = (before: Micro, after: Micro): Micro => max(before, after);

/** Of a redemption of one session's alone; one that pays everybody takes nothing twice. */
const ownMarket = ({ session, market }: RedeemClaim): string | undefined =>
  session === undefined ? undefined : market;

/** Only `Claims` wrote it. */
export const toClaim = (claim: string): Claim => decodeJson(claim) as Claim;
