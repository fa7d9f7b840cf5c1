import type { SignedTransaction } from '../chain/port.ts';
import type { Micro } from '../money/fixed.ts';
import { held, undistributed, unearned, type EscrowRecord } from './record.ts';

/** An order that the venue has not named this long after its pull gives the fee back (contract: router). */
export const STUCK_AFTER_MS = 10 * 60_000;
/** What is still unearned this long after its pull goes back, though the order may rest on (contract: router). */
export const PENDING_FOR_MS = 24 * 60 * 60_000;
/** Polygon makes a block every 2 s; a first retry sooner than two of them would only ask the same question. */
const FIRST_RETRY_MS = 5_000;
/** A chain that stays broken is asked a few times an hour. */
const LAST_RETRY_MS = 10 * 60_000;

export type RefundCause = 'order_ended' | 'never_submitted' | 'pending_too_long';

export type NextAction =
  /** A transfer is in flight: `EscrowChain.settle` says what became of it. */
  | { readonly do: 'settle'; readonly transaction: SignedTransaction }
  /** `before`: what was distributed (or refunded) so far, for `EscrowChain`. */
  | { readonly do: 'distribute'; readonly amount: Micro; readonly before: Micro }
  | { readonly do: 'refund'; readonly amount: Micro; readonly before: Micro; readonly cause: RefundCause }
  /** Until then, ms; sooner when something happens to the order. */
  | { readonly do: 'wait'; readonly until: number }
  /** All of it has gone where it belongs, or nothing was pulled. */
  | { readonly do: 'nothing' };

/**
 * What an escrow needs at `nowMs`. Pure: the account's alarm asks it, does it, and asks again. Calling it twice
 * without an event in between gives the same answer.
 */
export function nextAction(record: EscrowRecord, nowMs: number): NextAction {
  if (record.transfer !== undefined) return { do: 'settle', transaction: record.transfer.transaction };
  if (held(record) === 0n) return { do: 'nothing' };
  const retryAt = record.failedAt === undefined ? 0 : record.failedAt + retryDelay(record.failures);
  const toDistribute = undistributed(record);
  const due = refundDue(record, nowMs);
  if (toDistribute === 0n && due.cause === undefined) return { do: 'wait', until: due.at };
  if (nowMs < retryAt) return { do: 'wait', until: retryAt };
  const amount = unearned(record);
  const refunds = due.cause !== undefined && amount > 0n;
  // Both due: the payer first; after a failure the other one, so that neither waits behind one that cannot pass.
  const refundNow = refunds && (toDistribute === 0n || record.failures % 2 === 0);
  if (!refundNow) return { do: 'distribute', amount: toDistribute, before: record.distributed };
  return { do: 'refund', amount, before: record.refunded, cause: due.cause };
}

/** Why the unearned part may go back now, or when it may. */
function refundDue(
  { order, pulledAt = 0 }: EscrowRecord,
  nowMs: number,
): { readonly at: number; readonly cause: RefundCause | undefined } {
  const [at, cause] =
    order === 'ended'
      ? ([0, 'order_ended'] as const)
      : order === 'unsent'
        ? ([pulledAt + STUCK_AFTER_MS, 'never_submitted'] as const)
        : ([pulledAt + PENDING_FOR_MS, 'pending_too_long'] as const);
  return { at, cause: nowMs >= at ? cause : undefined };
}

const retryDelay = (failures: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1), LAST_RETRY_MS);
