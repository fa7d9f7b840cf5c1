import { depositWalletAddress } from '../../../shared/signing/polymarket/deposit-wallet-address.ts';
import { addressOf, createPrivateKey } from '../../../shared/signing/wallet.ts';
import type { PolymarketCredential } from '../../../shared/vault/credential.ts';
import type { VaultRequest } from '../../../shared/vault/request.ts';

/**
 * A wallet whose key nobody has seen. Of kind `deposit` its deposit wallet trades: of the factory's present kind,
 * because an owner this new has none of the earlier one.
 */
export function freshWallet(kind: VaultRequest<'createWallet'>['kind'] = 'self'): PolymarketCredential {
  const privateKey = createPrivateKey();
  const wallet = { venue: 'polymarket', privateKey, managed: true } as const;
  switch (kind) {
    case 'self':
      return { ...wallet, signatureType: 0 };
    case 'deposit':
      return { ...wallet, signatureType: 3, funder: depositWalletAddress(addressOf(privateKey), 'beacon') };
    default:
      return kind satisfies never;
  }
}
