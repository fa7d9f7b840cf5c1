/** A well-formed body of `POST /v1/order` for a token; members are replaced to make it wrong. */
export function orderBody(
  tokenId: string,
  order: Readonly<Record<string, unknown>> = {},
  outer: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    order: {
      salt: '1',
      maker: `0x${'1'.repeat(40)}`,
      signer: `0x${'1'.repeat(40)}`,
      tokenId,
      makerAmount: '100000',
      takerAmount: '10000000',
      side: 'BUY',
      signatureType: 0,
      signature: '0x',
      ...order,
    },
    owner: 'owner',
    orderType: 'GTC',
    ...outer,
  };
}
