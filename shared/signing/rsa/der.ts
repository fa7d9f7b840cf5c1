/** Bytes as WebCrypto takes them everywhere: never over a shared buffer. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
export const OBJECT_ID = 0x06;
export const SEQUENCE = 0x30;

/** One element of DER and what follows it. */
export interface Element {
  readonly body: Bytes;
  readonly rest: Bytes;
}

/**
 * Reads the first element (X.690, DER: definite lengths in their shortest form), up to 64 KB of it. Undefined
 * when it has another tag, is cut off, or is not DER.
 */
export function readElement(bytes: Bytes, tag: number): Element | undefined {
  if (bytes[0] !== tag) return undefined;
  const length = readLength(bytes);
  if (length === undefined) return undefined;
  const end = length.start + length.value;
  if (end > bytes.length) return undefined;
  return { body: bytes.subarray(length.start, end), rest: bytes.subarray(end) };
}

function readLength(bytes: Bytes): { readonly start: number; readonly value: number } | undefined {
  const [, first = 0, second = 0, third = 0] = bytes;
  if (first < 0x80) return { start: 2, value: first };
  if (first === 0x81 && second >= 0x80) return { start: 3, value: second };
  if (first === 0x82 && second > 0) return { start: 4, value: second * 256 + third };
  return undefined;
}

/** Writes one element around parts of at most 64 KB together. */
export function writeElement(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = [tag, ...lengthBytes(length)];
  for (const part of parts) for (const byte of part) bytes.push(byte);
  return Uint8Array.from(bytes);
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff];
  throw new RangeError('element is longer than 64 KB');
}
