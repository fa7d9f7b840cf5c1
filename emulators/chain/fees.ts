/** Wei per gwei. */
const GWEI = 10n ** 9n;
/** Blocks here are never full, so the base fee never moves. */
export const BASE_FEE = 30n * GWEI;
/** What nodes of Polygon ask for at least. */
export const TIP = 30n * GWEI;

const INTRINSIC_GAS = 21_000n;
const GAS_PER_BYTE = 16n;
/** A round number for whatever a contract does; nobody here measures opcodes. */
const CONTRACT_GAS = 80_000n;

/** Gas of a call with this data; exact, so that an estimate is what is used. */
export function gasOf(data: string): bigint {
  const bytes = BigInt((data.length - 2) / 2);
  return INTRINSIC_GAS + (bytes === 0n ? 0n : bytes * GAS_PER_BYTE + CONTRACT_GAS);
}

export const BLOCK_GAS_LIMIT = 30_000_000n;
