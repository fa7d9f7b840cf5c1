import { expect, test } from 'vitest';
import { depositWalletVectors as vectors } from '../../../test/support/deposit-wallet-vectors.ts';
import { relayerKeyHeaders, walletBatchBody, walletCreateBody } from './relayer-body.ts';
import { signWalletBatch } from './wallet-batch.ts';

test('a signed batch becomes the request of the published vector', async () => {
  const { address, batch, privateKey, submitBody } = vectors;
  const signature = await signWalletBatch(privateKey, batch, 137);
  expect(JSON.parse(walletBatchBody(address, batch, signature))).toEqual(submitBody);
});

test('a wallet is asked for from the factory, in its owner’s name', () => {
  expect(JSON.parse(walletCreateBody(vectors.address))).toEqual({
    type: 'WALLET-CREATE',
    from: vectors.address,
    to: vectors.submitBody.to,
  });
});

test('a relayer key stands in headers, and what would break out of one is refused', () => {
  expect(relayerKeyHeaders('relayer-key', vectors.address)).toEqual({
    RELAYER_API_KEY: 'relayer-key',
    RELAYER_API_KEY_ADDRESS: vectors.address,
  });
  expect(() => relayerKeyHeaders('planted\r\nX: 1', vectors.address)).toThrow(/^key is not/);
});
