import { accountObject, type Remote } from '../../../durable-objects/rpc/stubs.ts';
import type { TradingAccountApi } from '../../../durable-objects/trading-account/api.ts';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import { resolveWalletAccount, WALLET_NUMBER } from '../../../durable-objects/rpc/resolve-wallet-account.ts';
import { refuseCredentials } from '../credentials/header-credentials.ts';
import { exchangeCredentialsHeader, headerOf, venueHeader, walletHeader } from '../http/request-headers.ts';
import { paperOnly, requestedVenue } from './venue.ts';
import type { Call, Caller } from '../http/route.ts';

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

/** A trading account: its id and its object. */
export interface AccountRef {
  readonly id: string;
  readonly stub: Remote<TradingAccountApi>;
}

/**
 * The caller's own paper account, or the sandbox wallet of its tenant that `X-Postern-Wallet`, `?wallet_id` or
 * the body names. Throws WALLET_NOT_FOUND for a wallet that is not the tenant's, and when the request asks for
 * another venue: never is an order meant for one place placed in another (contract: clob, "Which venue").
 */
export async function tradingAccount(call: AccountCall, fromBody?: number | string): Promise<AccountRef> {
  if (requestedVenue(call, fromBody) !== 'paper') throw paperOnly();
  return paperAccount(call, fromBody);
}

/** The same where the route itself says that it is about paper, whatever the tenant's default is. */
export async function paperAccount(call: AccountCall, fromBody?: number | string): Promise<AccountRef> {
  const venue = headerOf(call, venueHeader) ?? 'paper';
  if (venue !== 'paper') throw new RequestError(invalidMember('X-Postern-Venue', 'must be paper here'));
  if (call.declared.includes(exchangeCredentialsHeader)) refuseCredentials('paper', call);
  const principal = principalOf(call.caller);
  const wallet = requestedWallet(call, fromBody);
  if (wallet === undefined) return accountRef(call, principal.account);
  const found = await resolveWalletAccount(call.env, principal, wallet);
  if (!found.ok) throw new RequestError(found);
  return accountRef(call, found.account);
}

const accountRef = ({ env }: AccountCall, id: string): AccountRef => ({ id, stub: accountObject(env, id) });

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
