import { createDecipheriv, hkdfSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lengthPrefixed } from '../../../shared/vault/bytes.ts';
import { open, rewrap, seal, type Place, type Sealed } from './envelope.ts';
import type { RootKeys } from '../../vault-access/root-keys.ts';

const rootOf = (version: number) => new Uint8Array(32).fill(version);
const rootsOf = (...versions: readonly number[]): RootKeys => ({
  current: Math.max(...versions),
  keys: new Map(versions.map((version) => [version, rootOf(version)])),
});
const roots = rootsOf(1);
const place: Place = {
  tenant: 'tnt_a',
  account: 'acct_a',
  venue: 'polymarket',
  credential: 'credential-1',
  version: 1,
};
const value = new TextEncoder().encode('a value that is sealed in these tests');
const unreadable = { failure: { reason: 'CREDENTIAL_UNREADABLE' } };

const text = fc.string({ minLength: 1, maxLength: 40 });
const anyPlace: fc.Arbitrary<Place> = fc.record({
  tenant: text,
  account: text,
  venue: text,
  credential: text,
  version: fc.integer({ min: 1, max: 1_000_000 }),
});

describe('a sealed value', () => {
  test('opens where it was sealed, whatever it holds', async () => {
    const property = fc.asyncProperty(anyPlace, fc.uint8Array({ maxLength: 4_000 }), async (where, plain) => {
      const sealed = await seal(roots, where, plain);
      expect(await open(roots, where, sealed)).toEqual(Uint8Array.from(plain));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('opens nowhere else', async () => {
    const property = fc.asyncProperty(anyPlace, anyPlace, async (where, elsewhere) => {
      fc.pre(JSON.stringify(where) !== JSON.stringify(elsewhere));
      const sealed = await seal(roots, where, value);
      await expect(open(roots, elsewhere, sealed)).rejects.toMatchObject(unreadable);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test.each(['tenant', 'account', 'venue', 'credential', 'version'] as const)(
    'does not open when only its %s is another, with any part of the record',
    async (member) => {
      const sealed = await seal(roots, place, value);
      const moved = { ...place, [member]: member === 'version' ? 2 : `${place[member]}x` };
      await expect(open(roots, moved, sealed)).rejects.toMatchObject(unreadable);
      // Its value beside a valid key of the other place, and the other way round.
      const native = await seal(roots, moved, value);
      await expect(open(roots, moved, { ...native, value: sealed.value })).rejects.toMatchObject(unreadable);
      await expect(open(roots, moved, { ...sealed, value: native.value })).rejects.toMatchObject(unreadable);
    },
  );

  test('never opens with any byte of it flipped, in any bit', async () => {
    const sealed = await seal(roots, place, value);
    const parts = {
      keyNonce: sealed.key.nonce,
      wrapped: sealed.key.wrapped,
      commitment: sealed.value.commitment,
      nonce: sealed.value.nonce,
      ciphertext: sealed.value.ciphertext,
    };
    for (const [name, bytes] of Object.entries(parts)) {
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const broken = withPart(sealed, name, flipped);
        await expect(open(roots, place, broken), `${name} bit ${bit}`).rejects.toMatchObject(unreadable);
      }
    }
  });

  test('never opens cut short or drawn out', async () => {
    const sealed = await seal(roots, place, value);
    const parts = ['keyNonce', 'wrapped', 'commitment', 'nonce', 'ciphertext'];
    for (const name of parts) {
      for (const change of [(b: Uint8Array) => b.slice(0, -1), () => new Uint8Array(0), drawnOut]) {
        const broken = withPart(sealed, name, Uint8Array.from(change(partOf(sealed, name))));
        await expect(open(roots, place, broken), name).rejects.toMatchObject(unreadable);
      }
    }
  });

  test('is another each time, and so is its key', async () => {
    const [one, two] = await Promise.all([seal(roots, place, value), seal(roots, place, value)]);
    expect(one.value.commitment).not.toEqual(two.value.commitment);
    expect(one.value.ciphertext).not.toEqual(two.value.ciphertext);
    expect(one.key.wrapped).not.toEqual(two.key.wrapped);
  });

  test('is what its description says: Node opens it from the root key alone', async () => {
    const { key, value: sealed } = await seal(roots, place, value);
    const data = ['postern-vault/1', 'tnt_a', 'acct_a', 'polymarket', 'credential-1', 1] as const;
    const derive = (secret: Uint8Array, info: Uint8Array, length: number): Buffer =>
      Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), info, length));
    const wrapping = derive(rootOf(1), lengthPrefixed('postern-vault/1', 'wrap', 'tnt_a', 'credentials'), 32);
    const dataKey = decipher(wrapping, key.nonce, lengthPrefixed(...data, 1), key.wrapped);
    const both = derive(dataKey, lengthPrefixed('expand', lengthPrefixed(...data)), 64);
    expect(both.subarray(0, 32).equals(sealed.commitment)).toBe(true);
    const plain = decipher(both.subarray(32), sealed.nonce, lengthPrefixed(...data), sealed.ciphertext);
    expect(plain.equals(value)).toBe(true);
  });
});

describe('a re-wrapped key', () => {
  test('opens the untouched value under the new version alone', async () => {
    const sealed = await seal(roots, place, value);
    const key = await rewrap(rootsOf(1, 2), place, sealed.key, sealed.value.commitment);
    expect(key.rootVersion).toBe(2);
    expect(await open(rootsOf(2), place, { ...sealed, key })).toEqual(value);
    await expect(open(roots, place, { ...sealed, key })).rejects.toMatchObject({
      failure: { reason: 'ROOT_VERSION_MISSING' },
    });
  });

  test('is refused for a value that it does not belong to', async () => {
    const [one, two] = await Promise.all([seal(roots, place, value), seal(roots, place, value)]);
    await expect(rewrap(rootsOf(1, 2), place, one.key, two.value.commitment)).rejects.toMatchObject(
      unreadable,
    );
  });

  test('is not recognised when the number of its version is changed', async () => {
    const sealed = await seal(roots, place, value);
    const same: RootKeys = { current: 2, keys: new Map([1, 2].map((version) => [version, rootOf(1)])) };
    const renamed = { ...sealed, key: { ...sealed.key, rootVersion: 2 } };
    await expect(open(same, place, renamed)).rejects.toMatchObject(unreadable);
  });
});

test('no two lists of fields have the same bytes', () => {
  const fields = fc.array(fc.string({ unit: 'binary', maxLength: 6 }), { maxLength: 5 });
  const property = fc.property(fields, fields, (one, two) => {
    const wellFormed = (list: readonly string[]): boolean => list.every((field) => field.isWellFormed());
    fc.pre(JSON.stringify(one) !== JSON.stringify(two) && wellFormed([...one, ...two]));
    expect(Buffer.from(lengthPrefixed(...one))).not.toEqual(Buffer.from(lengthPrefixed(...two)));
  });
  fc.assert(property);
});

function decipher(key: Uint8Array, nonce: Uint8Array, data: Uint8Array, sealed: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(data);
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
}

const drawnOut = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, 0]);

function partOf({ key, value: sealed }: Sealed, name: string): Uint8Array {
  const parts: Readonly<Record<string, Uint8Array>> = {
    keyNonce: key.nonce,
    wrapped: key.wrapped,
    ...sealed,
  };
  return parts[name] ?? new Uint8Array(0);
}

function withPart({ key, value: sealed }: Sealed, name: string, bytes: Uint8Array<ArrayBuffer>): Sealed {
  if (name === 'keyNonce') return { key: { ...key, nonce: bytes }, value: sealed };
  if (name === 'wrapped') return { key: { ...key, wrapped: bytes }, value: sealed };
  return { key, value: { ...sealed, [name]: bytes } };
}
