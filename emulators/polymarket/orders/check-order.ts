import { mirrorPrice } from '../book/mirror.ts';
import { baseFeeBps, isYes, ROUNDING, type Market } from '../catalog/market.ts';
import type { Quantity } from '../book/plan-match.ts';
import { nowSeconds, type Venue } from '../state.ts';
import { formatMicro, ONE, type Micro } from '../../lib/units.ts';
import { badRequest, invalidOrder } from '../venue-error.ts';
import type { OrderRequest } from './parse-order.ts';

/** What the signed amounts mean once they are read as a price and a quantity. */
export interface OrderTerms {
  readonly price: Micro;
  /** YES-frame limit. */
  readonly limit: Micro;
  readonly shares: Micro;
  readonly makerAmount: Micro;
  readonly takerAmount: Micro;
  readonly quantity: Quantity;
  readonly expiration: number;
  readonly market: boolean;
}

/** A GTD order must live at least this long (the venue's security threshold), seconds. */
const MIN_GTD_SECONDS = 60;

/** Smallest marketable buy, one dollar. */
const MIN_MARKET_BUY: Micro = ONE;

/** No order is worth more; keeps every product of two amounts sane. */
const MAX_AMOUNT: Micro = 1_000_000_000n * ONE;

/** Checks everything that needs no book and no balance. @throws VenueError in the venue's words. */
export function checkOrder(venue: Venue, market: Market, request: OrderRequest, orderId: string): OrderTerms {
  const { order, orderType } = request;
  const buy = order.sideText === 'BUY';
  const makerAmount = BigInt(order.makerAmount);
  const takerAmount = BigInt(order.takerAmount);
  if (makerAmount === 0n || takerAmount === 0n) throw badRequest('invalid amounts');
  if (makerAmount > MAX_AMOUNT || takerAmount > MAX_AMOUNT) throw badRequest('invalid amounts');
  const usd = buy ? makerAmount : takerAmount;
  const shares = buy ? takerAmount : makerAmount;
  const isMarket = orderType === 'FOK' || orderType === 'FAK';
  const price = priceOf(market, { usd, shares, isMarket }, orderId);
  checkAccuracy(market, { buy, isMarket, makerAmount, takerAmount });
  checkSize(market, { buy, isMarket, usd, shares }, orderId);
  checkTypes(request, isMarket);
  if (order.version === 1) checkV1(market, order);
  return {
    price,
    limit: mirrorPrice(price, isYes(market, order.tokenId)),
    shares,
    makerAmount,
    takerAmount,
    quantity: isMarket && buy ? { kind: 'budget', usd } : { kind: 'shares', shares },
    expiration: checkExpiration(venue, request),
    market: isMarket,
  };
}

/** Decimals that a market order's wanted amount may be cut to, whatever the tick (polymarket-today 6, "FOK/FAK"). */
const MARKET_AMOUNT_DECIMALS = 4;

/**
 * The limit price, on the tick grid. Market orders round what they want to `amount` decimals, or to four, so the
 * ratio may miss the grid by that rounding and by nothing more.
 */
function priceOf(
  market: Market,
  { usd, shares, isMarket }: { readonly usd: Micro; readonly shares: Micro; readonly isMarket: boolean },
  orderId: string,
): Micro {
  const ratio = (usd * ONE) / shares;
  const snapped = ((ratio + market.tick / 2n) / market.tick) * market.tick;
  const { amount } = ROUNDING[market.tickText];
  const slack = 10n ** BigInt(6 - (isMarket ? Math.min(amount, MARKET_AMOUNT_DECIMALS) : amount));
  const off = snapped * shares - usd * ONE;
  if ((off < 0n ? -off : off) > slack * ONE) {
    throw invalidOrder(
      orderId,
      `Price (${formatMicro(ratio)}) breaks minimum tick size rule: ${market.tickText}`,
    );
  }
  if (snapped < market.tick || snapped > ONE - market.tick) {
    throw badRequest(
      `invalid price (${formatMicro(snapped)}), min: ${market.tickText} - max: ${formatMicro(ONE - market.tick)}`,
    );
  }
  return snapped;
}

interface Amounts {
  readonly buy: boolean;
  readonly isMarket: boolean;
  readonly makerAmount: Micro;
  readonly takerAmount: Micro;
}

function checkAccuracy(market: Market, amounts: Amounts): void {
  const rounding = ROUNDING[market.tickText];
  // The size-like amount is dollars for a market buy and shares otherwise.
  const makerIsSize = amounts.isMarket || !amounts.buy;
  const maker = makerIsSize ? rounding.size : rounding.amount;
  const taker = makerIsSize ? rounding.amount : rounding.size;
  if (fits(amounts.makerAmount, maker) && fits(amounts.takerAmount, taker)) return;
  const kind = `${amounts.isMarket ? 'market ' : ''}${amounts.buy ? 'buy' : 'sell'}`;
  throw badRequest(
    `invalid amounts, the ${kind} orders maker amount supports a max accuracy of ${maker} decimals, taker amount a max of ${taker} decimals`,
  );
}

function fits(amount: Micro, decimals: number): boolean {
  return amount % 10n ** BigInt(6 - decimals) === 0n;
}

function checkSize(
  market: Market,
  size: { buy: boolean; isMarket: boolean; usd: Micro; shares: Micro },
  orderId: string,
): void {
  if (size.isMarket) {
    if (size.buy && size.usd < MIN_MARKET_BUY) {
      throw badRequest(`invalid amount for a marketable BUY order ($${formatMicro(size.usd)}), min size: $1`);
    }
    return;
  }
  if (size.shares < market.minSize) {
    throw invalidOrder(
      orderId,
      `Size (${formatMicro(size.shares)}) lower than the minimum: ${formatMicro(market.minSize)}`,
    );
  }
}

function checkTypes(request: OrderRequest, isMarket: boolean): void {
  if (request.postOnly && isMarket) {
    throw badRequest('invalid post-only order: only GTC and GTD order types are allowed');
  }
}

function checkExpiration(venue: Venue, request: OrderRequest): number {
  const expiration = Number(request.order.expiration);
  if (request.orderType === 'GTD') {
    if (expiration < nowSeconds(venue) + MIN_GTD_SECONDS) throw badRequest('invalid expiration');
  } else if (expiration !== 0) {
    throw badRequest('invalid expiration');
  }
  return expiration;
}

function checkV1(
  market: Market,
  order: { readonly nonce: string; readonly feeRateBps: string; readonly taker: string },
): void {
  if (order.nonce !== '0') throw badRequest('invalid nonce');
  const fee = baseFeeBps(market);
  if (Number(order.feeRateBps) !== fee) {
    throw badRequest(`invalid fee rate (${order.feeRateBps}), current market's taker fee: ${fee}`);
  }
  if (BigInt(order.taker) !== 0n) throw badRequest('invalid taker');
}
