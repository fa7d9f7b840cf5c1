import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Chain, ClobClient } from '@polymarket/clob-client';
import { Wallet } from 'ethers';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { controlVenue } from '../../support/control.ts';

/** A wallet with its CLOB key at the Polymarket emulator, and how an onboarding or a header names them. */
export interface ClobAccount {
  readonly address: string;
  readonly privateKey: string;
  readonly wire: {
    readonly clob_api_key: string;
    readonly clob_api_secret: string;
    readonly clob_api_passphrase: string;
  };
}

/** Made by the venue's own client. */
export async function clobAccount(file: PosternFile, wallet = Wallet.createRandom()): Promise<ClobAccount> {
  const client = new ClobClient(file.emulators.polymarket, Chain.POLYGON, wallet);
  const { key, secret, passphrase } = await client.createOrDeriveApiKey();
  return {
    address: wallet.address,
    privateKey: wallet.privateKey,
    wire: { clob_api_key: key, clob_api_secret: secret, clob_api_passphrase: passphrase },
  };
}

/** Gives a wallet test money, so that its balance tells it from others. */
export const fundWallet = (file: PosternFile, address: string, usdc: string): Promise<void> =>
  controlVenue(file, 'fund', { address, usdc });

/** A member of the Kalshi emulator with an API key of its own. */
export interface KalshiAccount {
  readonly wire: { readonly api_key_id: string; readonly private_key: string };
}

export async function kalshiAccount(file: PosternFile, usd = '0'): Promise<KalshiAccount> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const [account, api_key_id] = [randomUUID(), randomUUID()];
  await controlVenue(file, 'api-key', { account, public_key: publicKey, api_key_id }, 'POST', 'kalshi');
  await controlVenue(file, 'fund', { account, usd }, 'POST', 'kalshi');
  return { wire: { api_key_id, private_key: privateKey } };
}

/** What `X-Exchange-Credentials` carries. */
export const credentialsHeader = (wire: unknown): Record<string, string> => ({
  'x-exchange-credentials': Buffer.from(JSON.stringify(wire)).toString('base64'),
});
