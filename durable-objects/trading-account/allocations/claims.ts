import { failure, type Failure } from '../../../shared/errors/failure.ts';
import {
  asMicro,
  min,
  mulDiv,
  notional,
  parseMicro,
  SCALE,
  ZERO,
  type Micro,
} from '../../../shared/money/fixed.ts';
import { takerFee } from '../../../shared/venues/money/taker-fee.ts';
import { FEE_UNIT } from '../../../shared/venues/polymarket/account/portfolio.ts';
import type { Side, VenueOrder } from '../../../shared/venues/port.ts';
import { encodeJson } from '../../../shared/bigint-json.ts';
import type { MinedTransaction } from '../live/model.ts';
import type { CommandObserver } from '../live/command-observer.ts';
import type { AllocationBook } from './allocation-book.ts';
import { withFee } from './with-fee.ts';
import { InFlightClaims, toClaim } from './in-flight-claims.ts';
import type { OrderClaim, RedeemClaim, Claim } from './claim-model.ts';

type Row = { command: number; claim: string };

/**
 * What sessions' commands on a live venue hold back, by the command's row in the journal, from before anything is sent
 * until it is known what became of it. Booked in the very writes that record it, whoever finds it out.
 */
export class Claims implements CommandObserver {
  readonly inFlight: InFlightClaims;
  readonly #sql: SqlStorage;
  readonly #book: AllocationBook;

  constructor(sql: SqlStorage, book: AllocationBook) {
    this.#sql = sql;
    this.#book = book;
    this.inFlight = new InFlightClaims(sql, book);
  }

  /** Holds back what an order may take; why not, where the session has less. */
  hold(command: number, order: OrderClaim): Failure | undefined {
    const { session, side, traded, size } = order;
    const held = side === 'BUY' ? withFee(size, order.fee.feeRate) : size;
    const short =
      side === 'BUY'
        ? this.#book.holdCash(session, held)
        : this.#book.holdShares(session, traded.token, held);
    if (!short) this.#insert(command, session, { kind: 'order', order, held });
    return short;
  }

  /**
   * Remembers what a redemption will have paid once it is mined; why it must not be sent, where shares are on their way
   * already. One that takes all that the wallet has must not take what an order has yet to sell, or to bring.
   */
  expect(command: number, redeem: RedeemClaim): Failure | undefined {
    if (!this.#book.any) return undefined;
    const { session, wallet, market } = redeem;
    const given = givenUp(redeem);
    const away =
      session === undefined
        ? this.inFlight.touchesMarket(wallet, market)
        : given.some(([token, shares]) => this.#book.sellable(session, token) < shares);
    if (away) return onItsWay;
    if (session !== undefined)
      for (const [token, shares] of given) this.#book.holdShares(session, token, shares);
    this.#insert(command, session ?? null, { kind: 'redeem', redeem });
    return undefined;
  }

  ordered(order: VenueOrder, command: number): void {
    const claim = this.#find(command);
    // One that waits at the venue may still fill; these orders never rest, whatever a venue calls one that is over.
    if (claim?.kind !== 'order' || order.status === 'pending') return;
    this.#giveBack(claim);
    this.#bookOrder(claim, order);
    this.#remove(command);
  }

  released(command: number): void {
    const claim = this.#find(command);
    if (claim?.kind === 'order') this.#giveBack(claim);
    if (claim?.kind === 'redeem') this.#giveBackShares(claim.redeem);
    this.#remove(command);
  }

  mined({ status }: MinedTransaction, command: number): void {
    const claim = this.#find(command);
    if (claim?.kind === 'redeem') {
      this.#giveBackShares(claim.redeem);
      if (status === 'confirmed') this.#pay(claim.redeem);
    }
    this.#remove(command);
  }

  /** Commands of orders that the venue took and has not executed yet. */
  waiting(): readonly number[] {
    return this.#sql
      .exec<{ command: number }>(
        `SELECT command FROM claims JOIN live_commands ON live_commands.id = command
         WHERE state = 'done' ORDER BY command LIMIT 20`,
      )
      .toArray()
      .map(({ command }) => command);
  }

  #bookOrder(
    { order: { session, side, traded, fee }, held }: Claim & { kind: 'order' },
    order: VenueOrder,
  ): void {
    const { shares, dollars } = executed(order, side, held);
    if (shares === 0n) return;
    const price = asMicro(mulDiv(dollars, SCALE, shares, 'half-up'));
    // By the average price it is never less than level by level: the wallet has at least what the book says.
    const taken = takerFee([{ price, size: shares }], {
      rate: fee.feeRate,
      exponent: fee.feeExponent,
      unit: FEE_UNIT,
    });
    if (side === 'BUY')
      this.#book.bought(session, traded, shares, dollars, min(taken, asMicro(held - dollars)));
    else this.#book.disposed(session, traded, shares, dollars, min(taken, dollars));
  }

  #pay({ wallet, session, market, payouts, shares: given }: RedeemClaim): void {
    const sessions = session === undefined ? this.#book.sessionsHolding(wallet, market) : [session];
    for (const one of sessions) {
      for (const [token, payout] of Object.entries(payouts)) {
        const held = this.#book.holding(one, token);
        const shares = given?.[token] ?? this.#book.sellable(one, token);
        if (held && shares > 0n) {
          this.#book.disposed(one, held, shares, notional(shares, payout, 'floor'), ZERO);
        }
      }
    }
  }

  #giveBack({ order: { session, side, traded }, held }: Claim & { kind: 'order' }): void {
    this.#book.releaseHeld(session, side === 'BUY' ? { cash: held } : { token: traded.token, shares: held });
  }

  #giveBackShares(redeem: RedeemClaim): void {
    const { session } = redeem;
    if (session === undefined) return;
    for (const [token, shares] of givenUp(redeem)) this.#book.releaseHeld(session, { token, shares });
  }

  #find(command: number): Claim | undefined {
    return this.#sql
      .exec<Row>('SELECT command, claim FROM claims WHERE command = ?', command)
      .toArray()
      .map(({ claim }) => toClaim(claim))[0];
  }

  #insert(command: number, session: number | null, claim: Claim): void {
    this.#sql.exec(
      'INSERT INTO claims (command, session, claim) VALUES (?, ?, ?)',
      command,
      session,
      encodeJson(claim),
    );
  }

  #remove(command: number): void {
    this.#sql.exec('DELETE FROM claims WHERE command = ?', command);
  }
}

const givenUp = ({ shares = {} }: RedeemClaim): readonly (readonly [string, Micro])[] =>
  Object.entries(shares).filter(([, amount]) => amount > 0n);

const onItsWay = failure('VENUE_UNAVAILABLE', {
  message: 'Shares of this market are on their way: redeem them when that has ended',
  retryAfter: 1,
});

/** What an order traded. Where the venue does not tell the money: the worst that its terms allow. */
function executed(
  { receipt, filled, price }: VenueOrder,
  side: Side,
  held: Micro,
): { readonly shares: Micro; readonly dollars: Micro } {
  const [making, taking] = [receipt?.makingAmount, receipt?.takingAmount].map((text) =>
    text === undefined || text === '' ? undefined : parseMicro(text),
  );
  const [dollars, shares] = side === 'BUY' ? [making, taking] : [taking, making];
  if (dollars !== undefined && shares !== undefined) return { shares, dollars: cap(dollars, side, held) };
  const worst = notional(filled, price, side === 'BUY' ? 'ceil' : 'floor');
  return { shares: filled, dollars: cap(worst, side, held) };
}

const cap = (dollars: Micro, side: Side, held: Micro): Micro =>
  side === 'BUY' ? min(dollars, held) : dollars;
