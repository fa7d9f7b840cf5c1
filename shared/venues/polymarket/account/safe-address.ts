import { getCreate2Address, keccak256, pad } from 'viem/utils';

type Hex = `0x${string}`;

/** Polymarket's factory of Safes on Polygon (Polymarket/proxy-factories). */
const SAFE_FACTORY: Hex = '0xaacFeEa03eb1561C4e67d661e40682Bd20E3541b';
/** Keccak-256 of what that factory deploys: the proxy's creation code with its one implementation. */
const SAFE_INIT_CODE_HASH: Hex = '0x2bce2127ff07fb632d16c8347c4ebf501f4841168bed00d9e6ef715ddb6fcecf';

/**
 * The checksummed address of a wallet's Safe on Polymarket, deployed or not (CREATE2, salted with the owner). Orders of
 * signature type 2 are taken only from this Safe and its owner (Polymarket/ctf-exchange, PolySafeLib).
 */
export const safeAddressOf = (owner: string): Hex =>
  getCreate2Address({
    from: SAFE_FACTORY,
    // `abi.encode(address)`: the address in a word of 32 bytes.
    salt: keccak256(pad(owner.toLowerCase() as Hex, { size: 32 })),
    bytecodeHash: SAFE_INIT_CODE_HASH,
  });
