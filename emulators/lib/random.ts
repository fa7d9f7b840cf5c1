import { createHash } from 'node:crypto';

/** Identity that must survive restarts comes from SHA-256 of labelled parts. */
export function hashHex(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('|')).digest('hex');
}

/** Condition, event and transaction ids: 0x and 64 hex digits. */
export function hashId(...parts: readonly (string | number)[]): string {
  return `0x${hashHex(...parts)}`;
}

/** Outcome tokens are ERC-1155 ids: a decimal uint256. */
export function tokenIdOf(...parts: readonly (string | number)[]): string {
  return BigInt(hashId(...parts)).toString();
}

/** UUID-shaped text from a hash, for owners of the synthetic liquidity and for trade ids. */
export function hashUuid(...parts: readonly (string | number)[]): string {
  return uuidFromHex(hashHex(...parts));
}

export function uuidFromHex(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/**
 * A number in [0, 1) from integers. Used per market and tick, so quotes depend only on
 * (seed, market, tick) and never on how many times anyone asked. An integer hash, because
 * SHA-256 would dominate the cost of a tick.
 */
export function unit(seed: number, a: number, b: number, c = 0): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(a + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15) ^ Math.imul(b + 0x165667b1, 0x27d4eb2f), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ Math.imul(c + 0x1b873593, 0xcc9e2d51), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f);
  return ((h ^ (h >>> 15)) >>> 0) / 4_294_967_296;
}

/** An integer in [low, high]. */
export function between(value: number, low: number, high: number): number {
  return low + Math.floor(value * (high - low + 1));
}
