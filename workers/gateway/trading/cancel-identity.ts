import { commandIdentityOf } from '../context/command-identity.ts';
import { headerOf, idempotencyKeyHeader, retryCountHeader } from '../http/request-headers.ts';
import type { Call } from '../http/route.ts';
import type { CommandIdentity } from '../../../durable-objects/trading-account/api.ts';

/**
 * How the caller names its cancel; undefined where it brings no key. Then it may simply be said again, and whoever
 * retries needs no name for it.
 */
export async function cancelIdentity(
  call: Call<unknown, unknown, unknown>,
): Promise<CommandIdentity | undefined> {
  if (headerOf(call, idempotencyKeyHeader) === undefined) return undefined;
  const { sdkRetry: _, ...commandIdentity } = await commandIdentityOf({
    ...call,
    declared: [...call.declared, retryCountHeader],
  });
  return commandIdentity;
}
