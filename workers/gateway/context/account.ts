import { accountObject, type Remote } from '../../../durable-objects/rpc/stubs.ts';
import type { TradingAccountApi } from '../../../durable-objects/trading-account/api.ts';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import { resolveWalletAccount } from '../../../durable-objects/rpc/resolve-wallet-account.ts';
import { refuseCredentials } from '../credentials/header-credentials.ts';
import { exchangeCredentialsHeader, headerOf, venueHeader } from '../http/request-headers.ts';
import { paperOnly, requestedVenue } from './venue.ts';
import { principalOf, type AccountCall, requestedWallet } from './caller.ts';

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
