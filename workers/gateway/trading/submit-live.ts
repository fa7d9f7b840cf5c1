import { failure, invalidMember, RequestError, type Failure } from '../../../shared/errors/failure.ts';
import { tiers } from '../../../shared/limits/tiers.ts';
import type { VenueFailure, VenueOrder, VenueResult } from '../../../shared/venues/port.ts';
import { liveAccount, toLiveFailure } from './live-account.ts';
import { commandIdentityOf } from '../context/command-identity.ts';
import { principalOf } from '../context/caller.ts';
import type { Call } from '../http/route.ts';
import { outcomeUnknown } from './place-orders.ts';
import { entryIdentity } from './entry-identity.ts';
import type {
  LiveCommand,
  LiveReply,
  LiveWork,
  CommandIdentity,
} from '../../../durable-objects/trading-account/api.ts';

/** The one live venue that `/v1` trades on: the others have another shape, and `/api/v1`. */
export const V1_LIVE_VENUE = 'polymarket';

type AnyCall = Call<unknown, unknown, unknown>;

/** An order as the venue has it, or why there is none. */
export type Submitted =
  | { readonly ok: true; readonly order: VenueOrder; readonly replayed: boolean }
  | Failure;

/** Has the account's object do it, at most once. Throws its refusal. `named` for a route that takes no names. */
export async function submitOne(
  call: AnyCall,
  work: LiveWork,
  named?: CommandIdentity,
): Promise<{ readonly order: VenueOrder; readonly replayed: boolean }> {
  const { stub, access } = await liveAccount(call, V1_LIVE_VENUE);
  const reply = await stub
    .submit({
      access,
      work,
      commandIdentity: named ?? (await commandIdentityOf(call)),
      maxWrites: maxWrites(call),
    })
    .catch(outcomeUnknown);
  const told = submittedOf(reply);
  if (!told.ok) throw new RequestError(told);
  return told;
}

/** The orders of one request, each with its own outcome, in their order. One that does not fit is not sent. */
export async function submitEach(
  call: AnyCall,
  works: readonly ({ readonly ok: true; readonly value: LiveWork } | Failure)[],
): Promise<readonly Submitted[]> {
  const { stub, access } = await liveAccount(call, V1_LIVE_VENUE);
  const commandIdentity = await commandIdentityOf(call);
  const most = maxWrites(call);
  const commands = works.flatMap((work, place): readonly LiveCommand[] =>
    work.ok
      ? [
          {
            access,
            work: work.value,
            commandIdentity: entryIdentity(commandIdentity, place),
            maxWrites: most,
          },
        ]
      : [],
  );
  const replies = commands.length === 0 ? [] : await stub.submitAll(commands).catch(outcomeUnknown);
  const told = replies.map(submittedOf);
  const [first] = told;
  // All of them: then it is the key of the request, and none of its orders was sent.
  if (first?.ok === false && told.every(isReuse)) throw new RequestError(first);
  const left = told[Symbol.iterator]();
  return works.map((work) => (work.ok ? nextOf(left) : work));
}

const isReuse = (one: Submitted): boolean => !one.ok && one.reason === 'IDEMPOTENCY_KEY_REUSE';

const maxWrites = (call: AnyCall): number => tiers[principalOf(call.caller).tier].tradeWritesInFlight;

const submittedOf = (reply: LiveReply): Submitted =>
  reply.ok ? { ok: true, order: reply.order, replayed: reply.replayed } : toV1Failure(reply);

function nextOf(left: Iterator<Submitted>): Submitted {
  const entry = left.next();
  return entry.done === true ? failure('INTERNAL_ERROR') : entry.value;
}

/** A venue's failure in the catalogue's words. Who has no key to sign with is told how to go on without. */
export function toV1Failure(failed: VenueFailure): Failure {
  const keyless =
    failed.reason === 'SIGNER_REFUSED' &&
    failed.signer.reason === 'CREDENTIAL_INCOMPLETE' &&
    failed.signer.part === 'privateKey';
  if (!keyless) return atTop(toLiveFailure(V1_LIVE_VENUE, failed));
  return failure('CREDENTIALS_REQUIRED', {
    message:
      'The vault has no private key of this account: sign orders yourself and send them to POST /v1/order, or store it with POST /api/v1/onboard',
  });
}

/** The port names members as the router has them, under `params`; those of `/v1` stand at the top. */
function atTop(failed: Failure): Failure {
  const [, path, rule] = /^params\.(\w+): (.*)$/.exec(failed.message ?? '') ?? [];
  return path === undefined || rule === undefined ? failed : invalidMember(path, rule);
}

/** The value of a venue's answer. Throws its failure. */
export function v1ValueOrThrow<T>(result: VenueResult<T>): T {
  if (result.ok) return result.value;
  throw new RequestError(toV1Failure(result));
}
