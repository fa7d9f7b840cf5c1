import type { Micro } from '../money/fixed.ts';
import type { Hex } from '../signing/checks.ts';

/** A transaction that was signed and may take effect at any time. Written down before its first byte leaves. */
export interface SignedTransaction {
  readonly hash: Hex;
  /** Sending the same bytes again can never have a second effect. */
  readonly raw: Hex;
  readonly from: Hex;
  readonly nonce: number;
}

/**
 * Told of a transaction after it was signed and before it is sent; it is sent once this returns, so it must be durable
 * by then (docs/consistency.md). Told again when another transaction took the nonce: only the last one counts.
 */
export type TransactionJournal = (transaction: SignedTransaction) => void | Promise<void>;

/**
 * What became of a command for the chain.
 * - `accepted`: a node took it; `settle` says whether it was mined.
 * - `already`: the contract holds what was asked for; nothing was sent.
 * - REFUSED: it has no effect and never will. `why` is the contract's error or the node's sentence.
 * - NOT_SENT: it has no effect and never will, for want of a chain; it may be asked for again.
 * - UNKNOWN: it may take effect; only `settle` may follow, never the same command.
 */
export type SendOutcome =
  | { readonly ok: true; readonly state: 'accepted'; readonly transaction: SignedTransaction }
  | { readonly ok: true; readonly state: 'already' }
  | { readonly ok: false; readonly reason: 'REFUSED' | 'NOT_SENT'; readonly why: string }
  | { readonly ok: false; readonly reason: 'UNKNOWN'; readonly transaction: SignedTransaction };

/**
 * What became of a signed transaction. `lost`: its nonce was used by another, so it can never be mined. `pending`: it
 * still may; it was sent again. UNAVAILABLE: nobody could say.
 */
export type Settlement =
  | { readonly ok: true; readonly state: 'mined'; readonly success: boolean; readonly block: number }
  | { readonly ok: true; readonly state: 'pending' | 'lost' }
  | { readonly ok: false; readonly reason: 'UNAVAILABLE' };

export type ChainRead<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: 'UNAVAILABLE' };

/** What the contract says of one order. Micro-USD. Address lower case. */
export interface EscrowTotals {
  readonly payer: Hex;
  readonly pulled: Micro;
  readonly distributed: Micro;
  readonly refunded: Micro;
}

export interface PullFee {
  readonly orderId: Hex;
  readonly payer: Hex;
  readonly fee: Micro;
  /** Unix seconds. */
  readonly deadline: number;
  readonly signature: Hex;
  readonly affiliate?: Hex | undefined;
}

/**
 * Moves `amount` when exactly `before` was distributed (or refunded) of this order; `already` when the contract has
 * moved both; otherwise REFUSED with `MOVED`: the caller's record is behind the contract.
 */
export interface EscrowMove {
  readonly orderId: Hex;
  readonly before: Micro;
  readonly amount: Micro;
}

/**
 * The fee escrow's contract (contract: router, "Fee escrow"). Every command asks the contract by order id first, so a
 * command that already took effect is `already`. Commands of one instance go one after another.
 */
export interface EscrowChain {
  /** Undefined: the order id was never used. */
  escrow(orderId: Hex): Promise<ChainRead<EscrowTotals | undefined>>;
  /** What the payer has, and allows the contract to take. */
  payerFunds(payer: Hex): Promise<ChainRead<{ readonly balance: Micro; readonly allowance: Micro }>>;
  pullFee(pull: PullFee, journal: TransactionJournal): Promise<SendOutcome>;
  distribute(move: EscrowMove, journal: TransactionJournal): Promise<SendOutcome>;
  refund(move: EscrowMove, journal: TransactionJournal): Promise<SendOutcome>;
  settle(transaction: SignedTransaction): Promise<Settlement>;
}

/**
 * Conditional tokens of the wallet that signs (contract: router, `/polymarket/ctf/*`). Nothing on chain names these
 * commands, so they are told apart by their journaled transaction alone.
 */
export interface CtfChain {
  split(command: CtfAmount, journal: TransactionJournal): Promise<SendOutcome>;
  merge(command: CtfAmount, journal: TransactionJournal): Promise<SendOutcome>;
  /** `amounts` of the first and the second outcome are for neg-risk markets; without them, all that the wallet has. */
  redeem(command: CtfRedemption, journal: TransactionJournal): Promise<SendOutcome>;
  settle(transaction: SignedTransaction): Promise<Settlement>;
}

export interface CtfAmount {
  readonly conditionId: Hex;
  readonly negRisk: boolean;
  readonly amount: Micro;
}

export interface CtfRedemption {
  readonly conditionId: Hex;
  readonly negRisk: boolean;
  readonly amounts?: readonly [Micro, Micro] | undefined;
}

/** A call for which gas is paid; never with a value. EIP-1559, amounts of gas in wei. */
export interface UnsignedTransaction {
  readonly chainId: number;
  readonly nonce: number;
  readonly to: Hex;
  readonly data: Hex;
  readonly gas: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

export type SigningResult =
  | { readonly ok: true; readonly raw: Hex }
  | { readonly ok: false; readonly reason: 'FORBIDDEN' };

/** Whoever holds the key: the vault in the product, a test's own key in tests. */
export interface ChainSigner {
  readonly address: Hex;
  /** FORBIDDEN: its policy does not allow this transaction. */
  signTransaction(transaction: UnsignedTransaction): Promise<SigningResult>;
}
