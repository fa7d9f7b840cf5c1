/** Body of `POST /v1/order` as Polymarket's clients write it; paper accounts do not look at the signature. */
export interface PaperOrder {
  readonly tokenId: string;
  readonly side: 'BUY' | 'SELL';
  readonly makerAmount: bigint;
  readonly takerAmount: bigint;
  readonly orderType: 'GTC' | 'GTD' | 'FOK' | 'FAK';
}

const ADDRESS = '0x00000000000000000000000000000000000000aa';

let salt = 0;

export function orderBody(order: PaperOrder): Readonly<Record<string, unknown>> {
  salt += 1;
  return {
    order: {
      salt,
      maker: ADDRESS,
      signer: ADDRESS,
      taker: '0x0000000000000000000000000000000000000000',
      tokenId: order.tokenId,
      makerAmount: order.makerAmount.toString(),
      takerAmount: order.takerAmount.toString(),
      side: order.side,
      expiration: '0',
      signatureType: 0,
      signature: '0x00',
    },
    owner: 'test',
    orderType: order.orderType,
  };
}

/** Posts one order with a gateway key. Rejects when no reply comes. */
export function postOrder(url: string, key: string, order: PaperOrder): Promise<Response> {
  return fetch(`${url}/v1/order`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(orderBody(order)),
  });
}
