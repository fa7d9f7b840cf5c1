import type { Caller, Call } from '../http/route.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import { RequestError, invalidMember } from '../../../shared/errors/failure.ts';
import { headerOf, walletHeader } from '../http/request-headers.ts';
import { WALLET_NUMBER } from '../../../durable-objects/rpc/resolve-wallet-account.ts';

/** The principal of a route whose AuthRule demands one. */
export function principalOf(caller: Caller): Principal {
  if (!caller.principal) throw new RequestError('ACCESS_RESTRICTED');
  return caller.principal;
}

/**
 * The principal of a route that concerns the tenant as a whole: its keys, its people. A customer's own key is the
 * tenant's in name only.
 */
export function tenantPrincipalOf(caller: Caller): Principal {
  const principal = principalOf(caller);
  if (principal.customer !== undefined) {
    throw new RequestError('INSUFFICIENT_PERMISSION', {
      message: "A customer's key acts for its customer only",
    });
  }
  return principal;
}

/** Who asks, what for, and where from. */
export type AccountCall = Pick<
  Call<unknown, unknown, unknown>,
  'env' | 'caller' | 'request' | 'url' | 'declared'
>;

/** The wallet that a request names; throws when it names two different ones. */
export function requestedWallet(
  call: Pick<AccountCall, 'request' | 'url' | 'declared'>,
  fromBody?: number | string,
): string | undefined {
  const named = [fromBody, headerOf(call, walletHeader), call.url.searchParams.get('wallet_id')].flatMap(
    (name) => (name === undefined || name === null ? [] : [String(name)]),
  );
  if (new Set(named).size > 1) {
    throw new RequestError(
      invalidMember('wallet_id', 'body, query and X-Postern-Wallet name different wallets'),
    );
  }
  return named[0];
}

/** The number of a wallet; anything else names none. */
export function walletNumber(text: string): number {
  if (!WALLET_NUMBER.test(text)) throw new RequestError('WALLET_NOT_FOUND');
  return Number(text);
}
