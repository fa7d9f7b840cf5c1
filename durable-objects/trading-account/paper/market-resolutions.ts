import { now } from '../../../shared/clock.ts';
import { reach } from '../../../shared/testing/fault-points.ts';
import type { MarketData } from '../../../shared/venues/port.ts';
import { sub, type Micro } from '../../../shared/money/fixed.ts';
import { PAPER_WALLET } from '../allocations/model.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Position, Redemption } from '../ledger/model.ts';
import { noteMarket, redeemPosition } from './redeem-position.ts';

/** Notices that markets have ended, and pays out what they settled. */
export class MarketResolutions {
  readonly #ledger: Ledger;
  readonly #marketData: MarketData;

  constructor(ledger: Ledger, marketData: MarketData) {
    this.#ledger = ledger;
    this.#marketData = marketData;
  }

  /** Looks at the markets of these tokens, and settles what has resolved. A venue that is away changes nothing. */
  async noteResolved(tokens: readonly string[]): Promise<void> {
    const found = await Promise.all(tokens.map((token) => this.#marketData.marketOf(token)));
    const ended = found.flatMap((market) =>
      market.ok && market.value.status !== 'open' ? [market.value] : [],
    );
    if (ended.length === 0) return;
    const at = now();
    this.#ledger.transaction(() => {
      for (const market of ended) {
        noteMarket(this.#ledger, market, at);
        reach('account/settle/market-noted');
      }
    });
    reach('account/settle/committed');
  }

  /** The same for every position that is not settled yet. */
  async noteHeld(): Promise<void> {
    await this.noteResolved(this.#ledger.unsettledTokens());
  }

  /** Pays the account's own shares of these positions out; what is not settled is left alone. */
  redeem(tokens: readonly string[]): readonly Redemption[] {
    const at = now();
    const paid = this.#ledger.transaction(() =>
      tokens.flatMap((token) => {
        // Read again: since the caller looked, another call may have redeemed it.
        const position = this.#ledger.position(token);
        const redemption = position && redeemPosition(this.#ledger, position, at, this.#own(position));
        reach('account/redeem/position-paid');
        return redemption ?? [];
      }),
    );
    reach('account/redeem/committed');
    return paid;
  }

  /** Shares that no session holds: those are for the session to redeem. */
  #own({ shares, token }: Position): Micro {
    return sub(shares, this.#ledger.allocations.shares(PAPER_WALLET, token));
  }
}
