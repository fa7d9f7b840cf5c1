import type { OrderSchema } from '../../signing/exchange-contracts.ts';
import type { OrderTerms, PreparedOrder, VenueResult } from '../port.ts';
import { signedOut } from '../signed.ts';
import type { PolymarketSigner } from '../signer.ts';
import type { PolymarketApi } from './api.ts';

const PATH = '/order';

/** A signed order on its way into `POST /order`. */
export interface SignedBody {
  /** As it goes into the body, the signature with it: nothing of it is changed. */
  readonly order: Readonly<Record<string, unknown>>;
  /** The venue's word: GTC, GTD, FOK, FAK. */
  readonly orderType: string;
  /** Left out where it was not sent. */
  readonly postOnly?: boolean | undefined;
  readonly deferExec?: boolean | undefined;
  /** Id of the CLOB key that sends it. */
  readonly owner: string;
  readonly schema: OrderSchema;
  readonly hash: string;
  /** What is told of the order later is told by these. */
  readonly terms: OrderTerms;
  readonly tokenId: string;
  readonly clientSigned?: true;
}

/** The request for a signed order, under the account's L2 headers. */
export async function frameOrder(
  api: PolymarketApi,
  { order, orderType, postOnly, deferExec, owner, schema, hash, terms, tokenId, clientSigned }: SignedBody,
  signer: PolymarketSigner,
): Promise<VenueResult<PreparedOrder>> {
  const body = JSON.stringify({ deferExec, postOnly, order, owner, orderType });
  const request = { method: 'POST', path: PATH, body, timestamp: await api.seconds() } as const;
  const headers = await headersOf(signer, schema, request);
  if (!headers.ok) return headers;
  return {
    ok: true,
    value: {
      venue: 'polymarket',
      kind: 'place',
      request: {
        method: 'POST',
        url: `${api.clob.baseUrl}${PATH}`,
        headers: { 'content-type': 'application/json', ...headers.value },
        body,
      },
      dedupe: { kind: 'order-hash', value: hash },
      terms,
      tokenId,
      ...(clientSigned && { clientSigned }),
    },
  };
}

type Signable = Parameters<PolymarketSigner['l2Headers']>[0];

/** L2 headers, and the builder's beside them where orders of this schema carry the builder there. */
async function headersOf(
  signer: PolymarketSigner,
  schema: OrderSchema,
  request: Signable,
): Promise<VenueResult<Readonly<Record<string, string>>>> {
  const own = await signer.l2Headers(request);
  if (!own.ok) return signedOut(own);
  const builder = schema === 1 ? await signer.builder?.headers(request) : undefined;
  if (!builder) return { ok: true, value: own.headers };
  return builder.ok ? { ok: true, value: { ...own.headers, ...builder.headers } } : signedOut(builder);
}
