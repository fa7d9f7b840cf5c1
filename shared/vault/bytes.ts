/** Bytes as WebCrypto takes them everywhere: never over a shared buffer. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
export const utf8 = (text: string): Bytes => Uint8Array.from(encoder.encode(text));

/**
 * Fields one after another, each behind its length in four bytes (big-endian): no two lists of fields give the
 * same bytes, whatever the fields hold. Integers go in as their decimal digits.
 */
export function lengthPrefixed(...fields: readonly (string | number | Uint8Array)[]): Bytes {
  const parts = fields.map((field) => (field instanceof Uint8Array ? field : utf8(String(field))));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}
