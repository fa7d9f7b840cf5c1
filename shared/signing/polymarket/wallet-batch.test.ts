import { Wallet, utils } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { depositWalletVectors as vectors } from '../../../test/support/deposit-wallet-vectors.ts';
import { signWalletBatch, walletBatchDigest } from './wallet-batch.ts';

const { batch, privateKey, address } = vectors;
const { _TypedDataEncoder: encoder } = utils;

const TYPES = {
  Batch: [
    { name: 'wallet', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
    { name: 'calls', type: 'Call[]' },
  ],
  Call: [
    { name: 'target', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'data', type: 'bytes' },
  ],
};

const uint256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const bytesOf = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((value) => utils.hexlify(value));
const batches = fc.record({
  wallet: bytesOf(20, 20),
  nonce: uint256,
  deadline: uint256,
  calls: fc.array(fc.record({ target: bytesOf(20, 20), value: uint256, data: bytesOf(0, 200) }), {
    minLength: 1,
    maxLength: 6,
  }),
});

describe('a batch of a deposit wallet', () => {
  test('is signed as in the published vector', async () => {
    expect(walletBatchDigest(batch, 137)).toBe(vectors.batchDigest);
    expect(await signWalletBatch(privateKey, batch, 137)).toBe(vectors.batchSignature);
  });

  test('of any calls has the digest that ethers computes, and ethers recovers the owner', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.constantFrom(137, 80002), async (any, chainId) => {
        const domain = { name: 'DepositWallet', version: '1', chainId, verifyingContract: any.wallet };
        expect(walletBatchDigest(any, chainId)).toBe(encoder.hash(domain, TYPES, any));
        const signature = await signWalletBatch(privateKey, any, chainId);
        expect(utils.verifyTypedData(domain, TYPES, any, signature)).toBe(new Wallet(privateKey).address);
      }),
      { numRuns: 40 },
    );
    expect(new Wallet(privateKey).address).toBe(address);
  });

  const call = batch.calls[0];
  const refused: readonly (readonly [string, object])[] = [
    ['calls', { calls: [] }],
    ['calls', { calls: Array.from({ length: 33 }, () => call) }],
    ['calls', { calls: [{ ...call, data: '0x1' }] }],
    ['calls', { calls: [{ ...call, target: '0x12' }] }],
    ['calls', { calls: [{ ...call, value: 1 }] }],
    ['wallet', { wallet: 'mine' }],
    ['nonce', { nonce: -1n }],
    ['deadline', { deadline: 2n ** 256n }],
  ];
  test.each(refused)('is refused for its %s: %o', async (part, change) => {
    const wrong = { ...batch, ...change };
    await expect(signWalletBatch(privateKey, wrong, 137)).rejects.toMatchObject({
      name: 'SigningFault',
      part,
    });
  });
});
