import { asMicro, SCALE, type Micro } from '../../money/fixed.ts';
import type { Level, Side } from '../port.ts';

/**
 * The venue has one book per market, of YES. Whoever buys NO at q asks YES at 1 − q; whoever sells NO at q bids
 * YES at 1 − q (contract: router, "Market data"; venues, "Kalshi"). Everything that turns one view into the other
 * stands here.
 */
export type KalshiOutcome = 'Yes' | 'No';
export const kalshiOutcomes: readonly KalshiOutcome[] = ['Yes', 'No'];

/** A side and price of an outcome's own view. */
export interface OutcomeView {
  readonly outcome: KalshiOutcome;
  readonly side: Side;
  readonly price: Micro;
}

/** The same in the YES book. */
export interface BookOrder {
  readonly side: 'bid' | 'ask';
  readonly price: Micro;
}

export const outcomeNamed = (name: string | undefined): KalshiOutcome | undefined =>
  kalshiOutcomes.find((outcome) => outcome.toLowerCase() === (name ?? 'yes').toLowerCase());

export const complement = (price: Micro): Micro => asMicro(SCALE - price);

export function toBook({ outcome, side, price }: OutcomeView): BookOrder {
  const yes = outcome === 'Yes';
  return { side: yes === (side === 'BUY') ? 'bid' : 'ask', price: yes ? price : complement(price) };
}

/** A YES-book order as somebody sees it who thinks in this outcome. */
export function fromBook({ side, price }: BookOrder, outcome: KalshiOutcome): OutcomeView {
  const yes = outcome === 'Yes';
  return {
    outcome,
    side: yes === (side === 'bid') ? 'BUY' : 'SELL',
    price: yes ? price : complement(price),
  };
}

/**
 * An order or fill of which nothing but its side in the book is known: a bid buys YES, an ask buys NO. The venue says
 * the same (`outcome_side`); that somebody meant the ask as a sale of YES only the journal knows.
 */
export const viewOfBookOrder = (order: BookOrder): OutcomeView =>
  fromBook(order, order.side === 'bid' ? 'Yes' : 'No');

/** The venue's book has bids of YES and bids of NO. Best level first on both sides of the view. */
export function outcomeBook(
  yesBids: readonly Level[],
  noBids: readonly Level[],
  outcome: KalshiOutcome,
): { readonly bids: readonly Level[]; readonly asks: readonly Level[] } {
  const [own, other] = outcome === 'Yes' ? [yesBids, noBids] : [noBids, yesBids];
  const inverted = other.map(({ price, size }) => ({ price: complement(price), size }));
  return { bids: sorted(own, -1), asks: sorted(inverted, 1) };
}

const sorted = (levels: readonly Level[], direction: 1 | -1): readonly Level[] =>
  levels.toSorted((a, b) => direction * (a.price < b.price ? -1 : a.price > b.price ? 1 : 0));

/** Contracts below zero are of NO. */
export const positionOf = (contracts: Micro): { readonly outcome: KalshiOutcome; readonly size: Micro } =>
  contracts < 0n ? { outcome: 'No', size: asMicro(0n - contracts) } : { outcome: 'Yes', size: contracts };
