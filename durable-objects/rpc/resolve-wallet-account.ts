import type { ObjectEnv } from '../bindings.ts';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import type { Principal } from '../../shared/keys/principal.ts';
import { tenantObject } from './stubs.ts';
import { walletAccountId } from '../../shared/keys/account-ids.ts';

/** How a wallet is named: by its number. */
export const WALLET_NUMBER = /^[1-9]\d{0,9}$/;

/**
 * The account of one of the principal's own wallets. WALLET_NOT_FOUND for any other name, for a customer of a builder,
 * who has no wallets, and for a trader's session that names another wallet than its own.
 */
export async function resolveWalletAccount(
  env: ObjectEnv,
  principal: Pick<Principal, 'tenant' | 'customer' | 'account' | 'trader'>,
  wallet: string,
): Promise<{ readonly ok: true; readonly account: string } | Failure> {
  if (principal.customer !== undefined || !WALLET_NUMBER.test(wallet)) return failure('WALLET_NOT_FOUND');
  if (principal.trader !== undefined) {
    return String(principal.trader.wallet) === wallet
      ? { ok: true, account: principal.account }
      : failure('WALLET_NOT_FOUND');
  }
  const found = await tenantObject(env, principal.tenant).wallet(Number(wallet));
  return found.ok ? { ok: true, account: walletAccountId(principal.tenant, found.wallet.id) } : found;
}
