import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { Identity, Journal } from '../journal.ts';
import { SDK_RETRY_MS } from '../once.ts';
import type { LiveCommand } from './model.ts';
import type { Assumed, LiveRow, LiveTables, NamedRow } from './tables.ts';

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

const pending = failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 });

/** Looks a command up by each name that it has: its key, its own id, and for an SDK's retry what it asks. */
export function lookUp(tables: LiveTables, paper: Journal, command: LiveCommand, now: number): Known {
  const { naming } = command;
  if (naming.key !== undefined) {
    // One account, one space of keys: what paper did under this key was another request.
    if (paper.find(`key:${naming.key}`)) return refused('IDEMPOTENCY_KEY_REUSE');
    const found = tables.named(`key:${naming.key}`);
    if (found) return judge(found, naming.fingerprint, 'IDEMPOTENCY_KEY_REUSE');
  }
  const own = ownName(command);
  const named = own && tables.named(own.key);
  if (own && named) {
    const signed = command.work.kind === 'post';
    return judge(named, own.fingerprint, signed ? 'INVALID_ORDER_PAYLOAD' : 'DUPLICATE_CLIENT_ORDER_ID');
  }
  if (naming.key !== undefined || naming.sdkRetry !== true) return { kind: 'new' };
  const before = tables.named(`sdk:${naming.fingerprint}`);
  const assumed = before && assumedOf(before.row, now);
  if (!before || !assumed) return { kind: 'new' };
  const known = judge(before, naming.fingerprint, 'IDEMPOTENCY_KEY_REUSE');
  return known.kind === 'new' ? known : { ...known, row: before.row, assumed };
}

/** The names under which a command is kept. */
export function liveNames(command: LiveCommand): readonly Identity[] {
  const { key, fingerprint } = command.naming;
  const own = ownName(command);
  return [
    { key: key === undefined ? `sdk:${fingerprint}` : `key:${key}`, fingerprint },
    ...(own ? [own] : []),
  ];
}

/** What an order is called by itself. Another venue's ids are another space: the same one may be used at both. */
function ownName({ access, work, naming }: LiveCommand): Identity | undefined {
  if (work.kind === 'post') return work.name;
  if (work.kind !== 'place') return undefined;
  const { label, terms } = work;
  const id = label?.id ?? terms.clientOrderId;
  if (id === undefined) return undefined;
  return { key: `client:${access.venue}:${id}`, fingerprint: label?.fingerprint ?? naming.fingerprint };
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

/** Why an SDK's retry is the command before it again; undefined when it is not (design, section 6). */
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
