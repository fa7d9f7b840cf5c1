import type { NotAccepted, PreparedOrder, VenueResult } from '../../port.ts';
import type { ClientOrder } from '../orders/client-order.ts';

/** Which open orders to cancel: those named, those of a market or token, or all. Ids are order hashes. */
export type CancelScope =
  | { readonly ids: readonly string[] }
  | { readonly market?: string | undefined; readonly token?: string | undefined };

/** What the venue says it did; reasons are its own words. */
export interface CancelledMany {
  readonly tag: 'accepted';
  readonly canceled: readonly string[];
  readonly notCanceled: Readonly<Record<string, string>>;
}

/** What only Polymarket's CLOB has, on behalf of one account. */
export interface PolymarketClient {
  /** Checks an order that the client signed, and frames it as it is under the account's own headers. */
  prepareSigned(order: ClientOrder): Promise<VenueResult<PreparedOrder>>;
  /**
   * Cancels in one request. Not journaled: said again it cancels nothing more, so an `unknown` one may be repeated.
   */
  cancel(scope: CancelScope): Promise<VenueResult<CancelledMany | NotAccepted>>;
  /** One of the account's own reads, as the venue words it. `missing` is told by a body of null. */
  read(path: string, query: URLSearchParams): Promise<VenueResult<unknown>>;
  /** 0 to 3: which of the wallets behind the key holds the funds. */
  signatureType(): Promise<VenueResult<number>>;
}
