import { RequestError } from '../../../shared/errors/failure.ts';
import type { AccountRef } from '../context/account.ts';
import type { Call } from '../http/route.ts';
import { cancelIdentity } from './cancel-identity.ts';
import { outcomeUnknown } from './place-orders.ts';
import type { Cancelled, CancelRequest } from '../../../durable-objects/trading-account/api.ts';

/** What was cancelled; `replayed` when it had been before, under the same key. */
export type PaperCancels = Cancelled & { readonly replayed: boolean };

/** Cancels on paper; under a key once, and its outcome is told again. Throws where the key named something else. */
export async function cancelPaper(
  call: Call<unknown, unknown, unknown>,
  account: AccountRef['stub'],
  request: CancelRequest,
): Promise<PaperCancels> {
  const commandIdentity = await cancelIdentity(call);
  if (!commandIdentity) return { ...(await account.cancel(request)), replayed: false };
  const done = await account.cancelOnce(request, commandIdentity).catch(outcomeUnknown);
  if (!done.ok) throw new RequestError(done);
  return done;
}
