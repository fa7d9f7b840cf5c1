import { add, asMicro, mulDiv, SCALE, type Micro } from '../../../shared/money/fixed.ts';

/**
 * What a BUY may take of the cash, in micro-USD: the fee comes on top. shares × rate × (p × (1 − p))^exponent is never
 * more than what is spent × rate.
 */
export const withFee = (spent: Micro, rate: Micro): Micro =>
  add(spent, asMicro(mulDiv(spent, rate, SCALE, 'ceil')));
