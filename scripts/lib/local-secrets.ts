import { createHmac, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Wallet } from 'ethers';
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
}

/** Reads the secrets of a home, and makes those that it does not have yet. */
export function localSecrets(home: string): LocalSecrets {
  const file = join(home, 'secrets.json');
  // Written by this function only; a file damaged by hand fails where its value is used.
  const stored = existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  const known = JSON.parse(stored) as Partial<LocalSecrets>;
  const secrets: LocalSecrets = {
    adminToken: known.adminToken ?? `adm_${randomBytes(32).toString('base64url')}`,
    l2RootSecret: known.l2RootSecret ?? randomBytes(32).toString('base64url'),
    jwtSecret: known.jwtSecret ?? randomBytes(32).toString('base64url'),
    walletKey: known.walletKey ?? Wallet.createRandom().privateKey,
    kalshi: known.kalshi ?? newKalshiKey(),
  };
  const text = `${JSON.stringify(secrets, null, 2)}\n`;
  if (text !== stored) writeFileSync(file, text, { mode: 0o600 });
  return secrets;
}

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
