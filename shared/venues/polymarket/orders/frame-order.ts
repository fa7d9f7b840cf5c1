import type { OrderSchema } from '../../../signing/polymarket/exchange-contracts.ts';
import { ORDER_PATH } from '../../../signing/polymarket/order-body.ts';
import type { OrderTerms, PreparedOrder, VenueResult } from '../../port.ts';
import { signerRefused } from '../../trading/signer-failures.ts';
import type { PolymarketSigner } from '../../port/signer.ts';
import type { PolymarketApi } from '../api.ts';

type Headers = Readonly<Record<string, string>>;

/** A signed order, ready for `POST /order`. */
export interface FramedOrder {
  /** The exact text that the headers prove. */
  readonly body: string;
  readonly headers: Headers;
  readonly hash: string;
  /** What is told of the order later is told by these. */
  readonly terms: OrderTerms;
  readonly tokenId: string;
  readonly clientSigned?: true;
}

export const frameOrder = (
  api: PolymarketApi,
  { body, headers, hash, terms, tokenId, clientSigned }: FramedOrder,
): VenueResult<PreparedOrder> => ({
  ok: true,
  value: {
    venue: 'polymarket',
    kind: 'place',
    request: {
      method: 'POST',
      url: `${api.clob.baseUrl}${ORDER_PATH}`,
      headers: { 'content-type': 'application/json', ...headers },
      body,
    },
    dedupe: { kind: 'order-hash', value: hash },
    terms,
    tokenId,
    ...(clientSigned && { clientSigned }),
  },
});

/** The account's L2 headers, and the builder's beside them where orders of this schema carry the builder there. */
export async function withBuilderHeaders(
  signer: PolymarketSigner,
  schema: OrderSchema,
  { body, timestamp }: { readonly body: string; readonly timestamp: number },
  own: Headers,
): Promise<VenueResult<Headers>> {
  const request = { method: 'POST', path: ORDER_PATH, body, timestamp };
  const builder = schema === 1 ? await signer.builder?.headers(request) : undefined;
  if (!builder) return { ok: true, value: own };
  return builder.ok ? { ok: true, value: { ...own, ...builder.headers } } : signerRefused(builder);
}
