import * as z from 'zod';
import { failure, invalidMember, RequestError, type Failure } from '../../../shared/errors/failure.ts';
import { depositWalletAddress } from '../../../shared/signing/polymarket/deposit-wallet-address.ts';
import { Secret } from '../../../shared/signing/secret.ts';
import type {
  CredentialView,
  KalshiCredential,
  PolymarketCredential,
} from '../../../shared/vault/credential.ts';
import type { ClobKey } from '../../../shared/venues/polymarket/account/clob-key.ts';
import { safeAddressOf } from '../../../shared/venues/polymarket/account/safe-address.ts';

/** Goes into a header as it is. No venue's ids or secrets come near this length. */
const headerText = z.string().regex(/^[\x21-\x7e]{1,256}$/, 'must be 1 to 256 visible ASCII characters');
export const secretText = headerText.transform((text) => Secret.of(text));
/** A wallet's key in hex, or an RSA key in PEM: the largest that is signed with takes 6,400 characters. */
const privateKey = z
  .string()
  .min(1)
  .max(10_000)
  .transform((text) => Secret.of(text));
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address');
export { headerText };

/** Members of a Polymarket credential on the wire (contract: router, "Who"). */
export const polymarketMembers = {
  clob_api_key: headerText.optional(),
  clob_api_secret: secretText.optional(),
  clob_api_passphrase: secretText.optional(),
  private_key: privateKey.optional(),
  signature_type: z.literal([0, 1, 2, 3]).optional(),
  funder: address.optional(),
};
/** Members of a Kalshi credential on the wire. */
export const kalshiMembers = { api_key_id: headerText, private_key: privateKey };

const polymarketShape = z.object({ ...polymarketMembers, eoa_address: address.optional() });
const kalshiShape = z.object(kalshiMembers);
export type PolymarketWire = z.infer<typeof polymarketShape>;
export type KalshiWire = z.infer<typeof kalshiShape>;

/**
 * A credential that came with a request, on its way to the vault: its secrets are wrapped until `open`, which is
 * called where a request to the vault is made and nowhere before.
 */
export interface SuppliedPolymarket {
  readonly venue: 'polymarket';
  /** Id of the CLOB key, where there is one. */
  readonly clobKey: string | undefined;
  readonly hasPrivateKey: boolean;
  open(): Omit<PolymarketCredential, 'managed'>;
}
export interface SuppliedKalshi {
  readonly venue: 'kalshi';
  open(): KalshiCredential;
}
export type SuppliedCredential = SuppliedPolymarket | SuppliedKalshi;

const WALLET_KEY = /^(?:0x)?[0-9a-fA-F]{64}$/;

/** Throws VALIDATION_FAILED, naming the member, for a credential that is not whole. */
export function suppliedPolymarket(wire: PolymarketWire): SuppliedPolymarket {
  const { private_key: walletKey, signature_type: signatureType, funder } = wire;
  if (walletKey && !WALLET_KEY.test(walletKey.reveal()))
    throw invalid('private_key', 'must be 32 bytes of hex');
  const clob = clobOf(wire);
  if (!clob && !walletKey) throw invalid('clob_api_key', 'is missing: send a CLOB key, private_key, or both');
  const owner = ownerOf(wire);
  return {
    venue: 'polymarket',
    clobKey: clob?.apiKey,
    hasPrivateKey: walletKey !== undefined,
    open: () => ({
      venue: 'polymarket',
      ...(walletKey && { privateKey: walletKey.reveal() }),
      ...(clob && { clob: openedTriple(clob) }),
      ...(owner !== undefined && { address: owner }),
      signatureType: signatureType ?? 0,
      ...(funder !== undefined && { funder }),
    }),
  };
}

/** The CLOB key of a credential: all of it or nothing. */
function clobOf(wire: PolymarketWire): ClobKey | undefined {
  const { clob_api_key: apiKey, clob_api_secret: secret, clob_api_passphrase: passphrase } = wire;
  if (apiKey !== undefined && secret && passphrase) return { apiKey, secret, passphrase };
  const parts = { clob_api_key: apiKey, clob_api_secret: secret, clob_api_passphrase: passphrase };
  const absent = Object.entries(parts).filter(([, part]) => part === undefined);
  const [first] = absent;
  if (!first || absent.length === 3) return undefined;
  throw invalid(first[0], 'is missing: a CLOB key has an id, a secret and a passphrase');
}

/** Whose CLOB key it is, where no private key tells. */
function ownerOf({ private_key, eoa_address, signature_type, funder }: PolymarketWire): string | undefined {
  if (private_key || eoa_address !== undefined) return eoa_address;
  if ((signature_type ?? 0) === 0 && funder !== undefined) return funder;
  throw invalid('eoa_address', 'is missing: without private_key nothing tells whose CLOB key it is');
}

/**
 * A credential with the wallet that holds its funds, once the vault has told whose it is: a Safe that is not named is
 * the one that Polymarket makes for the wallet. Throws VALIDATION_FAILED for a funder that cannot be.
 */
export function withFunder(given: SuppliedPolymarket, view: CredentialView): SuppliedPolymarket {
  const { signatureType = 0, funder, address: own = '' } = view;
  if (signatureType === 0 && funder !== undefined && funder.toLowerCase() !== own.toLowerCase())
    throw invalid('funder', 'is another wallet: say which kind with signature_type 1, 2 or 3');
  if (signatureType === 1 && funder === undefined)
    throw invalid('funder', 'is missing: the proxy that holds the funds');
  if (signatureType === 3) checkDepositWallet(own, funder);
  if (signatureType !== 2 || funder !== undefined) return given;
  return { ...given, open: () => ({ ...given.open(), funder: safeAddressOf(own) }) };
}

/**
 * Polymarket takes orders of a deposit wallet from its owner alone. The address in the site's deposit dialog is another
 * one, which only passes deposits on.
 */
function checkDepositWallet(owner: string, funder: string | undefined): void {
  const wallets = (['beacon', 'uups'] as const).map((kind) => depositWalletAddress(owner, kind));
  const known = wallets.join(' or ');
  if (funder === undefined) throw invalid('funder', `is missing: the deposit wallet, ${known}`);
  if (!wallets.some((wallet) => wallet.toLowerCase() === funder.toLowerCase()))
    throw invalid(
      'funder',
      `is not the deposit wallet of ${owner}, which is ${known}: not the address for deposits`,
    );
}

/** A credential and a CLOB key that the venue gave for it. */
export const withTriple = (given: SuppliedPolymarket, triple: ClobKey): SuppliedPolymarket => ({
  ...given,
  clobKey: triple.apiKey,
  open: () => ({ ...given.open(), clob: openedTriple(triple) }),
});

/** A CLOB key as the vault takes it. */
export const openedTriple = ({
  apiKey,
  secret,
  passphrase,
}: ClobKey): NonNullable<PolymarketCredential['clob']> => ({
  apiKey,
  secret: secret.reveal(),
  passphrase: passphrase.reveal(),
});

export function suppliedKalshi(wire: KalshiWire): SuppliedKalshi {
  return {
    venue: 'kalshi',
    open: () => ({
      venue: 'kalshi',
      apiKeyId: wire.api_key_id,
      privateKeyPem: wire.private_key.reveal(),
    }),
  };
}

export const invalid = (path: string, message: string): RequestError =>
  new RequestError(invalidMember(path, message));

/** The refusal of a request that needs credentials and has none. */
export const noCredentials = (message?: string): Failure =>
  failure('CREDENTIALS_REQUIRED', message === undefined ? {} : { message });
