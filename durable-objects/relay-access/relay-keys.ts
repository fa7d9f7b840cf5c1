import { importJWK, type CryptoKey, type JWK } from 'jose';
import type { ObjectEnv } from '../bindings.ts';

/** Keys of the edge's side of a session with the relay (decision 24). */
export interface RelayKeys {
  /** The gateway's own, Ed25519: signs requests. */
  readonly edge: CryptoKey;
  /** The relay's, Ed25519: checks replies. */
  readonly relay: CryptoKey;
  /** The relay's, X25519: seals a token that came with a request. */
  readonly sealing: CryptoKey;
}

/** Importing takes longer than a signature: once for each isolate. */
const imported = new WeakMap<object, Promise<RelayKeys>>();

/** Rejects when a key is none: the operator's fault, told by the log. */
export function relayKeys(env: ObjectEnv): Promise<RelayKeys> {
  // Requests wrap the bindings; the namespace beneath is one for all of them.
  const known = imported.get(env.EXCHANGE_CONNECTOR);
  if (known) return known;
  const keys = importAll(env);
  imported.set(env.EXCHANGE_CONNECTOR, keys);
  return keys;
}

async function importAll(env: ObjectEnv): Promise<RelayKeys> {
  const [edge, relay, sealing] = await Promise.all([
    key('RELAY_EDGE_KEY', env.RELAY_EDGE_KEY ?? '', 'EdDSA'),
    key('RELAY_SIGNING_KEY', env.RELAY_SIGNING_KEY, 'EdDSA'),
    key('RELAY_SEALING_KEY', env.RELAY_SEALING_KEY, 'ECDH-ES'),
  ]);
  return { edge, relay, sealing };
}

async function key(name: string, text: string, algorithm: string): Promise<CryptoKey> {
  try {
    const made = await importJWK(JSON.parse(text) as JWK, algorithm);
    if (!(made instanceof Uint8Array)) return made;
  } catch {
    // The parser's words may quote a private key.
  }
  throw new Error(`${name} is no key: see docs/exchange.md`);
}
