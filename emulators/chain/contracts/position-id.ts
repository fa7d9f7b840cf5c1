import { utils } from 'ethers';

/**
 * Ids of the Conditional Tokens framework. An outcome collection is a point of the curve alt_bn128 (y² = x³ + 3) found
 * by hashing condition and index set and counting x up; its id is x with the oddness of y in bit 254.
 */
const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const B = 3n;
const TOP_BIT = 255n;
const ODD_FLAG = 1n << 254n;

/** A collection of one condition without a parent: what markets trade. Index set 1 is the first outcome, 2 the second. */
export function collectionId(conditionId: string, indexSet: bigint): string {
  const hash = BigInt(utils.solidityKeccak256(['bytes32', 'uint256'], [conditionId, indexSet]));
  const odd = hash >> TOP_BIT !== 0n;
  let x = hash % P;
  let y: bigint;
  do {
    x = (x + 1n) % P;
    y = root((x ** 3n + B) % P);
  } while ((y * y) % P !== (x ** 3n + B) % P);
  // Of the two roots, the hash's top bit takes the odd or the even one.
  if (odd !== (y % 2n === 1n)) y = P - y;
  const id = y % 2n === 1n ? x ^ ODD_FLAG : x;
  return utils.hexZeroPad(utils.hexlify(id), 32);
}

/** The ERC-1155 id of an outcome token. */
export const positionId = (collateral: string, collection: string): bigint =>
  BigInt(utils.solidityKeccak256(['address', 'bytes32'], [collateral, collection]));

/** A square root modulo P, if there is one: P leaves 3 when divided by 4. */
function root(square: bigint): bigint {
  let result = 1n;
  let base = square;
  for (let power = (P + 1n) / 4n; power > 0n; power >>= 1n) {
    if (power & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
}
