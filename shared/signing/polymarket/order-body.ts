import type { Order, OrderParties, SignatureType } from './order-typed-data.ts';

/** Path of the venue's `POST` for one order. */
export const ORDER_PATH = '/order';

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

/** What stands around the order in `POST /order`. */
export interface OrderFraming {
  /** The venue's word: GTC, GTD, FOK, FAK. */
  readonly orderType: string;
  /** Left out where it was not sent. */
  readonly postOnly?: boolean | undefined;
  readonly deferExec?: boolean | undefined;
}

/** The text of `POST /order`: an order as it goes out, and `owner`, the id of the CLOB key that sends it. */
export const orderBody = (
  order: Readonly<Record<string, unknown>>,
  owner: string,
  { orderType, postOnly, deferExec }: OrderFraming,
): string => JSON.stringify({ deferExec, postOnly, order, owner, orderType });

/** Whose the order is: type 0 trades with its own funds, 1 to 3 with the funder's; a deposit wallet (3) also signs it. */
export const partiesOf = ({
  address,
  funder,
  signatureType,
}: {
  readonly address: string;
  readonly funder?: string | undefined;
  readonly signatureType: SignatureType;
}): OrderParties => {
  const maker = signatureType === 0 ? address : (funder ?? address);
  return { maker, signer: signatureType === 3 ? maker : address, signatureType };
};
