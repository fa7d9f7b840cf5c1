import { utils } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { depositWalletVectors } from '../../../test/support/deposit-wallet-vectors.ts';
import { depositWalletAddress } from './deposit-wallet-address.ts';

const FACTORY = '0x00000000000Fb5C9ADea0298D729A0CB3823Cc07';

/** The two creation codes of polymarket-today 1.1, as it writes them: a number of ten bytes, then the rest. */
function creationCode(kind: 'uups' | 'beacon', args: string): string {
  const [head, target, rest] =
    kind === 'uups'
      ? [
          0x61003d3d8160233d3973n,
          '0x58CA52ebe0DadfdF531Cde7062e76746de4Db1eB',
          '0x60095155f3363d3d373d3d363d7f360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc545af43d6000803e6038573d6000fd5b3d6000f3',
        ]
      : [
          0x6100523d8160233d3973n,
          '0x7A18EDfe055488A3128f01F563e5B479D92ffc3a',
          '0x60195155f3363d3d373d3d363d602036600436635c60da1b60e01b36527fa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50545afa5036515af43d6000803e604d573d6000fd5b3d6000f3',
        ];
  const size = BigInt(utils.hexDataLength(args));
  return utils.hexConcat([`0x${(head + (size << 56n)).toString(16).padStart(20, '0')}`, target, rest, args]);
}

describe('addresses of deposit wallets', () => {
  test.each(depositWalletVectors.wallets)('of $owner are the published ones', ({ owner, uups, beacon }) => {
    for (const spelled of [owner, owner.toLowerCase()]) {
      expect(depositWalletAddress(spelled, 'uups')).toBe(uups);
      expect(depositWalletAddress(spelled, 'beacon')).toBe(beacon);
    }
  });

  test('of any owner are what ethers makes of factory, owner and creation code', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.constantFrom('uups' as const, 'beacon' as const),
        (bytes, kind) => {
          const owner = utils.hexlify(bytes);
          const args = utils.defaultAbiCoder.encode(
            ['address', 'bytes32'],
            [FACTORY, utils.hexZeroPad(owner, 32)],
          );
          const hash = utils.keccak256(creationCode(kind, args));
          expect(depositWalletAddress(owner, kind)).toBe(
            utils.getCreate2Address(FACTORY, utils.keccak256(args), hash),
          );
        },
      ),
    );
  });

  test('an owner that is no address is refused', () => {
    expect(() => depositWalletAddress('0x12', 'beacon')).toThrow('address is not an address');
  });
});
