import type { SignedTransaction } from '../chain/port.ts';
import { add, max, min, ZERO, type Micro } from '../money/fixed.ts';
import { undistributed, unearned, type EscrowRecord, type TransferKind } from './record.ts';

/** What happens to an escrow. Times in ms. */
export type EscrowEvent =
  /** A transfer was signed and is about to be sent. */
  | {
      readonly kind: 'sending';
      readonly transfer: TransferKind;
      readonly amount: Micro;
      readonly transaction: SignedTransaction;
      readonly at: number;
    }
  /** The chain confirmed the transfer in flight. */
  | { readonly kind: 'confirmed'; readonly at: number }
  /** The transfer in flight, or the one that was due, moved nothing and never will: refused, reverted or lost. */
  | { readonly kind: 'failed'; readonly at: number }
  /** What the contract itself says, by order id: the truth after any doubt. */
  | {
      readonly kind: 'observed';
      readonly pulled: Micro;
      readonly distributed: Micro;
      readonly refunded: Micro;
      readonly at: number;
    }
  /** The venue named the order. */
  | { readonly kind: 'submitted' }
  /** Shares filled so far, all together. */
  | { readonly kind: 'filled'; readonly total: Micro }
  /** Filled, cancelled, expired, rejected, or never accepted: nothing more can fill. */
  | { readonly kind: 'ended' };

/**
 * `IN_FLIGHT`: another transfer is not settled. `NOTHING_IN_FLIGHT`. `TOO_MUCH`: more than is due. `ALREADY_PULLED`.
 * `VOID`: the pull came to nothing. `CONTRADICTION`: the contract says less than it confirmed, or more than was
 * authorised; a person must look.
 */
export type EventRefusal =
  | 'IN_FLIGHT'
  | 'NOTHING_IN_FLIGHT'
  | 'TOO_MUCH'
  | 'ALREADY_PULLED'
  | 'VOID'
  | 'CONTRADICTION';

export type AppliedEvent =
  | { readonly ok: true; readonly record: EscrowRecord }
  | { readonly ok: false; readonly reason: EventRefusal };

/** The record after an event. Pure; refused events leave the record as it is. */
export function applyEscrowEvent(record: EscrowRecord, event: EscrowEvent): AppliedEvent {
  switch (event.kind) {
    case 'sending':
      return sending(record, event);
    case 'confirmed':
      return confirmed(record, event.at);
    case 'failed':
      return failed(record, event.at);
    case 'observed':
      return observed(record, event);
    case 'submitted':
      return became({ ...record, order: record.order === 'unsent' ? 'live' : record.order });
    case 'filled':
      // Reports of a venue may arrive out of order; fills are never taken back.
      return became({ ...record, filled: max(record.filled, min(event.total, record.size)) });
    case 'ended':
      return became({ ...record, order: 'ended' });
  }
}

const became = (record: EscrowRecord): AppliedEvent => ({ ok: true, record });
const refused = (reason: EventRefusal): AppliedEvent => ({ ok: false, reason });

function sending(record: EscrowRecord, event: Extract<EscrowEvent, { kind: 'sending' }>): AppliedEvent {
  if (record.transfer !== undefined) return refused('IN_FLIGHT');
  if (record.void) return refused('VOID');
  if (event.transfer === 'pull' && record.pulled > 0n) return refused('ALREADY_PULLED');
  if (event.amount <= 0n || event.amount > room(record, event.transfer)) return refused('TOO_MUCH');
  // A fee is pulled whole: the signature names the amount.
  if (event.transfer === 'pull' && event.amount !== record.fee) return refused('TOO_MUCH');
  const { transfer: kind, amount, transaction, at } = event;
  return became({ ...record, transfer: { kind, amount, transaction, at } });
}

/** What may move at most: nobody gets what belongs to the other, whoever asks twice. */
function room(record: EscrowRecord, kind: TransferKind): Micro {
  switch (kind) {
    case 'pull':
      return record.fee;
    case 'distribute':
      return undistributed(record);
    case 'refund':
      return unearned(record);
  }
}

function confirmed(record: EscrowRecord, at: number): AppliedEvent {
  const { transfer } = record;
  if (transfer === undefined) return refused('NOTHING_IN_FLIGHT');
  const settled = { ...record, transfer: undefined, failures: 0, failedAt: undefined };
  switch (transfer.kind) {
    case 'pull':
      return became({ ...settled, pulled: transfer.amount, pulledAt: at });
    case 'distribute':
      return became({ ...settled, distributed: add(record.distributed, transfer.amount) });
    case 'refund':
      return became({ ...settled, refunded: add(record.refunded, transfer.amount) });
  }
}

/** A pull that failed ends the escrow: its order was not sent. The others are tried again (`nextAction`). */
function failed(record: EscrowRecord, at: number): AppliedEvent {
  if (record.transfer === undefined && record.pulled === 0n) return refused('NOTHING_IN_FLIGHT');
  const settled = { ...record, transfer: undefined };
  if (record.transfer?.kind === 'pull') return became({ ...settled, void: true });
  return became({ ...settled, failures: record.failures + 1, failedAt: at });
}

function observed(record: EscrowRecord, event: Extract<EscrowEvent, { kind: 'observed' }>): AppliedEvent {
  const { pulled, distributed, refunded, at } = event;
  const behind = pulled < record.pulled || distributed < record.distributed || refunded < record.refunded;
  const impossible = (pulled !== ZERO && pulled !== record.fee) || distributed + refunded > pulled;
  if (behind || impossible) return refused('CONTRADICTION');
  const seen = record.transfer !== undefined && includes(record, event);
  return became({
    ...record,
    pulled,
    distributed,
    refunded,
    pulledAt: record.pulledAt ?? (pulled > 0n ? at : undefined),
    void: record.void && pulled === 0n,
    ...(seen ? { transfer: undefined, failures: 0, failedAt: undefined } : {}),
  });
}

/** Whether the contract's totals already hold the transfer in flight. */
function includes(
  record: EscrowRecord,
  totals: { readonly pulled: Micro; readonly distributed: Micro; readonly refunded: Micro },
): boolean {
  switch (record.transfer?.kind) {
    case 'pull':
      return totals.pulled > 0n;
    case 'distribute':
      return totals.distributed >= record.distributed + record.transfer.amount;
    case 'refund':
      return totals.refunded >= record.refunded + record.transfer.amount;
    case undefined:
      return false;
  }
}
