import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { JournalEntry, Journal } from './journal.ts';
import type { CommandName } from './command-name.ts';
import type { OrderRequest } from '../ledger/model.ts';

/** How a caller may name its command, so that saying it twice does it once. */
export interface CommandIdentity {
  /** SHA-256 over method, path, query and canonical body. */
  readonly fingerprint: string;
  /** The `Idempotency-Key` header, unquoted. */
  readonly key?: string;
  /** The request says that it is an SDK's own retry (`x-stainless-retry-count` above 0). */
  readonly sdkRetry?: boolean;
}

/** An SDK's retry without a key is the earlier attempt again if that ended within this time (docs/consistency.md). */
export const SDK_RETRY_MS = 90_000;

/** What the journal says of a command: it is new, it was done with this outcome, or its key is taken. */
export type PaperLookup =
  | { readonly kind: 'new' }
  | { readonly kind: 'done'; readonly outcome: unknown }
  | Failure;

/** Looks a whole command up: by its key, else, for an SDK's retry, by what it asks. */
export function lookUpPaperCommand(
  journal: Journal,
  commandIdentity: CommandIdentity | undefined,
  now: number,
): PaperLookup {
  if (commandIdentity?.key !== undefined)
    return judge(journal.find(`key:${commandIdentity.key}`), commandIdentity.fingerprint);
  if (commandIdentity?.sdkRetry !== true) return { kind: 'new' };
  const name = `sdk:${commandIdentity.fingerprint}`;
  const entry = journal.find(name);
  if (!entry || now - entry.createdAt > SDK_RETRY_MS) return { kind: 'new' };
  // The retry is an attempt too, which ends now: the next one is counted from it.
  journal.renew(name, now);
  return judge(entry, commandIdentity.fingerprint);
}

/**
 * The names under which a command's outcome is kept: its key, else what it asks, for an SDK's retry. Orders that
 * have identities of their own need no second name.
 */
export function paperCommandNames(
  commandIdentity: CommandIdentity | undefined,
  orders: readonly OrderRequest[],
): readonly CommandName[] {
  if (!commandIdentity) return [];
  const { fingerprint, key } = commandIdentity;
  if (key !== undefined) return [{ key: `key:${key}`, fingerprint }];
  return orders.every((order) => order.identity) ? [] : [{ key: `sdk:${fingerprint}`, fingerprint }];
}

function judge(entry: JournalEntry | undefined, fingerprint: string): PaperLookup {
  if (!entry) return { kind: 'new' };
  if (entry.fingerprint !== fingerprint) return failure('IDEMPOTENCY_KEY_REUSE');
  return entry.state === 'done'
    ? { kind: 'done', outcome: entry.outcome }
    : failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 });
}
