/** A secret that must not be found, in each form in which it exists. */
export interface Planted {
  readonly name: string;
  /** As it is written, and what that stands for: the bytes of hex, of base64, of a key. */
  readonly forms: readonly Uint8Array[];
}

/** Pieces of this many bytes are looked for. */
const PIECE = 12;
/** Bits of the filter in front of the patterns: at 100,000 of them one place in forty is looked at twice. */
const FILTER_BITS = 22;

export const written = (text: string): Uint8Array => Buffer.from(text);
/** What base64 or base64url stands for. */
export const decoded = (text: string): Uint8Array => Buffer.from(text, 'base64');
export const fromHex = (text: string): Uint8Array => Buffer.from(text.replace(/^0x/, ''), 'hex');

/**
 * Finds every piece of 12 bytes of every secret, in plain, in hex, and in both alphabets of base64 at each of its
 * three alignments.
 */
export class SecretScan {
  /** Whose piece it is, by the bytes of the pattern as Latin-1. */
  readonly #patterns = new Map<string, string>();
  readonly #lengths = new Set<number>();
  readonly #filter = new Uint8Array(1 << FILTER_BITS);

  constructor(secrets: readonly Planted[]) {
    for (const { name, forms } of secrets)
      for (const form of forms)
        for (let at = 0; at + PIECE <= form.length; at += 1)
          this.#add(name, Buffer.from(form.subarray(at, at + PIECE)));
  }

  /** Names of the secrets of which there is a piece in these bytes. */
  find(bytes: Uint8Array): ReadonlySet<string> {
    const found = new Set<string>();
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lengths = [...this.#lengths];
    let word = 0;
    for (let end = 0; end < buffer.length; end += 1) {
      word = (word >>> 8) | ((buffer[end] ?? 0) << 24);
      if (end < 3 || this.#filter[slot(word)] === 0) continue;
      const at = end - 3;
      for (const length of lengths) {
        const name = this.#patterns.get(buffer.toString('latin1', at, at + length));
        if (name !== undefined) found.add(name);
      }
    }
    return found;
  }

  #add(name: string, piece: Buffer): void {
    const hex = piece.toString('hex');
    for (const pattern of [piece.toString('latin1'), hex, hex.toUpperCase(), ...base64Of(piece)]) {
      this.#patterns.set(pattern, name);
      this.#lengths.add(pattern.length);
      const [a = 0, b = 0, c = 0, d = 0] = Buffer.from(pattern, 'latin1');
      this.#filter[slot(a | (b << 8) | (c << 16) | (d << 24))] = 1;
    }
  }
}

/** The letters that a piece alone decides, whatever stands before and after it. */
function base64Of(piece: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), piece]).toString('base64');
    const first = Math.ceil((before * 8) / 6);
    const whole = text.slice(first, Math.floor(((before + PIECE) * 8) / 6));
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

const slot = (word: number): number => Math.imul(word, 0x9e_37_79_b1) >>> (32 - FILTER_BITS);
