import { describe, expect, test } from 'vitest';
import { asMicro, parseMicro, type Micro } from '../../../shared/money/fixed.ts';
import { takerFee } from './paper-fee.ts';

const micro = (text: string): Micro => parseMicro(text) ?? asMicro(-1n);
const fee = (shares: string, price: string, rate: string): Micro =>
  takerFee([{ price: micro(price), shares: micro(shares) }], { feeRate: micro(rate), feeExponent: 1 });

describe('taker fee = shares × rate × p × (1 − p), debited at cents', () => {
  test.each([
    ['100', '0.5', '0.07', '1.75'],
    ['100', '0.1', '0.04', '0.36'],
    ['10', '0.5', '0.07', '0.18'],
    ['1', '0.5', '0.01', '0'],
    ['1000', '0.99', '0.03', '0.3'],
    ['100', '0.5', '0', '0'],
  ])('%s shares at %s with rate %s cost %s', (shares, price, rate, expected) => {
    expect(fee(shares, price, rate)).toBe(micro(expected));
  });

  test('levels add up before the cent is rounded', () => {
    const fills = Array.from({ length: 10 }, () => ({ price: micro('0.5'), shares: micro('0.2') }));
    expect(takerFee(fills, { feeRate: micro('0.01'), feeExponent: 1 })).toBe(micro('0.01'));
  });
});
