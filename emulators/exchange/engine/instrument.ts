/** Dollars are counted in millionths, so that every price times every quantity of every instrument is a whole number. */
export const CASH_SCALE = 1_000_000n;

/** A yes-or-no contract that pays one dollar. Prices and quantities are integers over the two scales. */
export interface Instrument {
  readonly symbol: string;
  readonly description: string;
  readonly productId: string;
  /** A price of `priceScale` is a dollar. */
  readonly priceScale: bigint;
  /** A quantity of `quantityScale` is one contract. The product of both scales divides CASH_SCALE. */
  readonly quantityScale: bigint;
  /** Smallest step of a price, in prices. */
  readonly tick: bigint;
  /** In quantities; also the step. */
  readonly minimumQuantity: bigint;
}

const GAMES = ['kc-buf', 'phi-dal', 'sf-lar', 'det-gb', 'bal-cin', 'nyj-mia', 'hou-ten', 'sea-ari'];

/** Most instruments have whole contracts and cents; one trades in hundredths, one in tenths of a cent. */
export function buildCatalogue(count: number): readonly Instrument[] {
  return Array.from({ length: count }, (_, index) => instrumentAt(index));
}

function instrumentAt(index: number): Instrument {
  const game = GAMES[index % GAMES.length] ?? '';
  const week = Math.floor(index / GAMES.length) + 1;
  const symbol = `aec-nfl-${game}-w${week}`;
  const [priceScale, tick] = index % GAMES.length === 1 ? [1000n, 1n] : [1000n, 10n];
  return {
    symbol,
    description: `${game.toUpperCase().replace('-', ' at ')}, week ${week}: does the home team win?`,
    productId: 'AEC-NFL',
    priceScale,
    quantityScale: index % GAMES.length === 2 ? 100n : 1n,
    tick,
    minimumQuantity: 1n,
  };
}

/** What `quantity` at `price` costs, in millionths of a dollar. */
export function notional(instrument: Instrument, price: bigint, quantity: bigint): bigint {
  return price * quantity * (CASH_SCALE / (instrument.priceScale * instrument.quantityScale));
}
