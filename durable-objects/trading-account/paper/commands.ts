import type { Failure } from '../../../shared/errors/failure.ts';
import type { Order, OrderRequest } from '../ledger/model.ts';
import type { CommandIdentity } from '../journal/command-identity.ts';
import type { Placed } from './place-order.ts';

/** An order with the ids of its trades, as reads show it. */
export interface OrderView extends Order {
  readonly tradeIds: readonly number[];
}

/** Orders to place together, and how the caller names the command. */
export interface PlaceCommand {
  readonly orders: readonly OrderRequest[];
  /** Of a request with several orders, by its places: why one was refused before it came here. It is an outcome too. */
  readonly refused?: readonly (Failure | undefined)[];
  readonly commandIdentity?: CommandIdentity;
  /** Trade writes that the caller's tier may have in flight. */
  readonly maxWrites: number;
}

/** What became of one order; `replayed` when it had been placed before. */
export type PlaceOutcome = (Placed & { readonly replayed?: boolean }) | Failure;

/** What became of a command. */
export type Placing =
  | {
      readonly ok: true;
      readonly replayed: boolean;
      readonly outcomes: readonly PlaceOutcome[];
    }
  | Failure;

/** What became of a cancel; `replayed` when it was done before, under its name. */
export type Cancelling = ({ readonly ok: true; readonly replayed: boolean } & Cancelled) | Failure;

/** Which open orders a cancel is for: named ones, or all of a market or token, or simply all. */
export interface CancelRequest {
  readonly ids?: readonly number[];
  readonly market?: string;
  readonly token?: string;
}

export interface Cancelled {
  readonly canceled: readonly number[];
  /** Named orders that could not be cancelled, with the reason. */
  readonly refused: readonly {
    readonly id: number;
    readonly reason: 'ORDER_NOT_FOUND' | 'ORDER_NOT_CANCELLABLE';
  }[];
}
