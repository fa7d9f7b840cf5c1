import { utils, Wallet } from 'ethers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { depositWalletVectors } from '../../../../test/support/deposit-wallet-vectors.ts';
import { safeAddressOf } from './safe-address.ts';

test('the Safe of the wallet in the documentation of the relayer', () => {
  // docs.polymarket.com, "Submit a transaction": `from` and its `proxyWallet`.
  const owner = '0x6e0c80c90ea6c15917308F820Eac91Ce2724B5b5';
  const safe = '0x6d8c4e9aDF5748Af82Dabe2C6225207770d6B4fa';
  expect(safeAddressOf(owner)).toBe(safe);
  expect(safeAddressOf(owner.toLowerCase())).toBe(safe);
});

test.each(depositWalletVectors.wallets)(
  'the Safe of $owner that the official SDK derives',
  ({ owner, safe }) => {
    expect(safeAddressOf(owner)).toBe(safe);
  },
);

test("any wallet's Safe is what ethers makes of factory, owner and code", () => {
  const hash = '0x2bce2127ff07fb632d16c8347c4ebf501f4841168bed00d9e6ef715ddb6fcecf';
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
      const owner = utils.hexlify(bytes);
      const salt = utils.keccak256(utils.defaultAbiCoder.encode(['address'], [owner]));
      const factory = '0xaacFeEa03eb1561C4e67d661e40682Bd20E3541b';
      expect(safeAddressOf(owner)).toBe(utils.getCreate2Address(factory, salt, hash));
    }),
  );
  expect(safeAddressOf(Wallet.createRandom().address)).not.toBe(safeAddressOf(Wallet.createRandom().address));
});
