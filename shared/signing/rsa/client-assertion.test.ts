import { generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { clientAssertion } from './client-assertion.ts';
import { Secret } from '../secret.ts';

const AT = Date.UTC(2026, 10, 1);
const assertion = { audience: 'https://exchange.test/oauth/token', id: 'one', timestampMs: AT + 999 };
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

test.each(['pkcs1', 'pkcs8'] as const)(
  'OpenSSL verifies what a %s key signs, for two minutes',
  async (type) => {
    const privateKeyPem = Secret.of(privateKey.export({ type, format: 'pem' }).toString());
    const token = await clientAssertion({ clientId: 'desk-1', privateKeyPem }, assertion);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
    const parts = [header, payload].map((part): unknown =>
      JSON.parse(Buffer.from(part, 'base64url').toString()),
    );
    expect(parts).toEqual([
      { alg: 'RS256', typ: 'JWT' },
      {
        iss: 'desk-1',
        sub: 'desk-1',
        aud: assertion.audience,
        jti: 'one',
        iat: AT / 1000,
        exp: AT / 1000 + 120,
      },
    ]);
  },
);

test('a weak key and an id that ends a header are refused by name, without their value', async () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const pem = weak.export({ type: 'pkcs8', format: 'pem' }).toString();
  await expect(clientAssertion({ clientId: 'desk-1', privateKeyPem: pem }, assertion)).rejects.toMatchObject({
    part: 'privateKeyPem',
    message: 'privateKeyPem has a modulus of 1024 bits; 2048 to 8192 are accepted',
  });
  await expect(clientAssertion({ clientId: 'a\nb', privateKeyPem: pem }, assertion)).rejects.toMatchObject({
    part: 'clientId',
  });
});
