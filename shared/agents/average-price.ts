import { type Micro, asMicro, mulDiv, SCALE, ZERO } from '../money/fixed.ts';

/** What a share cost, in micro-USD. */
export const averagePrice = ({ cost, shares }: { readonly cost: Micro; readonly shares: Micro }): Micro =>
  shares > 0n ? asMicro(mulDiv(cost, SCALE, shares, 'half-up')) : ZERO;
