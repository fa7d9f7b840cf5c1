import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/** The emulator's own tokens: HS256, under a secret of this run. Clients take them as opaque. */
const claimsSchema = z.object({
  typ: z.enum(['registration', 'access', 'refresh']),
  sub: z.string(),
  jti: z.string(),
  iat: z.number(),
  exp: z.number(),
});

export type Claims = z.infer<typeof claimsSchema>;

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

export function signToken(secret: Buffer, claims: Claims): string {
  const body = `${HEADER}.${encode(claims)}`;
  return `${body}.${sign(secret, body)}`;
}

/** The claims of a token that this secret signed and that is not over; undefined for anything else. */
export function readToken(
  secret: Buffer,
  token: string,
  typ: Claims['typ'],
  nowMs: number,
): Claims | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const expected = Buffer.from(sign(secret, `${header}.${payload}`));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  if (!claims.success || claims.data.typ !== typ) return undefined;
  return claims.data.exp * 1000 > nowMs ? claims.data : undefined;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sign(secret: Buffer, body: string): string {
  return createHmac('sha256', secret).update(body).digest('base64url');
}
