import { RequestError } from '../../../shared/errors/failure.ts';
import { tiers } from '../../../shared/limits/tiers.ts';
import { commandIdentityOf } from '../context/command-identity.ts';
import { headerOf, idempotencyKeyHeader } from '../http/request-headers.ts';
import { principalOf } from '../context/caller.ts';
import type { AccountRef } from '../context/account.ts';
import type { Call } from '../http/route.ts';
import type {
  OrderRequest,
  PlaceCommand,
  PlaceOutcome,
} from '../../../durable-objects/trading-account/api.ts';

/** The command for placing these orders: how the caller names it, and what its tier may have in flight. */
export async function toPlaceCommand(
  call: Call<unknown, unknown, unknown>,
  orders: readonly OrderRequest[],
): Promise<PlaceCommand> {
  const maxWrites = tiers[principalOf(call.caller).tier].tradeWritesInFlight;
  // Orders that name themselves need no other name unless the caller gives one: no digest for nothing.
  const named = headerOf(call, idempotencyKeyHeader) !== undefined || orders.some((order) => !order.identity);
  return named
    ? { orders, commandIdentity: await commandIdentityOf(call), maxWrites }
    : { orders, maxWrites };
}

/**
 * For a call of the account that broke off: it may have died before its transaction or after it, and nobody can
 * say which. Whoever named the command may ask again; others look the order up.
 */
export function outcomeUnknown(error: unknown): never {
  const message = String(error).slice(0, 300);
  console.error(JSON.stringify({ level: 'error', event: 'outcome_unknown', message }));
  throw new RequestError('PERSISTENCE_UNKNOWN');
}

/** Places one order. Throws its refusal; `replayed` when it had been placed before, by whatever name. */
export async function placeOne(
  call: Call<unknown, unknown, unknown>,
  account: AccountRef,
  order: OrderRequest,
): Promise<{ readonly outcome: Extract<PlaceOutcome, { ok: true }>; readonly replayed: boolean }> {
  const placing = await account.stub.place(await toPlaceCommand(call, [order])).catch(outcomeUnknown);
  if (!placing.ok) throw new RequestError(placing);
  const [outcome] = placing.outcomes;
  if (!outcome) throw new RequestError('INTERNAL_ERROR');
  if (!outcome.ok) throw new RequestError(outcome);
  return { outcome, replayed: placing.replayed || outcome.replayed === true };
}
