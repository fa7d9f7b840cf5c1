import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import type { Hex } from './checks.ts';
import { SigningFault } from './signing-fault.ts';
import { revealed, type SecretText } from './secret.ts';

/** Order of the group of secp256k1 (SEC 2, section 2.4.1): a private key is a number from 1 to this - 1. */
const GROUP_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** A fresh private key from the platform's random source: 0x and 64 hex digits. */
export const createPrivateKey = (): Hex => generatePrivateKey();

/** Whether this is a private key of an Ethereum wallet: 32 bytes of hex, with or without 0x, in range. */
export const isPrivateKey = (value: unknown): value is string =>
  typeof value === 'string' && parse(value) !== undefined;

/** The checksummed address of a private key. Throws SigningFault on `privateKey`. */
export const addressOf = (privateKey: SecretText): Hex => privateKeyToAddress(readPrivateKey(privateKey));

/** The key as the signer takes it: 0x and 64 lower-case hex digits. Throws SigningFault on `privateKey`. */
export function readPrivateKey(privateKey: SecretText): Hex {
  const text = revealed(privateKey);
  const key = typeof text === 'string' ? parse(text) : undefined;
  if (key === undefined)
    throw new SigningFault('privateKey', 'is not 32 bytes of hex within the range of secp256k1');
  return key;
}

function parse(text: string): Hex | undefined {
  const match = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(text);
  if (!match?.[1]) return undefined;
  const key: Hex = `0x${match[1].toLowerCase()}`;
  const scalar = BigInt(key);
  return scalar > 0n && scalar < GROUP_ORDER ? key : undefined;
}
