import type { Failure } from '../../errors/failure.ts';
import type { Reason } from '../../errors/catalogue.ts';
import type { Micro } from '../../money/fixed.ts';
import type { DedupeKind } from './capabilities.ts';
import type { VenueName } from '../venue-names.ts';
import type { Side } from './market-data.ts';
import type { SignerRefusal } from './signer.ts';
import type { OrderType, OrderTerms } from './order-terms.ts';

export type OrderStatus = 'pending' | 'open' | 'partially_filled' | 'filled' | 'cancelled' | 'rejected';

/** An order as the venue has it, told as its owner sees it. `cancelled` keeps what was filled. */
export interface VenueOrder {
  readonly id: string;
  readonly clientOrderId?: string | undefined;
  readonly marketId: string;
  readonly outcome: string;
  readonly tokenId?: string | undefined;
  readonly side: Side;
  readonly price: Micro;
  readonly size: Micro;
  readonly filled: Micro;
  readonly status: OrderStatus;
  /** Where the venue or the journal remembers it. */
  readonly type?: OrderType | undefined;
  /** Unix ms. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Of an order that was just placed, where the venue says so much. */
  readonly receipt?: Receipt | undefined;
}

/** How an order was taken, in Polymarket's words; amounts are decimal text, empty while nothing has matched. */
export interface Receipt {
  readonly status: 'live' | 'matched' | 'delayed' | 'unmatched';
  readonly makingAmount: string;
  readonly takingAmount: string;
  readonly transactionHashes: readonly string[];
  readonly tradeIds: readonly string[];
}

export interface VenueFill {
  readonly id: string;
  readonly orderId: string;
  readonly marketId: string;
  readonly outcome: string;
  readonly side: Side;
  readonly price: Micro;
  readonly size: Micro;
  readonly isTaker: boolean;
  /** Micro-dollars. */
  readonly fee: Micro;
  /** Unix ms. */
  readonly at: number;
  /** `pending` while the chain may still undo it. Absent where the venue settles at once, or does not say. */
  readonly settlement?: 'pending' | 'confirmed' | undefined;
}

export interface Position {
  readonly marketId: string;
  readonly outcome: string;
  readonly size: Micro;
  readonly averagePrice: Micro;
  readonly tokenId?: string | undefined;
  /** Absent when the venue names none. */
  readonly currentPrice?: Micro | undefined;
}

export interface Balance {
  /** Micro-dollars that new orders can use. */
  readonly available: Micro;
  readonly currency: 'USD' | 'USDC';
  /** The venue's own answer. */
  readonly raw: unknown;
}

/** What an order is known by at the venue before it has answered. */
export interface Dedupe {
  readonly kind: DedupeKind;
  readonly value: string;
}

/**
 * A command ready to go out: `prepare` has done everything that can be refused here. Keep it in memory only: its
 * headers prove the account to the venue. The journal stores `dedupe` and the terms.
 */
interface PreparedRequest {
  readonly venue: VenueName;
  readonly request: {
    readonly method: 'POST' | 'DELETE';
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

export interface PreparedOrder extends PreparedRequest {
  readonly kind: 'place';
  readonly dedupe: Dedupe;
  readonly terms: OrderTerms;
  readonly tokenId?: string | undefined;
  /** Signed by the client: what is wrong with the order is for the client to mend, also what we could sign anew. */
  readonly clientSigned?: true | undefined;
}

export interface PreparedCancel extends PreparedRequest {
  readonly kind: 'cancel';
  readonly orderId: string;
}

/** `VENUE_AUTHENTICATION`: the venue believes neither key nor signature. */
export type RefusedReason = Reason | 'VENUE_AUTHENTICATION';

/** How a command ended where it did not succeed. */
export type NotAccepted =
  /** The venue said no: nothing happened. `text` is its own, shortened; whole seconds where it names a time. */
  | {
      readonly tag: 'refused';
      readonly reason: RefusedReason;
      readonly text: string;
      readonly retryAfter?: number | undefined;
    }
  /** The request never left: nothing happened. */
  | { readonly tag: 'not-sent' }
  /** The venue takes no more requests for now: nothing happened. Whole seconds. */
  | { readonly tag: 'rate-limited'; readonly retryAfter: number }
  /** Something may have happened. Never send it again: `reconcile`, or ask for the order. */
  | { readonly tag: 'unknown' };

export type PlaceOutcome = { readonly tag: 'accepted'; readonly order: VenueOrder } | NotAccepted;
/** A cancel is accepted or refused as ORDER_NOT_CANCELLABLE; either way ask for the order to learn what filled. */
export type CancelOutcome = { readonly tag: 'accepted' } | NotAccepted;

/** An order that went out, as the journal remembers it. */
export interface SentOrder {
  readonly dedupe: Dedupe;
  readonly terms: OrderTerms;
  /** Unix ms. */
  readonly sentAt: number;
}

export type Reconciled =
  | { readonly tag: 'found'; readonly order: VenueOrder }
  /** The venue has no such order. Believe it `absenceHoldsAfterMs` after sending, not before. */
  | { readonly tag: 'absent' }
  /** The venue did not say: ask again later. */
  | { readonly tag: 'unknown' };

/** Why a query or `prepare` failed. Nothing was sent that has an effect. */
export type VenueFailure =
  | Failure
  | { readonly ok: false; readonly reason: 'SIGNER_REFUSED'; readonly signer: SignerRefusal }
  | { readonly ok: false; readonly reason: 'VENUE_AUTHENTICATION'; readonly message: string };

export type VenueResult<T> = { readonly ok: true; readonly value: T } | VenueFailure;

export interface OrderQuery {
  readonly marketId?: string | undefined;
  readonly status: 'open' | 'closed' | 'all';
  readonly limit: number;
  /** Unix seconds, of creation. */
  readonly startTs?: number | undefined;
  readonly endTs?: number | undefined;
}

export interface FillQuery {
  readonly marketId?: string | undefined;
  readonly limit: number;
}

/** The trading half of a venue. `S` is the signer of the venue's kind; adapters hold no credential. */
export interface TradingVenue<S> {
  /** Checks, signs and dedupes an order. No byte with an effect has left when it returns. */
  prepare(terms: OrderTerms, signer: S): Promise<VenueResult<PreparedOrder>>;
  /** Sends once and never again. Never rejects. */
  send(prepared: PreparedOrder): Promise<PlaceOutcome>;
  prepareCancel(orderId: string, signer: S): Promise<VenueResult<PreparedCancel>>;
  sendCancel(prepared: PreparedCancel): Promise<CancelOutcome>;
  reconcile(sent: SentOrder, signer: S): Promise<Reconciled>;
  /** ORDER_NOT_FOUND when the venue knows none of this id. */
  order(id: string, signer: S): Promise<VenueResult<VenueOrder>>;
  openOrders(signer: S, marketId?: string): Promise<VenueResult<readonly VenueOrder[]>>;
  orders(query: OrderQuery, signer: S): Promise<VenueResult<readonly VenueOrder[]>>;
  fills(query: FillQuery, signer: S): Promise<VenueResult<readonly VenueFill[]>>;
  positions(signer: S): Promise<VenueResult<readonly Position[]>>;
  balance(signer: S): Promise<VenueResult<Balance>>;
  /** Whether the venue believes the signer. */
  authenticate(signer: S): Promise<VenueResult<true>>;
}
