import { describe, expect, test } from 'vitest';
import { VaultRefusal } from '../../shared/vault/result.ts';
import { parseRootKeys, rootKey, RootKeyring } from './root-keys.ts';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

describe('root keys', () => {
  test('the highest version is the current one, whatever their order', () => {
    const roots = parseRootKeys(JSON.stringify({ 10: key(1), 2: key(2), 9: key(3) }));
    expect(roots.current).toBe(10);
    expect(Buffer.from(rootKey(roots, 2)).toString('base64')).toBe(key(2));
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{"1":'],
    ['no object', '[]'],
    ['no version', '{}'],
    ['version 0', JSON.stringify({ 0: key(1) })],
    ['a version that is no number', JSON.stringify({ one: key(1) })],
    ['31 bytes', JSON.stringify({ 1: Buffer.alloc(31, 1).toString('base64') })],
    ['33 bytes', JSON.stringify({ 1: Buffer.alloc(33, 1).toString('base64') })],
    ['no base64', JSON.stringify({ 1: '!'.repeat(44) })],
    ['no text', JSON.stringify({ 1: 1 })],
    ['one key twice', JSON.stringify({ 1: key(1), 2: key(1) })],
    [
      '33 versions',
      JSON.stringify(Object.fromEntries(Array.from({ length: 33 }, (_, n) => [n + 1, key(n)]))),
    ],
  ])('%s is told to the operator, without what stood there', (_, text) => {
    const refused = refusalOf(() => parseRootKeys(text));
    expect(refused.failure.reason).toBe('ROOT_KEYS_INVALID');
    expect(refused.message).toContain('VAULT_ROOT_KEYS must be JSON like');
    for (const part of text.match(/[A-Za-z0-9+/!]{12,}/g) ?? []) expect(refused.message).not.toContain(part);
  });

  test('a version that is not there is named', () => {
    const roots = parseRootKeys(JSON.stringify({ 2: key(2) }));
    expect(refusalOf(() => rootKey(roots, 1)).message).toMatch(
      /^root version 1 is missing from VAULT_ROOT_KEYS/,
    );
  });

  test('a store that does not answer is told to the operator', async () => {
    const ring = new RootKeyring({ get: () => Promise.reject(new Error('no such secret')) });
    await expect(ring.read()).rejects.toMatchObject({ failure: { reason: 'ROOT_KEYS_INVALID' } });
  });

  test('the store is asked once for many operations, and again where a version is at stake', async () => {
    let asked = 0;
    const get = (): Promise<string> => {
      asked += 1;
      return Promise.resolve(JSON.stringify({ [asked]: key(asked) }));
    };
    const ring = new RootKeyring({ get });
    expect((await ring.read()).current).toBe(1);
    expect((await ring.read()).current).toBe(1);
    expect((await ring.read(true)).current).toBe(2);
    expect((await ring.read()).current).toBe(2);
  });
});

function refusalOf(act: () => unknown): VaultRefusal {
  try {
    act();
  } catch (error) {
    if (error instanceof VaultRefusal) return error;
  }
  throw new Error('it was not refused');
}
