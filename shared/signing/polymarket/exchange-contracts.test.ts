import { getContractConfig as configV1 } from '@polymarket/clob-client';
import { getContractConfig as configV2 } from '@polymarket/clob-client-v2';
import { describe, expect, test } from 'vitest';
import { exchangeContract, schemaOfContract } from './exchange-contracts.ts';

describe('exchange contracts', () => {
  test.each([137, 80002])('on chain %i they are those of both official clients', (chainId) => {
    const v1 = configV1(chainId);
    const v2 = configV2(chainId);
    expect(exchangeContract(chainId, 1, false)).toBe(v1.exchange);
    expect(exchangeContract(chainId, 1, true)).toBe(v1.negRiskExchange);
    expect([v2.exchange, v2.negRiskExchange]).toEqual([v1.exchange, v1.negRiskExchange]);
    expect(exchangeContract(chainId, 2, false)).toBe(v2.exchangeV2);
    expect(exchangeContract(chainId, 2, true)).toBe(v2.negRiskExchangeV2);
  });

  test('a contract tells its schema, in any capitals; a stranger tells none', () => {
    for (const chainId of [137, 80002])
      for (const schema of [1, 2] as const)
        for (const negRisk of [false, true]) {
          const address = exchangeContract(chainId, schema, negRisk);
          expect(schemaOfContract(address.toLowerCase())).toBe(schema);
          expect(schemaOfContract(address)).toBe(schema);
        }
    expect(schemaOfContract(`0x${'0'.repeat(39)}1`)).toBeUndefined();
  });

  test('a chain without an exchange is refused', () => {
    expect(() => exchangeContract(1, 1, false)).toThrow('chainId has no exchange contract');
  });
});
