import { openVenueClient } from '../../../../durable-objects/venue-access/venue-client.ts';
import { cancelResult } from '../../../../shared/venues/trading/refusals.ts';
import { errorCatalogue } from '../../../../shared/errors/catalogue.ts';
import { failure, RequestError } from '../../../../shared/errors/failure.ts';
import type { CancelScope } from '../../../../shared/venues/polymarket/account/polymarket-client.ts';
import { liveAccount } from '../../trading/live-account.ts';
import { replayedHeader } from '../../context/command-identity.ts';
import type { Call, Reply } from '../../http/route.ts';
import { cancelIdentity } from '../../trading/cancel-identity.ts';
import { outcomeUnknown } from '../../trading/place-orders.ts';
import { V1_LIVE_VENUE, v1ValueOrThrow } from '../../trading/submit-live.ts';
import type { CommandIdentity, VenueCancelOutcome } from '../../../../durable-objects/trading-account/api.ts';

type AnyCall = Call<unknown, unknown, unknown>;
type Done = { readonly outcome: VenueCancelOutcome; readonly replayed: boolean };

const HASH = /^0x[0-9a-fA-F]{64}$/;

/** Cancels named orders in one request; what is no order hash names no order. */
export async function cancelListed(call: AnyCall, names: readonly string[]): Promise<Reply> {
  const ids = names.filter((name) => HASH.test(name));
  const unknown = names
    .filter((name) => !HASH.test(name))
    .map((name) => [name, errorCatalogue.ORDER_NOT_FOUND.sentence]);
  if (ids.length === 0) return { body: { canceled: [], not_canceled: Object.fromEntries(unknown) } };
  return toReply(await cancelOnce(call, { ids }), Object.fromEntries(unknown));
}

export const cancelScope = async (call: AnyCall, scope: CancelScope): Promise<Reply> =>
  toReply(await cancelOnce(call, scope));

const toReply = (
  { outcome: { canceled, notCanceled }, replayed }: Done,
  unknown: Readonly<Record<string, string>> = {},
): Reply => ({
  body: { canceled, not_canceled: { ...unknown, ...notCanceled } },
  headers: replayedHeader(replayed),
});

/**
 * Cancels at the venue, in its own one request. It is not journaled before it is sent: said again it cancels no order a
 * second time, so a caller that was told PERSISTENCE_UNKNOWN may repeat it. Under a key it is not sent again once its
 * outcome is known.
 */
async function cancelOnce(call: AnyCall, scope: CancelScope): Promise<Done> {
  const { stub, access } = await liveAccount(call, V1_LIVE_VENUE);
  const { clob } = openVenueClient(call.env, access);
  if (!clob) throw new RequestError(failure('INTERNAL_ERROR'));
  const commandIdentity = await identityAtVenue(call);
  if (commandIdentity) {
    const before = await stub.cancelOutcome(commandIdentity);
    if (!('kind' in before)) throw new RequestError(before);
    if (before.kind === 'done') return { outcome: before.outcome, replayed: true };
  }
  const { canceled, notCanceled } = v1ValueOrThrow(cancelResult(await clob.cancel(scope)));
  const outcome = { canceled, notCanceled };
  if (commandIdentity) await stub.recordCancel(commandIdentity, outcome).catch(outcomeUnknown);
  return { outcome, replayed: false };
}

/** The same request for paper is another one, and has another reply. */
async function identityAtVenue(call: AnyCall): Promise<CommandIdentity | undefined> {
  const commandIdentity = await cancelIdentity(call);
  return (
    commandIdentity && { ...commandIdentity, fingerprint: `${commandIdentity.fingerprint} ${V1_LIVE_VENUE}` }
  );
}
