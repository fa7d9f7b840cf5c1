import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { CommandName } from '../journal/command-name.ts';
import type { Journal } from '../journal/journal.ts';
import { SDK_RETRY_MS, type CommandIdentity } from '../journal/command-identity.ts';
import type { LiveCommand } from './model.ts';
import type { LiveRow, NamedRow } from './command-rows.ts';
import type { RetryAssumption, LiveTables } from './live-tables.ts';

/** What the journal says of a command. */
export type LiveLookup =
  | { readonly kind: 'new' }
  /** Done before: its order is the reply. `assumed` for an SDK's retry. */
  | { readonly kind: 'done'; readonly row: LiveRow; readonly assumed?: RetryAssumption }
  /** Sent before, and nobody knows what became of it: the venue must be asked. */
  | { readonly kind: 'unknown'; readonly row: LiveRow; readonly assumed?: RetryAssumption }
  | {
      readonly kind: 'refused';
      readonly failure: Failure;
      readonly row?: LiveRow;
      readonly assumed?: RetryAssumption;
    };

/** What a command is known by. */
export interface IdentifiedCommand {
  readonly commandIdentity: CommandIdentity;
  /** Its own id, where it brings one, and what it is to bind that id to something else. */
  readonly own?: (CommandName & { readonly reuse: Reuse }) | undefined;
}

const pending = failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 });

/**
 * Looks a command up by each name that it has: its key, its own id, and for an SDK's retry what it asks. `who`: whose
 * orders the caller's credential sees, where that may not be the account's own. Another's command is another command,
 * however alike they are written.
 */
export function lookUpLiveCommand(
  tables: LiveTables,
  paper: Journal,
  command: IdentifiedCommand,
  now: number,
  who?: string,
): LiveLookup {
  const { commandIdentity } = command;
  if (commandIdentity.key !== undefined) {
    // One account, one space of keys: what paper did under this key was another request.
    if (paper.find(`key:${commandIdentity.key}`)) return refused('IDEMPOTENCY_KEY_REUSE');
    if (belongsToOtherRequest(tables, commandIdentity.key, commandIdentity.fingerprint))
      return refused('IDEMPOTENCY_KEY_REUSE');
    const found = tables.named(`key:${commandIdentity.key}`);
    if (found) return judge(found, commandIdentity.fingerprint, 'IDEMPOTENCY_KEY_REUSE', who);
  }
  const { own } = command;
  const named = own && tables.named(own.key);
  if (own && named) return judge(named, own.fingerprint, own.reuse, who);
  if (commandIdentity.key !== undefined || commandIdentity.sdkRetry !== true) return { kind: 'new' };
  for (const row of tables.attempts(commandIdentity.fingerprint)) {
    const assumed = belongsToOtherCaller(row, who) ? undefined : assumptionOf(row, now);
    if (assumed === undefined) continue;
    const known = judge(
      { fingerprint: commandIdentity.fingerprint, row },
      commandIdentity.fingerprint,
      'IDEMPOTENCY_KEY_REUSE',
    );
    return known.kind === 'new' ? known : { ...known, row, assumed };
  }
  return { kind: 'new' };
}

/**
 * Whether a caller's key names a command of another request. Of a request with several, key and fingerprint of those
 * after the first go on with the place (the gateway's `entryIdentity`), and any of them may be the one that is left.
 */
function belongsToOtherRequest(tables: LiveTables, key: string, fingerprint: string): boolean {
  const [callers = ''] = key.split('"');
  // Ours, of an agent's session: it begins with a quote.
  if (callers === '') return false;
  const whole = (one: string): string | undefined => one.split(' ')[0];
  return tables.fingerprintsOf(`key:${callers}`).some((one) => whole(one) !== whole(fingerprint));
}

/** Of a command that was not sent yet nobody has written down whose it is. */
const belongsToOtherCaller = ({ identity }: LiveRow, who: string | undefined): boolean =>
  who !== undefined && identity !== null && identity !== who;

/** The names under which a command is kept. */
export function liveCommandNames(command: IdentifiedCommand): readonly CommandName[] {
  const { key, fingerprint } = command.commandIdentity;
  const { own } = command;
  return [
    { key: key === undefined ? `sdk:${fingerprint}` : `key:${key}`, fingerprint },
    ...(own ? [{ key: own.key, fingerprint: own.fingerprint }] : []),
  ];
}

/** What a command for a venue is called. Another venue's ids are another space: the same one may be used at both. */
export function identified({ access, work, commandIdentity }: LiveCommand): IdentifiedCommand {
  if (work.kind === 'post') return { commandIdentity, own: { ...work.name, reuse: 'INVALID_ORDER_PAYLOAD' } };
  if (work.kind !== 'place') return { commandIdentity };
  const { label, terms } = work;
  const id = label?.id ?? terms.clientOrderId;
  if (id === undefined) return { commandIdentity };
  const fingerprint = label?.fingerprint ?? commandIdentity.fingerprint;
  const key = `client:${access.venue}:${id}`;
  return { commandIdentity, own: { key, fingerprint, reuse: 'DUPLICATE_CLIENT_ORDER_ID' } };
}

type Reuse = 'IDEMPOTENCY_KEY_REUSE' | 'DUPLICATE_CLIENT_ORDER_ID' | 'INVALID_ORDER_PAYLOAD';

function judge({ fingerprint, row }: NamedRow, asked: string, reuse: Reuse, who?: string): LiveLookup {
  if (fingerprint !== asked) return refused(reuse);
  switch (row.state) {
    case 'pending':
    case 'sent':
      return { kind: 'refused', failure: pending };
    case 'unknown':
      return { kind: 'unknown', row };
    case 'done':
      return belongsToOtherCaller(row, who) ? refused(reuse) : { kind: 'done', row };
    case 'released':
      return { kind: 'new' };
    default:
      return row.state satisfies never;
  }
}

/** Why an SDK's retry is the command before it again; undefined when it is not (docs/consistency.md). */
function assumptionOf({ state, told, endedAt }: LiveRow, now: number): RetryAssumption | undefined {
  if (state !== 'done') return told === 'unknown' ? 'retryable-status' : 'in-flight';
  // Nobody was told its outcome: the process died, or the reply was 503.
  if (told !== 'outcome') return 'retryable-status';
  return now - (endedAt ?? 0) <= SDK_RETRY_MS ? 'recent' : undefined;
}

/** The same signed order to be executed otherwise is told in the venue's words. */
const refused = (reason: Reuse): LiveLookup => ({
  kind: 'refused',
  failure: failure(
    reason,
    reason === 'INVALID_ORDER_PAYLOAD' ? { message: 'order is invalid. Duplicated.' } : {},
  ),
});
