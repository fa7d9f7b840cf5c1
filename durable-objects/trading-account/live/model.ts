import type { KalshiCredential, PolymarketCredential } from '../../../shared/vault/credential.ts';
import type { SignedTransaction } from '../../../shared/chain/port.ts';
import type { Hex } from '../../../shared/signing/checks.ts';
import type { Failure } from '../../../shared/errors/failure.ts';
import type { LiveVenue } from '../../../shared/venues/venue-names.ts';
import type { Dedupe, OrderTerms, VenueFailure, VenueOrder } from '../../../shared/venues/port.ts';
import type { ClientOrder } from '../../../shared/venues/polymarket/orders/client-order.ts';
import type { CommandName } from '../journal/command-name.ts';
import type { OrderClaim } from '../allocations/claim-model.ts';
import type { FeeRequest } from '../escrow/fee-request.ts';
import type { CommandIdentity } from '../journal/command-identity.ts';

/** Who asks, for the vault's scope and its audit chain. */
export interface LiveCaller {
  readonly tenant: string;
  readonly account: string;
  readonly keyId: string;
  readonly requestId: string;
}

/** Where the signatures come from: the vault's own, or a credential that lives as long as the request. */
export type LiveSource =
  | { readonly kind: 'stored' }
  | {
      readonly kind: 'request';
      readonly credential: Omit<PolymarketCredential, 'managed'> | KalshiCredential;
    };

/** A venue as one caller reaches it. */
export interface LiveAccess {
  readonly venue: LiveVenue;
  readonly caller: LiveCaller;
  readonly source: LiveSource;
  /** Its tenant is a builder: orders are attributed to it, with the key that its vault has. */
  readonly builder?: true;
}

/** `fingerprint`: of the order that is asked for under the id. */
export interface Label {
  readonly id: string;
  readonly fingerprint: string;
}

/** What is asked of the venue. */
export type LiveWork =
  /** `label`: the caller's id of the order, for a venue that takes none: it names the command in the journal alone. */
  | {
      readonly kind: 'place';
      readonly terms: OrderTerms;
      readonly label?: Label;
      readonly fee?: FeeRequest | undefined;
    }
  /** An order that the client signed, and its name: the hash of what was signed, and how it is to be executed. */
  | { readonly kind: 'post'; readonly order: ClientOrder; readonly name: CommandName }
  | { readonly kind: 'cancel'; readonly orderId: string };

export interface LiveCommand {
  readonly access: LiveAccess;
  readonly work: LiveWork;
  readonly commandIdentity: CommandIdentity;
  /** Trade writes that the caller's tier may have in flight. */
  readonly maxWrites: number;
  /** Of an order of an agent's session: what of its part of the wallet it may take. */
  readonly claim?: OrderClaim;
}

/** What went out, as the journal keeps it. */
export type SentCommand =
  | {
      readonly kind: 'place';
      readonly terms: OrderTerms;
      readonly dedupe: Dedupe;
      readonly clientOrderId?: string;
    }
  | { readonly kind: 'cancel'; readonly orderId: string }
  /** A command for the chain: the very bytes, which can have one effect however often they are sent. */
  | { readonly kind: 'ctf'; readonly transaction: SignedTransaction };

/** What became of a command for the chain. `failed`: it was mined and moved nothing. */
export interface MinedTransaction {
  readonly hash: Hex;
  readonly status: 'confirmed' | 'failed';
}

/** What is certain about a command. */
export type LiveSettlement =
  | { readonly state: 'done'; readonly order: VenueOrder }
  /** Nothing happened: the command may run again. */
  | { readonly state: 'released'; readonly failure: VenueFailure }
  /** Something may have happened. */
  | { readonly state: 'unknown' };

/** What became of a command: the order, or why there is none. */
export type LiveReply =
  | { readonly ok: true; readonly replayed: boolean; readonly order: VenueOrder }
  | VenueFailure
  | Failure;

/** States of a command (docs/consistency.md). */
const liveStates = ['pending', 'sent', 'done', 'released', 'unknown'] as const;
export type LiveState = (typeof liveStates)[number];
