import type { Attempt } from './attempt.ts';
import type { Reason } from './generated/types.ts';
import type { Operation } from './operation.ts';

/**
 * What repeating an operation can do.
 * - `read`: nothing.
 * - `named`: nothing: the gateway knows the command again by its `Idempotency-Key`, and gives its first reply.
 * - `once`: it may be done twice. Agents' commands are of this kind although they have a name: it protects a run in auto
 *   mode only; in manual mode a second request would be a second suggestion, and in auto mode its answer is a conflict
 *   that tells nothing of the first.
 */
export type RetryKind = 'read' | 'named' | 'once';

/** What an attempt that did not succeed says of the gateway's doing. */
export type Fault =
  /** Nothing was sent, or the gateway says that nothing was done and to come again. */
  | 'not-done'
  /** A command of this name is being done, or was. */
  | 'in-progress'
  /** It may have been done. */
  | 'unclear'
  /** Refused. */
  | 'refused';

export function kindOf(method: string, { named }: Operation): RetryKind {
  if (method === 'GET') return 'read';
  return named === 'header' ? 'named' : 'once';
}

/** Whether an attempt may be followed by another (README, "What is repeated"). */
export function mayRetry(kind: RetryKind, fault: Fault): boolean {
  switch (fault) {
    case 'not-done':
      return true;
    case 'in-progress':
      return kind === 'named';
    case 'unclear':
      return kind !== 'once';
    case 'refused':
      return false;
    default:
      return fault satisfies never;
  }
}

/** Reasons of 409 that speak of a command that was given before. The type makes them the gateway's own words. */
const IN_PROGRESS: ReadonlySet<string> = new Set<Reason>([
  'IDEMPOTENCY_CONFLICT_PENDING',
  'ATTEMPT_CONFLICT',
  'SUGGESTION_CONFLICT',
]);
/** The reason of 503 that says so: nothing was sent to the venue. */
const NOTHING_SENT: Reason = 'VENUE_UNAVAILABLE';

/** Judges an attempt that did not succeed. */
export function faultOf(attempt: Attempt): Fault {
  switch (attempt.kind) {
    case 'unreachable':
      return 'not-done';
    case 'lost':
    case 'timeout':
    case 'aborted':
    case 'too-much':
      return 'unclear';
    case 'reply':
      return faultOfReply(attempt.status, attempt.headers);
    default:
      return attempt satisfies never;
  }
}

function faultOfReply(status: number, headers: Headers): Fault {
  const reason = headers.get('x-polysim-code');
  if (status === 429) return waitOf(headers) === undefined ? 'refused' : 'not-done';
  if (status === 503 && reason === NOTHING_SENT) return 'not-done';
  // Whatever stands between: a proxy that gave up waiting, a page in place of the reply.
  if (reason === null || status < 400 || status === 408) return 'unclear';
  if (status === 409 && IN_PROGRESS.has(reason)) return 'in-progress';
  if (status === 501) return 'refused';
  return status >= 500 ? 'unclear' : 'refused';
}

/** `Retry-After` in ms, as seconds or as a date; undefined where there is none. */
export function waitOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
