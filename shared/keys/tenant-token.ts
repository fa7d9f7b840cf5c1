import { toHex } from './digest.ts';
import { randomBase62 } from './key-format.ts';

/** What a token is for: the link that a trader user is mailed, or the session that it opens. */
export type TokenPurpose = 'ptl' | 'pts';

/** 43 base62 characters carry 256 bits. */
const SECRET_LENGTH = 43;
/** Hex digits of the proof: 128 bits, which nobody guesses by asking. */
const PROOF_LENGTH = 32;
const PATTERN = /^(pt[ls])_([0-9A-Za-z]{20})_([0-9A-Za-z]{43})_([0-9a-f]{32})$/;

const encoder = new TextEncoder();

/**
 * A random token that says which tenant knows it: `<purpose>_<tenant>_<secret>_<proof>`. Only its SHA-256 is stored.
 * The proof is ours over the rest, so that a token which nobody made is refused without waking any tenant's object.
 */
export async function mintTenantToken(purpose: TokenPurpose, tenant: string, root: string): Promise<string> {
  const body = `${purpose}_${tenant.slice('tnt_'.length)}_${randomBase62(SECRET_LENGTH)}`;
  return `${body}_${await proofOf(body, root)}`;
}

/** The tenant that a token names; undefined for anything that we did not make for this purpose. */
export async function tenantOfToken(
  purpose: TokenPurpose,
  token: string,
  root: string,
): Promise<string | undefined> {
  const [, made, tenant = '', secret = '', proof = ''] = PATTERN.exec(token) ?? [];
  if (made !== purpose) return undefined;
  const expected = await proofOf(`${made}_${tenant}_${secret}`, root);
  return matches(proof, expected) ? `tnt_${tenant}` : undefined;
}

/** Compares texts of one length without an early exit. */
function matches(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}

async function proofOf(body: string, root: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(root), algorithm, false, ['sign']);
  const proof = await crypto.subtle.sign('HMAC', key, encoder.encode(`tenant token\n${body}`));
  return toHex(proof).slice(0, PROOF_LENGTH);
}
