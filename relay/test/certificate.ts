import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import {
  INTEGER,
  OBJECT_ID,
  OCTET_STRING,
  SEQUENCE,
  writeElement as der,
} from '../../shared/signing/rsa/der.ts';

/** Both PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for this name alone that signs itself, good at any time: no key lies about, and none runs out. */
export function certificateFor(name: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const commonName = sequence(set(sequence(oid('550403'), der(UTF8, Buffer.from(name)))));
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const altName = sequence(oid('551d11'), der(OCTET_STRING, sequence(der(DNS_NAME, Buffer.from(name)))));
  const body = sequence(
    der(VERSION, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    commonName,
    sequence(time('20000101000000Z'), time('99991231235959Z')),
    commonName,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, sequence(altName)),
  );
  const signature = der(BITS, Buffer.from([0]), sign('sha256', body, privateKey));
  const base64 = Buffer.from(sequence(body, algorithm, signature)).toString('base64');
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

/** Tags of X.690; those of a certificate's own members are RFC 5280, section 4.1. */
const [BITS, UTF8, TIME, SET] = [0x03, 0x0c, 0x18, 0x31];
const [VERSION, EXTENSIONS, DNS_NAME] = [0xa0, 0xa3, 0x82];

const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(SEQUENCE, ...parts);
const set = (part: Uint8Array): Uint8Array => der(SET, part);
const oid = (hex: string): Uint8Array => der(OBJECT_ID, Buffer.from(hex, 'hex'));
const integer = (bytes: Uint8Array): Uint8Array => der(INTEGER, bytes);
const time = (text: string): Uint8Array => der(TIME, Buffer.from(text));
