import { generateKeyPairSync } from 'node:crypto';

/** Keys between gateway and relay (decision 24), JWKs as JSON. */
export interface ExchangeKeys {
  /** Ed25519, the gateway's: signs requests to the relay. */
  readonly edgePrivate: string;
  readonly edgePublic: string;
  /** Ed25519, the relay's: signs replies. */
  readonly relayPrivate: string;
  readonly relayPublic: string;
  /** X25519, the relay's: opens credentials. */
  readonly sealingPrivate: string;
  readonly sealingPublic: string;
}

export function freshExchangeKeys(): ExchangeKeys {
  const [edge, relay, sealing] = [ed25519(), ed25519(), x25519()];
  return {
    edgePrivate: edge.privateJwk,
    edgePublic: edge.publicJwk,
    relayPrivate: relay.privateJwk,
    relayPublic: relay.publicJwk,
    sealingPrivate: sealing.privateJwk,
    sealingPublic: sealing.publicJwk,
  };
}

interface Jwks {
  readonly privateJwk: string;
  readonly publicJwk: string;
}

const ed25519 = (): Jwks => jwksOf(generateKeyPairSync('ed25519'));
const x25519 = (): Jwks => jwksOf(generateKeyPairSync('x25519'));

const jwksOf = ({ privateKey, publicKey }: ReturnType<typeof generateKeyPairSync>): Jwks => ({
  privateJwk: JSON.stringify(privateKey.export({ format: 'jwk' })),
  publicJwk: JSON.stringify(publicKey.export({ format: 'jwk' })),
});
