const encoder = new TextEncoder();

/** SHA-256 of text as lower-case hex: the only form in which a key is stored, and the name of its KeyGate. */
export async function sha256Hex(text: string): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
}

export function toHex(bytes: ArrayBuffer | Uint8Array): string {
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  let text = '';
  for (const byte of view) text += byte.toString(16).padStart(2, '0');
  return text;
}

/**
 * Compares two secrets without telling by time where they differ: both are hashed first, so lengths do not
 * tell either, and the digests are compared without an early exit.
 */
export async function equalSecrets(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([
    crypto.subtle.digest('SHA-256', encoder.encode(a)),
    crypto.subtle.digest('SHA-256', encoder.encode(b)),
  ]);
  const [x, y] = [new Uint8Array(left), new Uint8Array(right)];
  let difference = 0;
  for (let index = 0; index < x.length; index += 1) difference |= (x[index] ?? 0) ^ (y[index] ?? 0);
  return difference === 0;
}
