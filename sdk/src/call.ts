import { attempt, type Attempt } from './attempt.ts';
import { failed, succeeded } from './outcome.ts';
import { operations } from './generated/operations.ts';
import type { Input, OperationName, Reply } from './operation.ts';
import { limitsOf, type CallOptions, type ClientOptions, type Limits } from './options.ts';
import { prepare } from './prepare-request.ts';
import type { Result } from './result.ts';
import { faultOf, kindOf, mayRetry, waitOf, type RetryKind } from './retry.ts';

/** Longer waits are left to the caller, who is told of them. */
const MAX_WAIT_MS = 10_000;

/** How far a call has come, for when something is thrown that nobody has foreseen. */
interface Progress {
  sent: boolean;
}

/**
 * Calls an operation of the gateway. Resolves in every case, and within
 * `(maxRetries + 1) × timeoutMs + maxRetries × 10 s`.
 */
export const call = <Name extends OperationName>(
  client: ClientOptions,
  name: Name,
  input: Input<Name> | undefined,
  options?: CallOptions,
): Promise<Result<Reply<Name>>> => callWith(client, name, input, () => options ?? {});

/** The same with options that are put together here: members of what a caller gives may throw. */
export async function callWith<Name extends OperationName>(
  client: ClientOptions,
  name: Name,
  input: Input<Name> | undefined,
  options: () => CallOptions,
): Promise<Result<Reply<Name>>> {
  const progress: Progress = { sent: false };
  try {
    return await calling(client, name, input, options(), progress);
  } catch {
    // What a caller without types has given: members that throw, a fetch whose replies are none.
    const { sent } = progress;
    const code = sent ? 'unexpected_reply' : 'invalid_request';
    return failed({ code, effect: sent && !name.startsWith('GET ') ? 'unknown' : 'none' });
  }
}

async function calling<Name extends OperationName>(
  client: ClientOptions,
  name: Name,
  input: Input<Name> | undefined,
  options: CallOptions,
  progress: Progress,
): Promise<Result<Reply<Name>>> {
  const operation = operations[name];
  const { signal, timeoutMs } = options;
  const limits = limitsOf({ ...client, ...(timeoutMs !== undefined && { timeoutMs }) });
  const preparation = prepare(name, operation, client, input, options);
  if (!preparation.ok) return failed({ code: 'invalid_request', error: preparation.error });
  const { request, idempotencyKey } = preparation;
  const terms = { ...limits, signal, fetch: client.fetch ?? globalFetch };
  if (signal !== undefined && typeof signal.addEventListener !== 'function') {
    return failed({ code: 'invalid_request', error: 'signal: not an AbortSignal' });
  }

  const kind = kindOf(request.method, operation);
  let effect: 'none' | 'unknown' = 'none';
  for (let tried = 0; ; tried += 1) {
    if (signal?.aborted) return failed({ code: 'aborted', effect, idempotencyKey });
    progress.sent = true;
    const came = await attempt(request, terms);
    if (came.kind === 'reply' && came.status >= 200 && came.status < 300) {
      const success = succeeded<Reply<Name>>(operation, came, idempotencyKey);
      if (success) return success;
    }
    effect = effectAfter(kind, came, effect);
    const wait = tried < limits.maxRetries ? waitBefore(kind, came, limits, tried) : undefined;
    if (wait === undefined) return failed({ came, effect, idempotencyKey });
    await pause(wait, signal);
  }
}

/** Looked up at each call, and called as a function of its own: browsers refuse it as anybody's method. */
const globalFetch = (url: string, init: RequestInit): Promise<Response> => fetch(url, init);

/** Once an attempt may have been done, no later refusal unsays it. */
const effectAfter = (kind: RetryKind, came: Attempt, before: 'none' | 'unknown'): 'none' | 'unknown' => {
  if (kind === 'read') return 'none';
  const fault = faultOf(came);
  return fault === 'unclear' || fault === 'in-progress' ? 'unknown' : before;
};

/** How long to wait before the next attempt in ms; undefined where there must be none. */
function waitBefore(
  kind: RetryKind,
  came: Attempt,
  { backoffMs }: Limits,
  tried: number,
): number | undefined {
  if (came.kind === 'aborted' || came.kind === 'too-much' || !mayRetry(kind, faultOf(came))) return undefined;
  // A reply that is not what was promised would be the same again.
  if (came.kind === 'reply' && came.status < 400) return undefined;
  const asked = came.kind === 'reply' ? (waitOf(came.headers) ?? 0) : 0;
  // Half of it is chance, so that clients that failed together do not come back together.
  const own = backoffMs * 2 ** tried * (0.5 + Math.random() / 2);
  const wait = Math.max(asked, own);
  return wait > MAX_WAIT_MS ? undefined : wait;
}

/** Ends early when the caller's signal does. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
