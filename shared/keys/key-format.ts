import { crc32 } from './crc32.ts';

/**
 * Gateway API keys (contract: errors and limits, "Credentials of /v1"): `pst_live_` or `pst_test_` and 48
 * base62 characters, the last six a CRC32 of all before them. A mistyped key is refused without touching any
 * object, and leak scanners can tell a real one.
 */
export type KeyMode = 'live' | 'test';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 42 base62 characters carry 250 bits: beyond guessing. */
const RANDOM_LENGTH = 42;
/** 62^6 > 2^32, so six characters hold any CRC32. */
const CHECK_LENGTH = 6;
/** How many characters of a key are shown again in listings. */
const KEY_PREFIX_LENGTH = 16;

const PATTERN = /^pst_(?:live|test)_[0-9A-Za-z]{48}$/;

/** A fresh random key. */
export function generateKey(mode: KeyMode): string {
  const body = `pst_${mode}_${randomBase62(RANDOM_LENGTH)}`;
  return body + checksum(body);
}

/** Whether the text has a key's form and its checksum holds. Says nothing about whether the key exists. */
export function isWellFormedKey(text: string): boolean {
  if (!PATTERN.test(text)) return false;
  return checksum(text.slice(0, -CHECK_LENGTH)) === text.slice(-CHECK_LENGTH);
}

export const keyPrefix = (key: string): string => key.slice(0, KEY_PREFIX_LENGTH);

function checksum(body: string): string {
  let value = crc32(body);
  let text = '';
  for (let position = 0; position < CHECK_LENGTH; position += 1) {
    text = (ALPHABET[value % 62] ?? '') + text;
    value = Math.floor(value / 62);
  }
  return text;
}

/** Uniform base62 text: bytes above the largest multiple of 62 are thrown away, not folded. */
export function randomBase62(length: number): string {
  const limit = 248;
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < limit && text.length < length) text += ALPHABET[byte % 62] ?? '';
    }
  }
  return text;
}
