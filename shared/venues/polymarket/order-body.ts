import type { Order } from '../../signing/order-typed-data.ts';

/** A signed order as `POST /order` takes it (contract: venues, "Orders"): amounts are decimal text, the salt a number. */
export function wireOrder(order: Order, signature: string): Record<string, unknown> {
  const common = {
    salt: Number(order.salt),
    maker: order.maker,
    signer: order.signer,
    tokenId: order.tokenId.toString(),
    makerAmount: order.makerAmount.toString(),
    takerAmount: order.takerAmount.toString(),
    side: order.side,
    signatureType: order.signatureType,
    signature,
  };
  switch (order.schema) {
    case 1:
      return {
        ...common,
        taker: order.taker,
        expiration: order.expiration.toString(),
        nonce: order.nonce.toString(),
        feeRateBps: order.feeRateBps.toString(),
      };
    case 2:
      return {
        ...common,
        timestamp: order.timestamp.toString(),
        expiration: (order.expiration ?? 0n).toString(),
        metadata: order.metadata,
        builder: order.builder,
      };
  }
}
