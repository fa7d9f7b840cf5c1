import type { Market } from '../venues/port.ts';
import { ONE, ZERO, type Micro } from '../money/fixed.ts';

/** What a share of each outcome pays, in micro-USD; undefined while nobody has won. */
export function payoutsOf({ status, outcomes }: Market): Readonly<Record<string, Micro>> | undefined {
  if (status !== 'resolved') return undefined;
  return Object.fromEntries(outcomes.map(({ tokenId, winner }) => [tokenId, winner ? ONE : ZERO]));
}
