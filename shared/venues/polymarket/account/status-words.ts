/**
 * The venue's words for the state of orders and trades. Reads put `ORDER_STATUS_` or `TRADE_STATUS_` before them, the
 * user channel does not, and documents differ in the spelling of "cancelled" and in capitals: all are one here
 * (polymarket-today 6, "Trade statuses").
 */
export type OrderWord =
  | 'LIVE'
  | 'MATCHED'
  | 'DELAYED'
  | 'UNMATCHED'
  | 'CANCELED'
  | 'CANCELED_MARKET_RESOLVED'
  | 'INVALID';

/** Undefined for a word that no document names. */
export function orderWord(status: string): OrderWord | undefined {
  const word = bare(status, 'ORDER_STATUS_');
  switch (word) {
    case 'LIVE':
    case 'MATCHED':
    case 'DELAYED':
    case 'UNMATCHED':
    case 'CANCELED':
    case 'CANCELED_MARKET_RESOLVED':
    case 'INVALID':
      return word;
    default:
      return undefined;
  }
}

/**
 * How far a trade is on its way to the chain. `pending`: matched, and not yet for good (MATCHED,
 * MATCHED_NOT_BROADCASTED, MINED, RETRYING, or a word that no document names). `failed`: it never happened.
 */
export type Settlement = 'pending' | 'confirmed' | 'failed';

export function settlementOf(status: string): Settlement {
  switch (bare(status, 'TRADE_STATUS_')) {
    case 'CONFIRMED':
      return 'confirmed';
    case 'FAILED':
      return 'failed';
    default:
      return 'pending';
  }
}

const bare = (status: string, prefix: string): string => {
  const word = status.trim().toUpperCase().replaceAll('CANCELLED', 'CANCELED');
  return word.startsWith(prefix) ? word.slice(prefix.length) : word;
};
