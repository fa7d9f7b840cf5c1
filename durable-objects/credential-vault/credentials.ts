import { addressOf } from '../../shared/signing/wallet.ts';
import type {
  Credential,
  CredentialOf,
  CredentialVenue,
  CredentialView,
  PolymarketCredential,
} from '../../shared/vault/credential.ts';
import { VaultRefusal } from '../../shared/vault/result.ts';
import { SigningFault } from '../../shared/signing/signing-fault.ts';
import { utf8, type Bytes } from '../../shared/vault/bytes.ts';

/** A credential as the bytes that are sealed. */
export const encode = (credential: Credential): Bytes => utf8(JSON.stringify(credential));

/** Back from opened bytes. They passed the vault's schema before they were sealed, and the seal is whole. */
export function decode<V extends CredentialVenue>(venue: V, bytes: Uint8Array): CredentialOf<V> {
  const value = JSON.parse(new TextDecoder().decode(bytes)) as Credential;
  if (value.venue !== venue)
    throw new VaultRefusal('CREDENTIAL_UNREADABLE', 'the sealed record is of another venue', 'venue');
  return value as CredentialOf<V>;
}

/** What may be told. Throws SigningFault for a private key that is none. */
export function viewOf(credential: Credential): CredentialView {
  if (credential.venue === 'kalshi')
    return { venue: 'kalshi', parts: ['apiKeyId', 'privateKeyPem'], keyId: credential.apiKeyId };
  if (credential.venue === 'builder') {
    const parts = ['key', 'secret', 'passphrase'];
    const { code } = credential;
    return { venue: 'builder', parts, ...(code !== undefined && { builderCode: code }) };
  }
  if (credential.venue === 'exchange') {
    const session = credential.tokens ? ['tokens'] : [];
    if ('clientId' in credential) {
      const parts = ['clientId', 'privateKeyPem', ...session];
      return { venue: 'exchange', parts, keyId: credential.clientId };
    }
    const { password, username } = credential;
    const parts = ['username', ...(password === undefined ? [] : ['password']), ...session];
    return { venue: 'exchange', parts, keyId: username };
  }
  const { privateKey, clob, signatureType, funder, owner, managed } = credential;
  const address = walletOf(credential);
  return {
    venue: 'polymarket',
    parts: [...(privateKey === undefined ? [] : ['privateKey']), ...(clob ? ['clob'] : [])],
    ...(address !== undefined && { address }),
    signatureType: signatureType ?? 0,
    ...(funder !== undefined && { funder }),
    ...(owner !== undefined && { owner }),
    ...(clob && { keyId: clob.apiKey }),
    ...(managed === true && { managed }),
  };
}

/**
 * Whose wallet it is: the address that was checked or named, that of the key, or the funder where the wallet
 * itself holds the funds (signature type 0).
 */
export function walletOf({
  privateKey,
  address,
  signatureType,
  funder,
}: PolymarketCredential): string | undefined {
  if (address !== undefined) return address;
  if (privateKey !== undefined) return addressOf(privateKey);
  return (signatureType ?? 0) === 0 ? funder : undefined;
}

/**
 * With the wallet's address beside its key: to find it out takes longer than all the rest of an L2 signature. Throws
 * SigningFault for an address that is not the key's own.
 */
export function withAddress<C extends Credential>(credential: C): C {
  if (credential.venue !== 'polymarket' || credential.privateKey === undefined) return credential;
  const address = addressOf(credential.privateKey);
  if (credential.address !== undefined && credential.address.toLowerCase() !== address.toLowerCase())
    throw new SigningFault('address', 'is not the address of the private key');
  return { ...credential, address };
}

/**
 * The parts of `next`, and those of `before` that it does not name. Another wallet keeps nothing of the earlier
 * one: a triple signs for the wallet that it was made for.
 */
export function merge(before: Credential, next: Credential): Credential {
  if (before.venue !== 'polymarket' || next.venue !== 'polymarket') return next;
  // A member that is undefined names nothing: it must not take the only copy of a key away.
  const named = Object.entries(next).filter(([, value]) => value !== undefined);
  const merged = { ...before, ...(Object.fromEntries(named) as typeof next) };
  const [was, is] = [walletOf(before), walletOf(next)];
  const another = was !== undefined && is !== undefined && was.toLowerCase() !== is.toLowerCase();
  return another ? next : merged;
}
