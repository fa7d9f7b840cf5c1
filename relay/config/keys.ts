import { importJWK, type CryptoKey, type JWK } from 'jose';
import * as z from 'zod';
import type { RelayConfig } from './environment.ts';

/** Who may ask: the gateway anything, the vault only for tokens of the exchange. */
export type Caller = 'gateway' | 'vault';

export interface RelayKeys {
  readonly callers: readonly { readonly caller: Caller; readonly key: CryptoKey }[];
  /** Ed25519: signs replies and dial-in. */
  readonly signing: CryptoKey;
  /** X25519: opens credentials. */
  readonly sealing: CryptoKey;
}

const base64url = z.string().regex(/^[\w-]{43}$/);
const edgeKeys = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        kid: z.enum(['gateway', 'vault']),
        x: base64url,
      }),
    )
    .min(1)
    // Two of each while they are changed.
    .max(4),
});
const privateKey = (crv: 'Ed25519' | 'X25519') =>
  z.object({ kty: z.literal('OKP'), crv: z.literal(crv), x: base64url, d: base64url });

/** @throws Error that says which variable is wrong, never what it holds. */
export async function importKeys(config: RelayConfig): Promise<RelayKeys> {
  const set = parse('RELAY_EDGE_KEYS', edgeKeys, config.edgeKeys, 'a JWK set of Ed25519 public keys');
  const signing = parse(
    'RELAY_SIGNING_KEY',
    privateKey('Ed25519'),
    config.signingKey,
    'an Ed25519 private JWK',
  );
  const sealing = parse(
    'RELAY_SEALING_KEY',
    privateKey('X25519'),
    config.sealingKey,
    'an X25519 private JWK',
  );
  return {
    callers: await Promise.all(
      set.keys.map(async ({ kid, kty, crv, x }) => ({
        caller: kid,
        key: await imported('RELAY_EDGE_KEYS', { kty, crv, x }, 'EdDSA'),
      })),
    ),
    signing: await imported('RELAY_SIGNING_KEY', signing, 'EdDSA'),
    sealing: await imported('RELAY_SEALING_KEY', sealing, 'ECDH-ES'),
  };
}

async function imported(name: string, jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm).catch(() => undefined);
  if (key === undefined || key instanceof Uint8Array) throw new Error(`${name} is no key`);
  return key;
}

function parse<T>(name: string, schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Error(`${name} must be ${what}, as JSON`);
  }
}
