import { SigningFault, type SigningPart } from './signing-fault.ts';

/** A lower-case address or hash as viem takes it. */
export type Hex = `0x${string}`;

/** Keys, ids and passphrases of all venues are UUIDs or up to 64 hex digits; more is a mistake. */
const MAX_HEADER_TEXT = 256;
/** Longest path of any venue is below 200; a path is signed whole, so it must end somewhere. */
const MAX_PATH = 2_048;
/** The gateway's own limit on bodies, in UTF-16 units. */
const MAX_BODY = 256 * 1024;
/** In seconds the year 2286, in milliseconds 1970: beyond it somebody passed milliseconds. */
const MAX_SECONDS = 9_999_999_999;
const MIN_MILLISECONDS = 1_000_000_000_000;
const MAX_MILLISECONDS = 9_999_999_999_999;
/** Hex digits: 16 KB, where the longest call that a wallet makes is below 1 KB. */
const MAX_CALL_DATA = 2 * 16_384;
const UINT256 = 2n ** 256n;

/** Text that goes into a header as it is: visible ASCII, so it can neither end the header nor begin another. */
export function headerText(part: SigningPart, value: string): string {
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value) || value.length > MAX_HEADER_TEXT)
    throw new SigningFault(part, `is not 1 to ${MAX_HEADER_TEXT} visible ASCII characters`);
  return value;
}

/** Venues sign the method in capitals. */
export function requestMethod(value: string): string {
  if (typeof value !== 'string' || !/^[A-Za-z]{3,7}$/.test(value))
    throw new SigningFault('method', 'is not an HTTP method');
  return value.toUpperCase();
}

/**
 * The path as it is sent, percent-encoded, without a query: venues sign none (contract: venues). A query is
 * refused and not cut off, so that nobody believes it was signed.
 */
export function requestPath(value: string): string {
  if (typeof value !== 'string' || !/^\/[\x21-\x7e]*$/.test(value) || value.length > MAX_PATH)
    throw new SigningFault('path', `is not a percent-encoded path of at most ${MAX_PATH} characters`);
  if (/[?#]/.test(value)) throw new SigningFault('path', 'has a query or fragment, which venues do not sign');
  return value;
}

/** The exact text that is sent; '' for none. */
export function requestBody(value: string | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string' || value.length > MAX_BODY)
    throw new SigningFault('body', `is not text of at most ${MAX_BODY} characters`);
  return value;
}

export function unixSeconds(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > MAX_SECONDS)
    throw new SigningFault('timestamp', 'is not whole Unix seconds');
  return value;
}

export function unixMilliseconds(value: number): number {
  if (!Number.isInteger(value) || value < MIN_MILLISECONDS || value > MAX_MILLISECONDS)
    throw new SigningFault('timestampMs', 'is not whole Unix milliseconds');
  return value;
}

/** Lower case, because the bytes are what is signed and wallets differ in their capitals. */
export function addressBytes(part: SigningPart, value: string): Hex {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(value))
    throw new SigningFault(part, 'is not an address (0x and 40 hex digits)');
  return `0x${value.slice(2).toLowerCase()}`;
}

export function bytes32(part: SigningPart, value: string): Hex {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(value))
    throw new SigningFault(part, 'is not 32 bytes (0x and 64 hex digits)');
  return `0x${value.slice(2).toLowerCase()}`;
}

/** ABI-encoded call data: whole bytes of hex, lower case. */
export function callData(part: SigningPart, value: string): Hex {
  if (typeof value !== 'string' || value.length > MAX_CALL_DATA || !/^0x(?:[0-9a-fA-F]{2})*$/.test(value))
    throw new SigningFault(part, 'is not call data (0x and whole bytes of hex)');
  return `0x${value.slice(2).toLowerCase()}`;
}

/** A bigint only: a number that was ever a float may have lost digits already. */
export function uint256(part: SigningPart, value: bigint): bigint {
  if (typeof value !== 'bigint' || value < 0n || value >= UINT256)
    throw new SigningFault(part, 'is not a bigint from 0 to 2^256 - 1');
  return value;
}

export function chainNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new SigningFault('chainId', 'is not a chain number');
  return value;
}
