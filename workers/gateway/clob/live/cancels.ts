import { openSession } from '../../../../durable-objects/trading-account/live/sessions.ts';
import { cancelled } from '../../../../durable-objects/trading-account/live/settling.ts';
import { errorCatalogue } from '../../../../shared/errors/catalogue.ts';
import { failure, RequestError } from '../../../../shared/errors/failure.ts';
import type { CancelScope } from '../../../../shared/venues/polymarket/clob-session.ts';
import { liveAccount } from '../../credentials/live-access.ts';
import type { AccountCall } from '../../http/objects.ts';
import { LIVE, liveValue } from './submit.ts';

type LiveCall = AccountCall & { readonly requestId: string };

interface Cancels {
  readonly canceled: string[];
  readonly not_canceled: Record<string, string>;
}

const HASH = /^0x[0-9a-fA-F]{64}$/;

/** Cancels named orders in one request; what is no order hash names no order. */
export async function cancelNamed(call: LiveCall, names: readonly string[]): Promise<Cancels> {
  const ids = names.filter((name) => HASH.test(name));
  const unknown = names
    .filter((name) => !HASH.test(name))
    .map((name) => [name, errorCatalogue.ORDER_NOT_FOUND.sentence]);
  const done = ids.length === 0 ? { canceled: [], not_canceled: {} } : await cancelScope(call, { ids });
  return { ...done, not_canceled: { ...Object.fromEntries(unknown), ...done.not_canceled } };
}

/**
 * Cancels at the venue, in its own one request. Nothing is journaled: said again it cancels nothing more, so a caller
 * that was told PERSISTENCE_UNKNOWN may repeat it.
 */
export async function cancelScope(call: LiveCall, scope: CancelScope): Promise<Cancels> {
  const { access } = await liveAccount(call, LIVE);
  const { clob } = openSession(call.env, access);
  if (!clob) throw new RequestError(failure('INTERNAL_ERROR'));
  const { canceled, notCanceled } = liveValue(cancelled(await clob.cancel(scope)));
  return { canceled: [...canceled], not_canceled: { ...notCanceled } };
}
