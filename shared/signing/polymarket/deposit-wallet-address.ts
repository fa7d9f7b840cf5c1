import { concat, encodeAbiParameters, getCreate2Address, keccak256, pad } from 'viem/utils';
import { addressBytes, type Hex } from '../checks.ts';

/** Polymarket's factory of deposit wallets, its beacon and its first implementation, on Polygon (polymarket-today 1.1). */
export const DEPOSIT_WALLET_FACTORY: Hex = '0x00000000000Fb5C9ADea0298D729A0CB3823Cc07';
const BEACON: Hex = '0x7A18EDfe055488A3128f01F563e5B479D92ffc3a';
const IMPLEMENTATION: Hex = '0x58CA52ebe0DadfdF531Cde7062e76746de4Db1eB';

/**
 * `uups`: the factory's first kind, a proxy with an implementation of its own. `beacon`: wallets deployed since
 * 2026-06-29. An owner has a `uups` wallet where one is deployed, else a `beacon` one.
 */
export type DepositWalletKind = 'uups' | 'beacon';

/** Creation code of Solady's ERC-1967 proxies around a 20-byte address; 64 bytes of arguments follow. */
const CREATION_CODE: Readonly<Record<DepositWalletKind, { head: Hex; target: Hex; tail: Hex }>> = {
  uups: {
    head: '0x61007d3d8160233d3973',
    target: IMPLEMENTATION,
    tail: '0x60095155f3363d3d373d3d363d7f360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc545af43d6000803e6038573d6000fd5b3d6000f3',
  },
  beacon: {
    head: '0x6100923d8160233d3973',
    target: BEACON,
    tail: '0x60195155f3363d3d373d3d363d602036600436635c60da1b60e01b36527fa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50545afa5036515af43d6000803e604d573d6000fd5b3d6000f3',
  },
};

/**
 * The checksummed address of an owner's deposit wallet, deployed or not (CREATE2; polymarket-today 1.1). Throws
 * SigningFault for an owner that is no address.
 */
export function depositWalletAddress(owner: string, kind: DepositWalletKind): Hex {
  const walletId = pad(addressBytes('address', owner), { size: 32 });
  const args = encodeAbiParameters(
    [{ type: 'address' }, { type: 'bytes32' }],
    [DEPOSIT_WALLET_FACTORY, walletId],
  );
  const { head, target, tail } = CREATION_CODE[kind];
  return getCreate2Address({
    from: DEPOSIT_WALLET_FACTORY,
    salt: keccak256(args),
    bytecode: concat([head, target, tail, args]),
  });
}
