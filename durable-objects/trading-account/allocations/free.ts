import {
  add,
  asMicro,
  formatMicro,
  max,
  notional,
  sub,
  ZERO,
  type Micro,
} from '../../../shared/money/fixed.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { Side, VenueOrder, VenueResult } from '../../../shared/venues/port.ts';
import type { TradingSession } from '../../../shared/venues/session.ts';
import type { AllocationBook } from './book.ts';

/** Open orders that are looked at; of a wallet with more nobody here can say what is free. */
const MOST_ORDERS = 500;

/** What the account's own order on Polymarket would take. */
export interface OwnOrder {
  /** The wallet that pays, as `TradingSession.identity` tells it. */
  readonly wallet: string;
  readonly side: Side;
  readonly token: string;
  readonly price: Micro;
  readonly size: Micro;
}

/** The wallet's money at Polymarket beside what its resting orders reserve; sessions' parts are in it. */
export async function walletCash(session: TradingSession): Promise<VenueResult<Micro>> {
  const [balance, orders] = await Promise.all([session.balance(), openOrders(session)]);
  if (!balance.ok) return balance;
  if (!orders.ok) return orders;
  const reserved = orders.value
    .filter(({ side }) => side === 'BUY')
    .reduce((sum, order) => add(sum, notional(left(order), order.price, 'ceil')), ZERO);
  return { ok: true, value: sub(balance.value.available, reserved) };
}

/** The wallet's shares of a token at Polymarket, likewise. */
async function walletShares(session: TradingSession, token: string): Promise<VenueResult<Micro>> {
  const [positions, orders] = await Promise.all([session.positions(), openOrders(session)]);
  if (!positions.ok) return positions;
  if (!orders.ok) return orders;
  const held = positions.value.find(({ tokenId }) => tokenId === token)?.size ?? ZERO;
  const reserved = orders.value
    .filter(({ side, tokenId }) => side === 'SELL' && tokenId === token)
    .reduce((sum, order) => add(sum, left(order)), ZERO);
  return { ok: true, value: sub(held, reserved) };
}

/**
 * Why an order of the account's own must not go out: it would take of what sessions have. The venue is asked only
 * where a session has something of it.
 */
export async function trespass(
  book: AllocationBook,
  session: TradingSession,
  { wallet, side, token, price, size }: OwnOrder,
): Promise<(VenueResult<never> & { readonly ok: false }) | undefined> {
  const taken = side === 'BUY' ? book.cash(wallet) : book.shares(wallet, token);
  if (taken === 0n) return undefined;
  const whole = side === 'BUY' ? await walletCash(session) : await walletShares(session, token);
  if (!whole.ok) return whole;
  const wanted = side === 'BUY' ? notional(size, price, 'ceil') : size;
  // Again, for the sessions have gone on meanwhile: of both looks the one that leaves less is right or careful.
  const theirs = max(taken, side === 'BUY' ? book.cash(wallet) : book.shares(wallet, token));
  return wanted <= whole.value - theirs ? undefined : theirsFailure(side, asMicro(whole.value - theirs));
}

function theirsFailure(side: Side, free: Micro): Failure {
  const amount = formatMicro(free < 0n ? ZERO : free);
  return side === 'BUY'
    ? failure('INSUFFICIENT_BALANCE', { message: `Sessions have the rest: $${amount} is free` })
    : failure('INSUFFICIENT_POSITION', { message: `Sessions hold the rest: ${amount} shares are free` });
}

async function openOrders(session: TradingSession): Promise<VenueResult<readonly VenueOrder[]>> {
  const found = await session.orders({ status: 'open', limit: MOST_ORDERS });
  if (!found.ok || found.value.length < MOST_ORDERS) return found;
  return failure('NOT_SUPPORTED', {
    message: `polymarket: sessions on a wallet with ${MOST_ORDERS} open orders or more`,
  });
}

const left = ({ size, filled }: VenueOrder): Micro => (size > filled ? sub(size, filled) : ZERO);
