import { accountObject } from '../../../durable-objects/rpc/stubs.ts';
import { failure, invalidMember, RequestError, type Failure } from '../../../shared/errors/failure.ts';
import { vaultReasons, type VaultFailure, type VaultReason } from '../../../shared/vault/result.ts';
import type { LiveVenue } from '../../../shared/venues/venue-names.ts';
import { obtainClobKey } from '../../../shared/venues/polymarket/account/clob-key.ts';
import type { VenueFailure, VenueResult } from '../../../shared/venues/port.ts';
import type { SignerRefusal } from '../../../shared/venues/port/signer.ts';
import { principalOf, requestedWallet, type AccountCall } from '../context/caller.ts';
import type { AccountRef } from '../context/account.ts';
import { headerOf, venueHeader } from '../http/request-headers.ts';
import { suppliedInHeader } from '../credentials/header-credentials.ts';
import { withFunder, withTriple, type SuppliedPolymarket } from '../credentials/supplied-credentials.ts';
import { clobSigner, describeCredential } from '../credentials/vault-signers.ts';
import { toFailure, vaultAccess } from '../credentials/vault-access.ts';
import { clobVenue } from '../credentials/clob-venue.ts';
import type { LiveAccess, LiveSource } from '../../../durable-objects/trading-account/api.ts';

/** What a request on a live venue needs: the account's object, and how it reaches the venue. */
export interface LiveAccount extends AccountRef {
  readonly access: LiveAccess;
}

type LiveCall = AccountCall & { readonly requestId: string };

/** A sandbox wallet has no credentials, and a header that names another venue contradicts the request: refused. */
export function refuseOtherVenues(call: AccountCall, venue: LiveVenue): void {
  if (requestedWallet(call) !== undefined) throw wrong('X-Postern-Wallet', 'goes with exchange=paper');
  const named = headerOf(call, venueHeader);
  if (named !== undefined && named !== venue)
    throw wrong('X-Postern-Venue', 'names another venue than exchange');
}

/** The caller's own account on a live venue, with the credential of `X-Exchange-Credentials` where it brings one. */
export async function liveAccount(call: LiveCall, venue: LiveVenue): Promise<LiveAccount> {
  refuseOtherVenues(call, venue);
  const { tenant, account, key, builder } = principalOf(call.caller);
  const caller = { tenant, account, keyId: key, requestId: call.requestId };
  const access = { venue, caller, source: await sourceOf(call, venue), ...(builder && { builder }) };
  return { id: account, stub: accountObject(call.env, account), access };
}

async function sourceOf(call: LiveCall, venue: LiveVenue): Promise<LiveSource> {
  const { env, caller, requestId } = call;
  const given = suppliedInHeader(call, venue);
  if (!given) return { kind: 'stored' };
  if (given.venue === 'kalshi') return { kind: 'request', credential: given.open() };
  const access = vaultAccess(env, principalOf(caller), requestId);
  const found = await describeCredential(access, given);
  if (!found.ok) throw new RequestError(found);
  const whole = withFunder(given, found.value);
  if (whole.clobKey !== undefined) return opened(whole);
  const { base, chainId } = clobVenue(env);
  const triple = await obtainClobKey(base, clobSigner(access, whole, chainId));
  if (!triple.ok) throw new RequestError(triple);
  return opened(withTriple(whole, triple.value));
}

const opened = (given: SuppliedPolymarket): LiveSource => ({ kind: 'request', credential: given.open() });

/** The value of a venue's answer. Throws its failure in the words of the catalogue. */
export function venueValueOrThrow<T>(venue: LiveVenue, result: VenueResult<T>): T {
  if (result.ok) return result.value;
  throw new RequestError(toLiveFailure(venue, result));
}

export function toLiveFailure(venue: LiveVenue, failed: VenueFailure): Failure {
  if (failed.reason === 'SIGNER_REFUSED') return toFailure(venue, vaultFailure(failed.signer));
  if (failed.reason === 'VENUE_AUTHENTICATION') {
    return failure('AUTHENTICATION_FAILED', { message: failed.message });
  }
  return failed;
}

/** Signers here are the vault's; a word that is not its own is a fault of ours. */
function vaultFailure({ reason, message, part }: SignerRefusal): VaultFailure {
  const known = vaultReasons.find((one): one is VaultReason => one === reason);
  return { ok: false, reason: known ?? 'VAULT_ERROR', message, ...(part !== undefined && { part }) };
}

const wrong = (member: string, rule: string): RequestError => new RequestError(invalidMember(member, rule));
