import type { LiveVenue } from '../../../shared/venues/exchanges.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { Identity, Journal } from '../journal.ts';
import { SDK_RETRY_MS, type Naming } from '../once.ts';
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

/** What a command is known by. */
export interface Nameable {
  readonly naming: Naming;
  /** Its own id, where it brings one. */
  readonly own?: string | undefined;
}

const pending = failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 });

/** Looks a command up by each name that it has: its key, its own id, and for an SDK's retry what it asks. */
export function lookUp(tables: LiveTables, paper: Journal, command: Nameable, now: number): Known {
  const { naming } = command;
  if (naming.key !== undefined) {
    // One account, one space of keys: what paper did under this key was another request.
    if (paper.find(`key:${naming.key}`)) return refused('IDEMPOTENCY_KEY_REUSE');
    const found = tables.named(`key:${naming.key}`);
    if (found) return judge(found, naming, 'IDEMPOTENCY_KEY_REUSE');
  }
  const { own } = command;
  const named = own === undefined ? undefined : tables.named(own);
  if (named) return judge(named, naming, 'DUPLICATE_CLIENT_ORDER_ID');
  if (naming.key !== undefined || naming.sdkRetry !== true) return { kind: 'new' };
  const before = tables.named(`sdk:${naming.fingerprint}`);
  const assumed = before && assumedOf(before.row, now);
  if (!before || !assumed) return { kind: 'new' };
  const known = judge(before, naming, 'IDEMPOTENCY_KEY_REUSE');
  return known.kind === 'new' ? known : { ...known, row: before.row, assumed };
}

/** The names under which a command is kept. */
export function liveNames(command: Nameable): readonly Identity[] {
  const { key, fingerprint } = command.naming;
  const { own } = command;
  return [
    { key: key === undefined ? `sdk:${fingerprint}` : `key:${key}`, fingerprint },
    ...(own === undefined ? [] : [{ key: own, fingerprint }]),
  ];
}

/** Another venue's ids are another space: the same one may be used at both. */
export const clientName = (venue: LiveVenue, clientOrderId: string): string =>
  `client:${venue}:${clientOrderId}`;

function judge(
  { fingerprint, row }: NamedRow,
  naming: Naming,
  reuse: 'IDEMPOTENCY_KEY_REUSE' | 'DUPLICATE_CLIENT_ORDER_ID',
): Known {
  if (fingerprint !== naming.fingerprint) return refused(reuse);
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

const refused = (reason: Parameters<typeof failure>[0]): Known => ({
  kind: 'refused',
  failure: failure(reason),
});
