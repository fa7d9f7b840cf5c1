import { INTEGER, OBJECT_ID, OCTET_STRING, SEQUENCE, readElement, writeElement, type Bytes } from './der.ts';
import { SigningFault } from '../signing-fault.ts';

/** NIST SP 800-131A refuses less. Kalshi hands out 2,048 bits. */
const MIN_BITS = 2_048;
/** A signature costs the cube of the length; at 8,192 bits already about 35 ms. */
const MAX_BITS = 8_192;
/** An 8,192-bit key takes 6,400 characters; the rest is room for line ends and indentation. */
const MAX_PEM = 10_000;

/** 1.2.840.113549.1.1.1, rsaEncryption (RFC 8017, A.1). */
const RSA_ENCRYPTION = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
const VERSION_0 = Uint8Array.of(INTEGER, 1, 0);
const NULL = Uint8Array.of(0x05, 0);

/**
 * The PKCS#8 DER of an RSA private key in PEM, as WebCrypto imports it. Takes PKCS#8 (`BEGIN PRIVATE KEY`) and
 * PKCS#1 (`BEGIN RSA PRIVATE KEY`), which is how Kalshi hands its keys out. Throws SigningFault on
 * `privateKeyPem` for anything else, and for a modulus outside 2,048 to 8,192 bits.
 */
export function rsaPkcs8(pem: string): Bytes {
  const { label, der } = readPem(pem);
  const pkcs1 = label === 'RSA PRIVATE KEY' ? der : unwrap(der);
  checkModulus(pkcs1);
  // Wrapped anew in both cases: attributes and odd parameters of the original never reach the importer.
  const algorithm = writeElement(SEQUENCE, writeElement(OBJECT_ID, RSA_ENCRYPTION), NULL);
  return writeElement(SEQUENCE, VERSION_0, algorithm, writeElement(OCTET_STRING, pkcs1));
}

function readPem(pem: string): { readonly label: string; readonly der: Bytes } {
  if (typeof pem !== 'string' || pem.length > MAX_PEM) throw refused('is not PEM of a sensible length');
  const text = pem.trim();
  const label = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text)?.[1];
  if (label === undefined) throw refused('is not PEM: it does not begin with -----BEGIN');
  if (label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(text))
    throw refused('is encrypted: store it without its password');
  if (label !== 'PRIVATE KEY' && label !== 'RSA PRIVATE KEY')
    throw refused('is PEM of something else than an RSA private key (PKCS#8 or PKCS#1)');
  const end = `-----END ${label}-----`;
  if (!text.endsWith(end)) throw refused('is cut off: its END line is missing');
  const base64 = text.slice(`-----BEGIN ${label}-----`.length, -end.length).replaceAll(/\s/g, '');
  return { label, der: decodeBase64(base64) };
}

function decodeBase64(base64: string): Bytes {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    throw refused('is damaged: its text is not base64');
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** PrivateKeyInfo ::= SEQUENCE { version, SEQUENCE { algorithm, parameters }, OCTET STRING } (RFC 5208). */
function unwrap(der: Bytes): Bytes {
  const info = readElement(der, SEQUENCE);
  const version = info && readElement(info.body, INTEGER);
  const algorithm = version && readElement(version.rest, SEQUENCE);
  const id = algorithm && readElement(algorithm.body, OBJECT_ID);
  const key = algorithm && readElement(algorithm.rest, OCTET_STRING);
  if (!id || !key || info.rest.length > 0) throw refused('is damaged: it is not PKCS#8');
  if (!equal(id.body, RSA_ENCRYPTION)) throw refused('is not an RSA key (rsaEncryption)');
  return key.body;
}

/** RSAPrivateKey ::= SEQUENCE { version, modulus, … } (RFC 8017, A.1.2); version 0 means two primes. */
function checkModulus(pkcs1: Bytes): void {
  const key = readElement(pkcs1, SEQUENCE);
  const version = key && readElement(key.body, INTEGER);
  const modulus = version && readElement(version.rest, INTEGER);
  if (!modulus || key.rest.length > 0) throw refused('is damaged: it is not PKCS#1');
  if (!equal(version.body, Uint8Array.of(0))) throw refused('is an RSA key of more than two primes');
  const bits = bitLength(modulus.body);
  if (bits < MIN_BITS || bits > MAX_BITS)
    throw refused(`has a modulus of ${bits} bits; ${MIN_BITS} to ${MAX_BITS} are accepted`);
}

function bitLength(bytes: Bytes): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  if (first === -1) return 0;
  return (bytes.length - first) * 8 - (Math.clz32(bytes[first] ?? 0) - 24);
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

const refused = (rule: string): SigningFault => new SigningFault('privateKeyPem', rule);
