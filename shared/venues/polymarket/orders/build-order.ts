import type { OrderDraft } from '../../../signing/polymarket/order-typed-data.ts';
import type { OrderSchema } from '../../../signing/polymarket/exchange-contracts.ts';
import type { OrderTerms } from '../../port.ts';
import type { Amounts } from './amounts.ts';

const ZERO_ADDRESS = `0x${'0'.repeat(40)}`;
const ZERO_BYTES32 = `0x${'0'.repeat(64)}`;
/** The venue's clients send the salt as a JSON number. */
const SALT_BITS = 52n;

export interface OrderParts {
  readonly schema: OrderSchema;
  readonly terms: OrderTerms;
  readonly amounts: Amounts;
  readonly tokenId: string;
  /** Schema 1. */
  readonly feeRateBps: bigint;
  /** Schema 2: Unix ms by the venue's clock, and the builder's code. */
  readonly nowMs: number;
  readonly builder?: string | undefined;
}

/** The order to sign: a new one each time, by its salt. */
export function buildOrder(parts: OrderParts): OrderDraft {
  const { schema, terms, amounts } = parts;
  const common = {
    salt: salt(),
    tokenId: BigInt(parts.tokenId),
    makerAmount: amounts.makerAmount,
    takerAmount: amounts.takerAmount,
    side: terms.side,
  };
  const expiration = BigInt(terms.expiration ?? 0);
  switch (schema) {
    case 1:
      return {
        ...common,
        schema,
        taker: ZERO_ADDRESS,
        expiration,
        nonce: 0n,
        feeRateBps: parts.feeRateBps,
      };
    case 2:
      return {
        ...common,
        schema,
        timestamp: BigInt(parts.nowMs),
        expiration,
        metadata: ZERO_BYTES32,
        builder: parts.builder ?? ZERO_BYTES32,
      };
  }
}

function salt(): bigint {
  const random = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
  return random >> (64n - SALT_BITS);
}
