import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { CommandName } from '../journal/command-name.ts';
import { SDK_RETRY_MS } from '../journal/command-identity.ts';
import type { ExchangeRow, ExchangeTables } from './exchange-tables.ts';
import type { ExchangeCommand } from '../api.ts';

/** What the journal says of a command. */
export type ExchangeLookup =
  | { readonly kind: 'new' }
  | { readonly kind: 'done'; readonly row: ExchangeRow }
  /** Nobody knows what became of it: the exchange must be asked. */
  | { readonly kind: 'unknown'; readonly row: ExchangeRow }
  | { readonly kind: 'refused'; readonly failure: Failure };

type Named = Pick<ExchangeCommand, 'commandIdentity' | 'ownIds'>;

/** Looks a command up by its key, by each `clord_id` that the caller chose, and for an SDK's retry by what it asks. */
export function lookUpExchangeCommand(
  tables: ExchangeTables,
  { commandIdentity, ownIds }: Named,
  now: number,
): ExchangeLookup {
  const { key, fingerprint, sdkRetry } = commandIdentity;
  const byKey = key === undefined ? undefined : tables.named(`key:${key}`);
  if (byKey) return judge(byKey, fingerprint, 'IDEMPOTENCY_KEY_REUSE');
  for (const id of ownIds) {
    const named = tables.named(`clord:${id}`);
    if (named) return judge(named, fingerprint, 'DUPLICATE_CLIENT_ORDER_ID');
  }
  if (key !== undefined || sdkRetry !== true) return { kind: 'new' };
  const row = tables
    .attempts(fingerprint)
    .find(({ endedAt }) => endedAt === null || now - endedAt <= SDK_RETRY_MS);
  if (!row) return { kind: 'new' };
  tables.renew(row.id, now);
  return judge({ fingerprint, row }, fingerprint, 'IDEMPOTENCY_KEY_REUSE');
}

/** The names under which a command is kept. All have its fingerprint: a list is one command. */
export function exchangeCommandNames({ commandIdentity, ownIds }: Named): readonly CommandName[] {
  const { key, fingerprint } = commandIdentity;
  const names = [
    key === undefined ? `sdk:${fingerprint}` : `key:${key}`,
    ...ownIds.map((id) => `clord:${id}`),
  ];
  return names.map((name) => ({ key: name, fingerprint }));
}

function judge(
  { fingerprint, row }: { readonly fingerprint: string; readonly row: ExchangeRow },
  asked: string,
  reuse: 'IDEMPOTENCY_KEY_REUSE' | 'DUPLICATE_CLIENT_ORDER_ID',
): ExchangeLookup {
  if (fingerprint !== asked) {
    const message = reuse === 'DUPLICATE_CLIENT_ORDER_ID' ? { message: 'duplicate clord_id' } : {};
    return { kind: 'refused', failure: failure(reuse, message) };
  }
  switch (row.state) {
    case 'pending':
    case 'sent':
      return { kind: 'refused', failure: failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 }) };
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
