import { createHmac, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { freshExchangeKeys, type ExchangeKeys } from '../local-venues/exchange-keys.ts';
import type { KalshiKey } from './launch-file.ts';

/** Secrets of one machine's deployment, made once and kept under its home with mode 0600. */
export interface LocalSecrets {
  readonly adminToken: string;
  readonly l2RootSecret: string;
  readonly jwtSecret: string;
  /** Key of the local trader's wallet. It holds nothing on any chain. */
  readonly walletKey: string;
  /** Key of the local trader on the Kalshi emulator. */
  readonly kalshi: KalshiKey;
  /** Key of the relayer that moves escrowed fees on the local chain. */
  readonly relayerKey: string;
  /** Keys between the gateway and the local relay. */
  readonly exchange: ExchangeKeys;
  /** Root keys of the vault, by version: add one, and restart, to rotate (docs/vault.md). */
  readonly vaultRootKeys: Readonly<Record<string, string>>;
}

/** Reads the secrets of a home, and makes those that it does not have yet. */
export function localSecrets(home: string): LocalSecrets {
  const file = join(home, 'secrets.json');
  // Written here, and by hand for a rotation; a value damaged by hand fails where it is used.
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<LocalSecrets>) : {};
  // An RSA key takes a while to make: only where there is none.
  const secrets: LocalSecrets = { ...freshSecrets(), ...kept, kalshi: kept.kalshi ?? newKalshiKey() };
  // Beside it and renamed: these keys open what is stored, half a file would lose it.
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

const freshSecrets = (): Omit<LocalSecrets, 'kalshi'> => ({
  adminToken: `adm_${randomBytes(32).toString('base64url')}`,
  l2RootSecret: randomBytes(32).toString('base64url'),
  jwtSecret: randomBytes(32).toString('base64url'),
  walletKey: Wallet.createRandom().privateKey,
  relayerKey: Wallet.createRandom().privateKey,
  exchange: freshExchangeKeys(),
  vaultRootKeys: { 1: randomBytes(32).toString('base64') },
});

/** Kalshi takes RSA keys of 2048 bits. */
function newKalshiKey(): KalshiKey {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { apiKeyId: randomUUID(), privateKeyPem: privateKey };
}

/** Issuer and audience of the user tokens that this machine's gateway takes. */
export const localJwt = { issuer: 'https://localhost/postern', audience: 'postern' } as const;

/** A day: long enough for a session at a laptop. */
const SAMPLE_TOKEN_SECONDS = 86_400;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A user token for `subject`, signed as the local identity provider would (HS256, RFC 7519). */
export function sampleToken(secret: string, subject: string): string {
  const now = Math.floor(Date.now() / 1000);
  const { issuer: iss, audience: aud } = localJwt;
  const claims = { iss, aud, sub: subject, iat: now, exp: now + SAMPLE_TOKEN_SECONDS };
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}
