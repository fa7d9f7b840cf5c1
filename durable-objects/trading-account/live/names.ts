import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { Identity, Journal } from '../journal.ts';
import { SDK_RETRY_MS, type Naming } from '../once.ts';
import type { LiveCommand } from './model.ts';
import type { LiveRow, NamedRow } from './rows.ts';
import type { Assumed, LiveTables } from './tables.ts';

/** What the journal says of a command. */
export type Known =
  | { readonly kind: 'new' }
  /** Done before: its order is the reply. `assumed` for an SDK's retry. */
  | { readonly kind: 'done'; readonly row: LiveRow; readonly assumed?: Assumed }
  /** Sent before, and nobody knows what became of it: the venue must be asked. */
  | { readonly kind: 'unknown'; readonly row: LiveRow; readonly assumed?: Assumed }
  | {
      readonly kind: 'refused';
      readonly failure: Failure;
      readonly row?: LiveRow;
      readonly assumed?: Assumed;
    };

/** What a command is known by. */
export interface Nameable {
  readonly naming: Naming;
  /** Its own id, where it brings one, and what it is to bind that id to something else. */
  readonly own?: (Identity & { readonly reuse: Reuse }) | undefined;
}

const pending = failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 });

/** Looks a command up by each name that it has: its key, its own id, and for an SDK's retry what it asks. */
export function lookUp(tables: LiveTables, paper: Journal, command: Nameable, now: number): Known {
  const { naming } = command;
  if (naming.key !== undefined) {
    // One account, one space of keys: what paper did under this key was another request.
    if (paper.find(`key:${naming.key}`)) return refused('IDEMPOTENCY_KEY_REUSE');
    const found = tables.named(`key:${naming.key}`);
    if (found) return judge(found, naming.fingerprint, 'IDEMPOTENCY_KEY_REUSE');
  }
  const { own } = command;
  const named = own && tables.named(own.key);
  if (own && named) return judge(named, own.fingerprint, own.reuse);
  if (naming.key !== undefined || naming.sdkRetry !== true) return { kind: 'new' };
  const before = tables.named(`sdk:${naming.fingerprint}`);
  const assumed = before && assumedOf(before.row, now);
  if (!before || !assumed) return { kind: 'new' };
  const known = judge(before, naming.fingerprint, 'IDEMPOTENCY_KEY_REUSE');
  return known.kind === 'new' ? known : { ...known, row: before.row, assumed };
}

/** The names under which a command is kept. */
export function liveNames(command: Nameable): readonly Identity[] {
  const { key, fingerprint } = command.naming;
  const { own } = command;
  return [
    { key: key === undefined ? `sdk:${fingerprint}` : `key:${key}`, fingerprint },
    ...(own ? [{ key: own.key, fingerprint: own.fingerprint }] : []),
  ];
}

/** What a command for a venue is called. Another venue's ids are another space: the same one may be used at both. */
export function nameable({ access, work, naming }: LiveCommand): Nameable {
  if (work.kind === 'post') return { naming, own: { ...work.name, reuse: 'INVALID_ORDER_PAYLOAD' } };
  if (work.kind !== 'place') return { naming };
  const { label, terms } = work;
  const id = label?.id ?? terms.clientOrderId;
  if (id === undefined) return { naming };
  const fingerprint = label?.fingerprint ?? naming.fingerprint;
  const key = `client:${access.venue}:${id}`;
  return { naming, own: { key, fingerprint, reuse: 'DUPLICATE_CLIENT_ORDER_ID' } };
}

type Reuse = 'IDEMPOTENCY_KEY_REUSE' | 'DUPLICATE_CLIENT_ORDER_ID' | 'INVALID_ORDER_PAYLOAD';

function judge({ fingerprint, row }: NamedRow, asked: string, reuse: Reuse): Known {
  if (fingerprint !== asked) return refused(reuse);
  switch (row.state) {
    case 'pending':
    case 'sent':
      return { kind: 'refused', failure: pending };
    case 'unknown':
      return { kind: 'unknown', row };
    case 'done':
      return { kind: 'done', row };
    case 'released':
      return { kind: 'new' };
    default:
      return row.state satisfies never;
  }
}

/** Why an SDK's retry is the command before it again; undefined when it is not (docs/consistency.md). */
function assumedOf({ state, told, endedAt }: LiveRow, now: number): Assumed | undefined {
  if (state !== 'done') return told === 'unknown' ? 'retryable-status' : 'in-flight';
  // Nobody was told its outcome: the process died, or the reply was 503.
  if (told !== 'outcome') return 'retryable-status';
  return now - (endedAt ?? 0) <= SDK_RETRY_MS ? 'recent' : undefined;
}

/** The same signed order to be executed otherwise is told in the venue's words. */
const refused = (reason: Reuse): Known => ({
  kind: 'refused',
  failure: failure(
    reason,
    reason === 'INVALID_ORDER_PAYLOAD' ? { message: 'order is invalid. Duplicated.' } : {},
  ),
});
