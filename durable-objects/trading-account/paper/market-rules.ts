import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { asMicro, formatMicro, SCALE, type Micro } from '../../../shared/money/fixed.ts';
import type { Market, Outcome } from '../../../shared/venues/port.ts';
import type { OrderRequest } from '../ledger/model.ts';
import { rests } from '../../../shared/venues/port/order-rests.ts';

/** An order that the market's rules accept, with its price on the tick. */
export type CheckedOrder = { readonly ok: true; readonly outcome: Outcome; readonly price: Micro } | Failure;

/** A price computed from two rounded amounts may miss its tick by this part of one. */
const AMOUNT_TOLERANCE = 50n;

/** Rules of the market that hold whatever the account has: open, on tick, in range, big enough, not expired. */
export function checkAgainstMarket(request: OrderRequest, market: Market, now: number): CheckedOrder {
  const outcome = market.outcomes.find((candidate) => candidate.tokenId === request.tokenId);
  if (!outcome) return failure('MARKET_NOT_FOUND');
  if (market.status !== 'open') return failure('MARKET_CLOSED');
  if (request.size <= 0n) return failure('INVALID_QUANTITY');
  const price = onTick(request, market.tick);
  if (price === undefined || price < market.tick || price > SCALE - market.tick)
    return offTick(request.price, market.tick);
  if (rests(request.timeInForce) && request.size < market.minSize)
    return tooSmall(request.size, market.minSize);
  if (request.postOnly && !rests(request.timeInForce)) {
    return failure('INVALID_ORDER_PAYLOAD', { message: 'postOnly is only supported for GTC and GTD orders' });
  }
  if (request.timeInForce === 'GTD' && (request.expiresAt === undefined || request.expiresAt <= now)) {
    return failure('INVALID_ORDER_PAYLOAD', { message: 'a GTD order needs an expiration in the future' });
  }
  return { ok: true, outcome, price };
}

function onTick({ price, priceFromAmounts }: OrderRequest, tick: Micro): Micro | undefined {
  const remainder = price % tick;
  if (remainder === 0n) return price;
  if (!priceFromAmounts) return undefined;
  const nearest = remainder * 2n >= tick ? price - remainder + tick : price - remainder;
  const distance = nearest > price ? nearest - price : price - nearest;
  return distance * AMOUNT_TOLERANCE <= tick ? asMicro(nearest) : undefined;
}

const offTick = (price: Micro, tick: Micro): Failure =>
  failure('INVALID_ORDER_MIN_TICK_SIZE', {
    message: `order price ${formatMicro(price)} breaks minimum tick size rule: ${formatMicro(tick)}`,
  });

const tooSmall = (size: Micro, minimum: Micro): Failure =>
  failure('INVALID_QUANTITY', {
    message: `Size (${formatMicro(size)}) lower than the minimum: ${formatMicro(minimum)}`,
  });
