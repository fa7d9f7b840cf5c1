import type { SignedTransaction } from '../chain/port.ts';
import { asMicro, max, min, mulDiv, sub, ZERO, type Micro } from '../money/fixed.ts';
import type { Hex } from '../signing/checks.ts';

/** What moves a fee. `pull`: payer → contract; `distribute`: contract → builder; `refund`: contract → payer. */
export type TransferKind = 'pull' | 'distribute' | 'refund';

export interface Transfer {
  readonly kind: TransferKind;
  readonly amount: Micro;
  readonly transaction: SignedTransaction;
  /** When it was signed, ms. */
  readonly at: number;
}

/**
 * The escrow of one order, as its account journals it. Amounts are micro-USD that the chain confirmed, sizes
 * micro-shares. Always: pulled = distributed + refunded + held.
 */
export interface EscrowRecord {
  readonly orderId: Hex;
  readonly payer: Hex;
  /** What the payer authorised; `pulled` is 0 or this. */
  readonly fee: Micro;
  /** Shares that were ordered. */
  readonly size: Micro;
  /** Shares known to be filled. */
  readonly filled: Micro;
  readonly pulled: Micro;
  readonly distributed: Micro;
  readonly refunded: Micro;
  /** `unsent`: the venue has named no order yet; `live`: it has; `ended`: nothing more can fill. */
  readonly order: 'unsent' | 'live' | 'ended';
  /** When the pull was confirmed, ms. */
  readonly pulledAt?: number | undefined;
  /** At most one at a time: a second could move what the first already did. */
  readonly transfer?: Transfer | undefined;
  /** Transfers in a row that came to nothing, and when the last of them did, ms. */
  readonly failures: number;
  readonly failedAt?: number | undefined;
  /** The pull came to nothing, so the order may never go out. */
  readonly void: boolean;
}

export interface EscrowOrder {
  readonly orderId: Hex;
  readonly payer: Hex;
  readonly fee: Micro;
  readonly size: Micro;
}

/** A record before its pull. Throws RangeError when fee or size is not above zero. */
export function openEscrow({ orderId, payer, fee, size }: EscrowOrder): EscrowRecord {
  if (fee <= 0n || size <= 0n) throw new RangeError('an escrow needs a fee and a size');
  const nothing = { filled: ZERO, pulled: ZERO, distributed: ZERO, refunded: ZERO };
  return { orderId, payer, fee, size, ...nothing, order: 'unsent', failures: 0, void: false };
}

/** What the contract still holds of this order. */
export const held = ({ pulled, distributed, refunded }: EscrowRecord): Micro =>
  asMicro(pulled - distributed - refunded);

/**
 * What builders have earned by now: floor(pulled × filled / size), less what was refunded before a late fill became
 * known. The fraction of a micro-dollar that a partial fill leaves goes to the payer; a whole fill leaves none.
 */
export function earned(record: EscrowRecord): Micro {
  const share = asMicro(mulDiv(record.pulled, min(record.filled, record.size), record.size, 'floor'));
  return min(share, sub(record.pulled, record.refunded));
}

/** What to distribute now. */
export const undistributed = (record: EscrowRecord): Micro =>
  max(ZERO, sub(earned(record), record.distributed));

/** What goes back to the payer once nothing more can be earned. */
export const unearned = (record: EscrowRecord): Micro => sub(held(record), undistributed(record));

/**
 * `authorized`: nothing is on chain; `void`: nothing ever will be; `pulled`: the contract holds some; then where all
 * of it went: `distributed`, `refunded`, or `divided` between both.
 */
export type EscrowState = 'authorized' | 'void' | 'pulled' | 'distributed' | 'refunded' | 'divided';

export function stateOf(record: EscrowRecord): EscrowState {
  if (record.pulled === 0n) return record.void ? 'void' : 'authorized';
  if (held(record) > 0n) return 'pulled';
  if (record.refunded === 0n) return 'distributed';
  return record.distributed === 0n ? 'refunded' : 'divided';
}
