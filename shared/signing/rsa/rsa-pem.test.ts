import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEQUENCE, INTEGER, writeElement } from './der.ts';
import { SigningFault } from '../signing-fault.ts';
import { rsaPkcs8 } from './rsa-pem.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const armour = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;

function faultOf(pem: string): SigningFault | undefined {
  try {
    rsaPkcs8(pem);
    return undefined;
  } catch (error) {
    if (error instanceof SigningFault) return error;
    throw error;
  }
}

/** No key, only the shape of one: what the size limit is decided on. */
function modulusOf(bits: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits / 8)).fill(0xff);
  bytes[0] = 0xff >> ((8 - (bits % 8)) % 8);
  const positive = writeElement(INTEGER, Uint8Array.of(0), bytes);
  return writeElement(SEQUENCE, writeElement(INTEGER, Uint8Array.of(0)), positive);
}

describe('RSA keys in PEM', () => {
  test.each([
    ['PKCS#1', pkcs1],
    ['PKCS#8', pkcs8],
    ['PKCS#1 with CRLF', pkcs1.replaceAll('\n', '\r\n')],
    ['PKCS#8 with space around', `\n  ${pkcs8}\n\n`],
    ['PKCS#1 on one line', armour('RSA PRIVATE KEY', privateKey.export({ type: 'pkcs1', format: 'der' }))],
  ])("%s becomes byte for byte OpenSSL's own PKCS#8", (_name, pem) => {
    const der = Buffer.from(rsaPkcs8(pem));
    expect(der.equals(privateKey.export({ type: 'pkcs8', format: 'der' }))).toBe(true);
    expect(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).equals(privateKey)).toBe(true);
  });

  test.each([2_048, 2_049, 3_072, 4_096, 8_191, 8_192])('a modulus of %i bits is accepted', (bits) => {
    expect(faultOf(armour('RSA PRIVATE KEY', modulusOf(bits)))).toBeUndefined();
  });

  test.each([1, 512, 1_024, 2_040, 2_047, 8_193, 16_384])('a modulus of %i bits is refused', (bits) => {
    const message = `privateKeyPem has a modulus of ${bits} bits; 2048 to 8192 are accepted`;
    expect(faultOf(armour('RSA PRIVATE KEY', modulusOf(bits)))?.message).toBe(message);
  });

  test("OpenSSL's own key of 1,024 bits is refused in both forms", () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey;
    for (const type of ['pkcs1', 'pkcs8'] as const) {
      const pem = small.export({ type, format: 'pem' }).toString();
      expect(faultOf(pem)?.message).toContain('modulus of 1024 bits');
    }
  });

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2_048 }).privateKey;
  const locked = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'test' } as const;
  const wrong: readonly (readonly [string, string, string])[] = [
    ['nothing', '', 'is not PEM'],
    ['no PEM', 'a test key', 'is not PEM'],
    ['too long', `${pkcs1}${' '.repeat(10_000)}`, 'sensible length'],
    ['a public key', publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'something else'],
    ['an EC key', ec.export({ type: 'pkcs8', format: 'pem' }).toString(), 'is not an RSA key'],
    ['a SEC 1 key', ec.export({ type: 'sec1', format: 'pem' }).toString(), 'something else'],
    ['an RSASSA-PSS key', pss.export({ type: 'pkcs8', format: 'pem' }).toString(), 'is not an RSA key'],
    ['locked PKCS#8', privateKey.export({ ...locked, type: 'pkcs8' }).toString(), 'is encrypted'],
    ['locked PKCS#1', privateKey.export({ ...locked, type: 'pkcs1' }).toString(), 'is encrypted'],
    ['cut off', pkcs1.slice(0, 900), 'is cut off'],
    ['closed by another label', pkcs1.replace('END RSA PRIVATE', 'END PRIVATE'), 'is cut off'],
    ['not base64', pkcs1.replace(/\n.{8}/, '\n********'), 'is not base64'],
    ['PKCS#8 under the label of PKCS#1', pkcs8.replaceAll('PRIVATE', 'RSA PRIVATE'), 'is not PKCS#1'],
    ['PKCS#1 under the label of PKCS#8', pkcs1.replaceAll('RSA PRIVATE', 'PRIVATE'), 'is not PKCS#8'],
    [
      'followed by bytes',
      armour('RSA PRIVATE KEY', Buffer.concat([modulusOf(2_048), Buffer.of(0)])),
      'PKCS#1',
    ],
  ];
  test.each(wrong)('%s is refused with a fault that says so', (_name, pem, rule) => {
    const fault = faultOf(pem);
    expect(fault).toMatchObject({ part: 'privateKeyPem' });
    expect(fault?.message).toContain(rule);
  });

  test.each([
    ['PRIVATE KEY', 'pkcs8'],
    ['RSA PRIVATE KEY', 'pkcs1'],
  ] as const)('%s cut off after any byte is refused', (label, type) => {
    const der = privateKey.export({ type, format: 'der' });
    const accepted = Array.from(der.keys()).filter(
      (length) => length > 0 && faultOf(armour(label, der.subarray(0, length))) === undefined,
    );
    expect(accepted).toEqual([]);
  });

  test('damaged bytes end in a fault that quotes none of them, or in a key', () => {
    const original = privateKey.export({ type: 'pkcs8', format: 'der' });
    const damage = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(damage, fc.nat(original.length), fc.boolean(), (changes, length, cut) => {
        const der = Uint8Array.from(original);
        for (const [at, value] of changes) der[at] = value;
        const pem = armour('PRIVATE KEY', cut ? der.subarray(0, length) : der);
        const message = faultOf(pem)?.message ?? '';
        const body = pem.split('\n')[1] ?? '';
        for (let at = 0; at + 12 <= body.length; at += 6)
          expect(message.includes(body.slice(at, at + 12))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
