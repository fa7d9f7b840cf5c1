import { add, asMicro, formatMicro, notional, sub, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { Found, Market, Side, VenueOrder, VenueResult } from '../../../shared/venues/port.ts';
import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import { withFee } from './with-fee.ts';
import type { Allocations } from './on-chain-claims.ts';
import { largerClaim, sessionsCash } from './in-flight-claims.ts';

/** Open orders that are looked at; of a wallet with more nobody here can say what is free. */
const MOST_ORDERS = 500;

/** What the account's own order on Polymarket would take. */
export interface AccountOrder {
  /** The wallet that pays, as `TradingSession.identity` tells it. */
  readonly wallet: string;
  readonly side: Side;
  readonly token: string;
  readonly price: Micro;
  readonly size: Micro;
  /** It takes nothing from the book, and pays no fee. */
  readonly postOnly: boolean;
}

/** The wallet's money at Polymarket beside what its resting orders reserve; sessions' parts are in it. */
export async function walletCash(client: VenueClient): Promise<VenueResult<Micro>> {
  // Orders first: one that fills in between is counted twice, and not left out.
  const orders = await openOrdersOf(client);
  if (!orders.ok) return orders;
  const balance = await client.balance();
  if (!balance.ok) return balance;
  const reserved = orders.value
    .filter(({ side }) => side === 'BUY')
    .reduce((sum, order) => add(sum, notional(remaining(order), order.price, 'ceil')), ZERO);
  return { ok: true, value: sub(balance.value.available, reserved) };
}

/** The wallet's shares of a token at Polymarket, likewise. */
async function walletShares(client: VenueClient, token: string): Promise<VenueResult<Micro>> {
  const orders = await openOrdersOf(client);
  if (!orders.ok) return orders;
  const positions = await client.positions();
  if (!positions.ok) return positions;
  const held = positions.value.find(({ tokenId }) => tokenId === token)?.size ?? ZERO;
  const reserved = orders.value
    .filter(({ side, tokenId }) => side === 'SELL' && tokenId === token)
    .reduce((sum, order) => add(sum, remaining(order)), ZERO);
  return { ok: true, value: sub(held, reserved) };
}

/**
 * Why an order of the account's own must not go out: it would take of what sessions have. The venue is asked only
 * where a session has something of it.
 */
export async function refusedBySessions(
  { book, claims: { inFlight: onTheWay } }: Allocations,
  client: VenueClient,
  { wallet, side, token, price, size, postOnly }: AccountOrder,
  market: () => Promise<Found<Market>>,
): Promise<(VenueResult<never> & { readonly ok: false }) | undefined> {
  const theirs = (): Micro =>
    side === 'BUY' ? sessionsCash(book, onTheWay, wallet) : book.shares(wallet, token);
  const buys = (): boolean => side === 'SELL' && onTheWay.buys(wallet, token);
  const before = theirs();
  if (buys()) return beingBought;
  if (before === 0n) return undefined;
  const whole = side === 'BUY' ? await walletCash(client) : await walletShares(client, token);
  if (!whole.ok) return whole;
  const found = side === 'BUY' && !postOnly ? await market() : undefined;
  if (found?.ok === false) return found;
  // Again, for the sessions have gone on meanwhile.
  if (buys()) return beingBought;
  const spent = notional(size, price, 'ceil');
  const wanted = side === 'SELL' ? size : found ? withFee(spent, found.value.feeRate) : spent;
  const free = asMicro(whole.value - largerClaim(before, theirs()));
  return wanted <= free ? undefined : insufficientFree(side, free);
}

/** How many shares that will bring nobody can say before it has ended. */
const beingBought = failure('VENUE_UNAVAILABLE', {
  message: 'A session is buying these shares: say it again when its order has ended',
  retryAfter: 1,
});

function insufficientFree(side: Side, free: Micro): Failure {
  const amount = formatMicro(free < 0n ? ZERO : free);
  return side === 'BUY'
    ? failure('INSUFFICIENT_BALANCE', { message: `Sessions have the rest: $${amount} is free` })
    : failure('INSUFFICIENT_POSITION', { message: `Sessions hold the rest: ${amount} shares are free` });
}

async function openOrdersOf(client: VenueClient): Promise<VenueResult<readonly VenueOrder[]>> {
  const found = await client.orders({ status: 'open', limit: MOST_ORDERS });
  if (!found.ok || found.value.length < MOST_ORDERS) return found;
  return failure('NOT_SUPPORTED', {
    message: `polymarket: sessions on a wallet with ${MOST_ORDERS} open orders or more`,
  });
}

const remaining = ({ size, filled }: VenueOrder): Micro => (size > filled ? sub(size, filled) : ZERO);
