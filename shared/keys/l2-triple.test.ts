import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { deriveApiKeyId, deriveTriple, signL2 } from './l2-triple.ts';

interface Vectors {
  readonly vectors: readonly {
    readonly name: string;
    readonly input: { readonly secret?: string; readonly message?: string };
    readonly expected?: string;
  }[];
}

// The vectors' own file, copied from what Polymarket publishes with its clients.
const file = new URL('../../test/vectors/polymarket-signing.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const ROOT = 'test-root-secret';
const ADDRESS = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';

describe('L2 triples', () => {
  test("a signature is the one of Polymarket's published vector", async () => {
    const vector = vectors.find((candidate) => candidate.name === 'L2 HMAC');
    const { secret = '', message = '' } = vector?.input ?? {};
    expect(await signL2(secret, message)).toBe(vector?.expected);
  });

  test('deriving again gives the same triple, so nothing secret is stored', async () => {
    const id = await deriveApiKeyId(ROOT, ADDRESS, '0', 1);
    expect(await deriveApiKeyId(ROOT, ADDRESS, '0', 1)).toBe(id);
    expect(await deriveTriple(ROOT, id, ADDRESS)).toEqual(await deriveTriple(ROOT, id, ADDRESS));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('another root, address, nonce or generation gives another triple', async () => {
    const ids = await Promise.all([
      deriveApiKeyId(ROOT, ADDRESS, '0', 1),
      deriveApiKeyId(`${ROOT}2`, ADDRESS, '0', 1),
      deriveApiKeyId(ROOT, `${ADDRESS.slice(0, -1)}7`, '0', 1),
      deriveApiKeyId(ROOT, ADDRESS, '1', 1),
      deriveApiKeyId(ROOT, ADDRESS, '0', 2),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    const [id] = ids;
    const own = await deriveTriple(ROOT, id, ADDRESS);
    const others = await Promise.all([
      deriveTriple(`${ROOT}2`, id, ADDRESS),
      deriveTriple(ROOT, id, `${ADDRESS.slice(0, -1)}7`),
    ]);
    for (const other of others)
      expect(other.secret === own.secret || other.passphrase === own.passphrase).toBe(false);
  });
});
