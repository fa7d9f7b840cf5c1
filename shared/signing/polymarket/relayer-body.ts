import { headerText } from '../checks.ts';
import { revealed, type SecretText } from '../secret.ts';
import { DEPOSIT_WALLET_FACTORY } from './deposit-wallet-address.ts';
import type { WalletBatch } from './wallet-batch.ts';

/** Path of the relayer's `POST` for every transaction (polymarket-today 3). */
export const SUBMIT_PATH = '/submit';

/** The text that has the relayer deploy an owner's deposit wallet. It takes no signature of the owner's. */
export const walletCreateBody = (owner: string): string =>
  JSON.stringify({ type: 'WALLET-CREATE', from: owner, to: DEPOSIT_WALLET_FACTORY });

/** The text that has the relayer carry out a batch which its owner has signed. Whole numbers are decimal text. */
export const walletBatchBody = (owner: string, batch: WalletBatch, signature: string): string =>
  JSON.stringify({
    type: 'WALLET',
    from: owner,
    to: DEPOSIT_WALLET_FACTORY,
    nonce: batch.nonce.toString(),
    signature,
    metadata: '',
    depositWalletParams: {
      depositWallet: batch.wallet,
      deadline: batch.deadline.toString(),
      calls: batch.calls.map(({ target, value, data }) => ({ target, value: value.toString(), data })),
    },
  });

/**
 * Headers of a relayer key, which an account makes for itself at the venue. A builder's key proves the same request by
 * `builderHeaders`. Throws SigningFault.
 */
export const relayerKeyHeaders = (key: SecretText, address: string): Record<string, string> => ({
  RELAYER_API_KEY: headerText('key', revealed(key)),
  RELAYER_API_KEY_ADDRESS: headerText('address', address),
});
