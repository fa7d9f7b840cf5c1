import type {
  OrderDraft,
  ExchangeContract,
  SignatureType,
} from '../../signing/polymarket/order-typed-data.ts';
import type { TimedRequest } from '../../signing/polymarket/hmac-signature.ts';
import type { FramedRequest, OrderRequest, TimedFraming } from '../../signing/polymarket/order-request.ts';
import type { KalshiRequest } from '../../signing/rsa/kalshi-headers.ts';

/**
 * Where adapters get signatures from. Shapes are the vault's (docs/vault.md): a caller binds them to it, or to
 * the credentials of one request, and the adapter never sees either.
 */
export interface SignerRefusal {
  readonly ok: false;
  /** The vault's own word, such as CREDENTIAL_MISSING. */
  readonly reason: string;
  readonly message: string;
  readonly part?: string;
}

export type Signed<T> = ({ readonly ok: true } & T) | SignerRefusal;
export type SignedHeaders = Signed<{ readonly headers: Readonly<Record<string, string>> }>;

/** Who trades on Polymarket: nothing of it is secret. */
export interface PolymarketIdentity {
  /** The wallet that signs. */
  readonly address: string;
  /** Proxy, Safe or deposit wallet that holds the funds, for signature types 1 to 3. */
  readonly funder?: string | undefined;
  readonly signatureType: SignatureType;
  /** Id of the CLOB key: `owner` of each order. */
  readonly apiKey: string;
}

export interface PolymarketSigner {
  identity(): Promise<Signed<{ readonly identity: PolymarketIdentity }>>;
  l2Headers(request: TimedRequest): Promise<SignedHeaders>;
  /** A whole order at once, made this signer's own: its wallet signs it, its CLOB key sends it. */
  signOrder(
    order: OrderDraft,
    exchange: ExchangeContract,
    framing: TimedFraming,
  ): Promise<Signed<OrderRequest>>;
  /** The request for an order that is signed already, as it is: its CLOB key sends it. */
  frameOrder(
    signed: Readonly<Record<string, string | number>>,
    framing: TimedFraming,
  ): Promise<Signed<FramedRequest>>;
  /** Attribution to the builder whose account it is: headers under order schema 1, a code under 2. */
  readonly builder?: {
    /** 32 bytes of hex; undefined where the builder has stored none. */
    code(): Promise<Signed<{ readonly code: string | undefined }>>;
    /** Undefined where the builder has stored no key. */
    headers(request: TimedRequest): Promise<SignedHeaders | undefined>;
  };
}

export interface KalshiSigner {
  kalshiHeaders(request: KalshiRequest): Promise<SignedHeaders>;
}
