import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { localJwt } from '../../../scripts/launch/local-secrets.ts';

export interface Claims {
  readonly subject?: string;
  readonly issuer?: string;
  readonly audience?: string;
  /** Seconds from now; null leaves the claim out. */
  readonly expiresIn?: number | null;
}

/** A secret of a program's home, as the operator of that machine could read it. */
export function secretOf(home: string, name: 'adminToken' | 'jwtSecret' | 'l2RootSecret'): string {
  // The program's own file (scripts/launch/local-secrets.ts).
  return (JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as Record<typeof name, string>)[name];
}

/** The vault's first root key, in base64. */
export function vaultRootKeyOf(home: string): string {
  const secrets = JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as {
    readonly vaultRootKeys: Readonly<Record<string, string>>;
  };
  return secrets.vaultRootKeys['1'] ?? '';
}

/** An unsigned user token with the claims of the local identity provider, unless told otherwise. */
export function claimsOf(claims: Claims, alg: string, kid?: string): SignJWT {
  const { issuer = localJwt.issuer, audience = localJwt.audience, expiresIn = 300 } = claims;
  const token = new SignJWT(claims.subject === undefined ? {} : { sub: claims.subject })
    .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt();
  return expiresIn === null ? token : token.setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn);
}

/** An HS256 user token, signed as the local identity provider of this home would. */
export const localToken = (home: string, claims: Claims): Promise<string> =>
  claimsOf(claims, 'HS256').sign(new TextEncoder().encode(secretOf(home, 'jwtSecret')));
