import { invalidMember, failure, type Failure } from '../../../errors/failure.ts';
import { asMicro, mulDiv, SCALE, type Micro } from '../../../money/fixed.ts';
import type { Side } from '../../port.ts';

/** Decimals of price, size and amount that a tick allows (contract: venues, "Rounding"). */
interface Decimals {
  readonly price: number;
  readonly size: number;
  readonly amount: number;
}

/** By tick in micro. */
const ROUNDING: Readonly<Record<string, Decimals>> = {
  100000: { price: 1, size: 2, amount: 3 },
  10000: { price: 2, size: 2, amount: 4 },
  5000: { price: 3, size: 2, amount: 5 },
  2500: { price: 4, size: 2, amount: 6 },
  1000: { price: 3, size: 2, amount: 5 },
  100: { price: 4, size: 2, amount: 6 },
};

/** What the signed order gives and wants, 6-decimal integers (contract: venues, "Rounding"). */
export interface Amounts {
  readonly makerAmount: bigint;
  readonly takerAmount: bigint;
}

const roundingOf = (tick: Micro): Decimals | undefined => ROUNDING[tick.toString()];

/** Micro per step of so many decimals. */
const step = (decimals: number): bigint => 10n ** BigInt(6 - decimals);

/**
 * Why a price or size cannot be an order of a market with this tick. They are refused, never rounded: the caller
 * would trade something else than was asked for.
 */
export function refuseNumbers(price: Micro, size: Micro, tick: Micro, minSize: Micro): Failure | undefined {
  const decimals = roundingOf(tick);
  if (!decimals) return failure('NOT_SUPPORTED', { message: 'polymarket: a market with an unknown tick' });
  if (price < tick || price > SCALE - tick || price % tick !== 0n) {
    return failure('INVALID_ORDER_MIN_TICK_SIZE');
  }
  if (size <= 0n || size % step(decimals.size) !== 0n) {
    return invalidMember('size', `must be positive with at most ${decimals.size} decimals`);
  }
  return size < minSize
    ? failure('INVALID_QUANTITY', { message: 'size is below the market’s minimum' })
    : undefined;
}

/**
 * Decimals of what an order that must not rest is to get: the venue takes no more, whatever the tick (polymarket-today 6,
 * "FOK/FAK"). What it gives has two: cents of a BUY, hundredths of a SELL.
 */
const MARKET_AMOUNT_DECIMALS = 4;

const amountDecimals = ({ amount }: Decimals): number => Math.min(amount, MARKET_AMOUNT_DECIMALS);

/** An order that rests. Exact: price and size have passed `refuseNumbers`. */
export function limitAmounts(side: Side, price: Micro, size: Micro): Amounts {
  const usd = mulDiv(size, price, SCALE, 'floor');
  return side === 'BUY' ? { makerAmount: usd, takerAmount: size } : { makerAmount: size, takerAmount: usd };
}

/**
 * A SELL that must not rest: what it gets at least is cut to the decimals that the venue takes, by less than a hundredth
 * of a cent. From one share on no tick lies between the price that results and the one that was asked for. Undefined
 * when nothing is left of it.
 */
export function saleAmounts(price: Micro, size: Micro, tick: Micro): Amounts | undefined {
  const decimals = roundingOf(tick);
  if (!decimals) return undefined;
  const unit = step(amountDecimals(decimals));
  const takerAmount = (mulDiv(size, price, SCALE, 'floor') / unit) * unit;
  return takerAmount === 0n ? undefined : { makerAmount: size, takerAmount };
}

/**
 * A BUY that must not rest. This venue measures it by the dollars it may spend, in whole cents, and spends them all
 * where it can: `budget` is rounded down to a cent. What it wants at least is budget ÷ price in as many decimals as the
 * venue takes.
 * Undefined when the budget is below a cent.
 */
export function budgetAmounts(price: Micro, budget: Micro, tick: Micro): Amounts | undefined {
  const decimals = roundingOf(tick);
  if (!decimals) return undefined;
  const cents = step(decimals.size);
  const makerAmount = (budget / cents) * cents;
  if (makerAmount === 0n) return undefined;
  return { makerAmount, takerAmount: sharesFor(asMicro(makerAmount), price, amountDecimals(decimals)) };
}

/** Four decimals more rounded up, then down: what the official client does to get rid of float noise. */
function sharesFor(usd: Micro, price: Micro, decimals: number): bigint {
  const fine = mulDiv(usd, 10n ** BigInt(decimals + 4), price, 'ceil');
  return (fine / 10_000n) * step(decimals);
}
