import type { EscrowChain, TransactionJournal, SendOutcome, Settlement } from '../chain/port.ts';
import type { Micro } from '../money/fixed.ts';
import type { Hex } from '../signing/checks.ts';
import { applyEscrowEvent, type EscrowEvent } from './apply-event.ts';
import type { FeeAuthorization } from './authorization.ts';
import { nextAction } from './next-action.ts';
import { stateOf, type EscrowRecord, type EscrowState, type TransferKind } from './record.ts';

/** Where records outlive the process. Synchronous, so that no event is lost between reading and writing. */
export interface EscrowStore {
  get(orderId: Hex): EscrowRecord | undefined;
  put(record: EscrowRecord): void;
}

export interface EscrowContext {
  readonly chain: EscrowChain;
  readonly store: EscrowStore;
  readonly now: () => number;
  /** Makes what was put durable; called before a byte is sent. In a Durable Object: `ctx.storage.sync`. */
  readonly flush: () => Promise<void>;
}

/** Two blocks of Polygon: how long a transaction in flight is left alone before it is looked at again, ms. */
const LOOK_AGAIN_MS = 5_000;
/** Polygon makes a block every 2 s; waiting longer than this would use up the request's 30 s. */
const PULL_LOOKS = 12;
const PULL_LOOK_MS = 1_000;

export type PullResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'REFUSED' | 'NOT_SENT' | 'UNKNOWN'; readonly why: string };

/**
 * Pulls the fee of a record that `openEscrow` made, and waits until it is mined: only then may the order go out. The
 * record is put when the pull is signed. REFUSED and NOT_SENT: nothing was taken; the record, if it was put, is void.
 * UNKNOWN: it may still be taken; the order must not go out, `ended` must be told to the record, and `tend` gives back
 * whatever is pulled.
 */
export async function pullFee(
  opened: EscrowRecord,
  authorization: FeeAuthorization,
  keeper: EscrowContext,
  lookMs = PULL_LOOK_MS,
): Promise<PullResult> {
  const { chain, store, now } = keeper;
  const { orderId, fee } = opened;
  // One authorization is for one order: a record, or a contract that knows the id, means that it was used.
  if (store.get(orderId) !== undefined) return used;
  const ours = transferOf('pull', fee, { orderId, opened }, keeper);
  const outcome = await chain.pullFee(authorization, ours.journal).catch((error: unknown) => {
    if (error instanceof TransferNotDue) return undefined;
    throw error;
  });
  if (outcome === undefined || (outcome.ok && outcome.state === 'already')) return used;
  if (!outcome.ok && outcome.reason !== 'UNKNOWN') {
    if (ours.isInFlight()) applyEvent(keeper, orderId, { kind: 'failed', at: now() });
    return { ok: false, reason: outcome.reason, why: outcome.why };
  }
  for (let look = 0; look < PULL_LOOKS; look += 1) {
    await settleTransfer(orderId, keeper);
    const state = stateOf(store.get(orderId) ?? opened);
    if (state === 'pulled') return { ok: true };
    if (state === 'void') return { ok: false, reason: 'REFUSED', why: 'the pull was reverted or lost' };
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  return { ok: false, reason: 'UNKNOWN', why: 'the pull is not mined yet' };
}

const used: PullResult = { ok: false, reason: 'REFUSED', why: 'OrderExists' };

export interface EscrowProgress {
  readonly state: EscrowState;
  /** When to tend it again, ms; undefined when it is done. Sooner when something happens to the order. */
  readonly wakeAt: number | undefined;
}

/**
 * Does what an escrow needs now, one transfer at most, and says when to come back. For the account's alarm, and after
 * each fill and end of the order. Safe to repeat, to run twice at once, and to be killed in at any line. Undefined: no
 * such record.
 */
export async function runNextAction(
  orderId: Hex,
  keeper: EscrowContext,
): Promise<EscrowProgress | undefined> {
  const { chain, store, now } = keeper;
  if (store.get(orderId)?.transfer !== undefined) await settleTransfer(orderId, keeper);
  const record = store.get(orderId);
  if (record === undefined) return undefined;
  const action = nextAction(record, now());
  if (action.do === 'distribute' || action.do === 'refund') {
    const { before, amount } = action;
    const ours = transferOf(action.do, amount, { orderId }, keeper);
    try {
      const outcome = await chain[action.do]({ orderId, before, amount }, ours.journal);
      await handleOutcome(outcome, orderId, ours, keeper);
    } catch (error) {
      // Another run came first; nothing of ours was sent.
      if (!(error instanceof TransferNotDue)) throw error;
    }
  }
  const after = store.get(orderId) ?? record;
  return { state: stateOf(after), wakeAt: dueAt(after, now()) };
}

function dueAt(record: EscrowRecord, now: number): number | undefined {
  const next = nextAction(record, now);
  switch (next.do) {
    case 'nothing':
      return undefined;
    case 'wait':
      return next.until;
    case 'settle':
      return now + LOOK_AGAIN_MS;
    case 'distribute':
    case 'refund':
      return now;
  }
}

async function handleOutcome(
  outcome: SendOutcome,
  orderId: Hex,
  ours: OwnTransfer,
  keeper: EscrowContext,
): Promise<void> {
  if (outcome.ok || outcome.reason === 'UNKNOWN') return settleTransfer(orderId, keeper);
  // The contract's own sums, for when they are why it refused; and later again, for when they are not.
  await observe(orderId, keeper);
  const free = keeper.store.get(orderId)?.transfer === undefined;
  if (free || ours.isInFlight()) applyEvent(keeper, orderId, { kind: 'failed', at: keeper.now() });
}

async function settleTransfer(orderId: Hex, keeper: EscrowContext): Promise<void> {
  const transfer = keeper.store.get(orderId)?.transfer;
  // What the contract had already leaves nothing in flight.
  if (transfer === undefined) return observe(orderId, keeper);
  const { transaction } = transfer;
  const event = eventOf(await keeper.chain.settle(transaction), keeper.now());
  // Another run may have settled it meanwhile, and begun the next one.
  const same = keeper.store.get(orderId)?.transfer?.transaction.hash === transaction.hash;
  if (event !== undefined && same) applyEvent(keeper, orderId, event);
}

/** Undefined: not known yet. */
function eventOf(settlement: Settlement, at: number): EscrowEvent | undefined {
  if (!settlement.ok || settlement.state === 'pending') return undefined;
  const confirmed = settlement.state === 'mined' && settlement.success;
  return { kind: confirmed ? 'confirmed' : 'failed', at };
}

/** Takes the contract's own sums; where they cannot be had or make no sense, nothing changes. */
async function observe(orderId: Hex, { chain, store, now }: EscrowContext): Promise<void> {
  const read = await chain.escrow(orderId);
  const record = store.get(orderId);
  if (!read.ok || read.value === undefined || record === undefined) return;
  const { pulled, distributed, refunded } = read.value;
  const next = applyEscrowEvent(record, { kind: 'observed', pulled, distributed, refunded, at: now() });
  if (next.ok) store.put(next.record);
}

function applyEvent({ store }: EscrowContext, orderId: Hex, event: EscrowEvent): void {
  const record = store.get(orderId);
  const next = record === undefined ? undefined : applyEscrowEvent(record, event);
  if (next?.ok === true) store.put(next.record);
}

class TransferNotDue extends Error {
  override readonly name = 'NotDue';
}

interface OwnTransfer {
  /** Writes the transfer down. @throws NotDue when it is not due any more: then nothing is sent. */
  readonly journal: TransactionJournal;
  /** Whether it is the one in flight. */
  isInFlight(): boolean;
}

function transferOf(
  transfer: TransferKind,
  amount: Micro,
  { orderId, opened }: { readonly orderId: Hex; readonly opened?: EscrowRecord },
  { store, now, flush }: EscrowContext,
): OwnTransfer {
  let own: Hex | undefined;
  const flies = (): boolean => own !== undefined && store.get(orderId)?.transfer?.transaction.hash === own;
  const journal: TransactionJournal = async (transaction) => {
    const record = store.get(orderId) ?? opened;
    if (record === undefined) throw new TransferNotDue('the escrow is not on record');
    // Told again when another transaction took the nonce of our last one, which is nothing now.
    const free = flies() ? { ...record, transfer: undefined } : record;
    const next = applyEscrowEvent(free, { kind: 'sending', transfer, amount, transaction, at: now() });
    if (!next.ok) throw new TransferNotDue(next.reason);
    own = transaction.hash;
    store.put(next.record);
    await flush();
  };
  return { journal, isInFlight: flies };
}
