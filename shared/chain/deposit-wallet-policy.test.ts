import { utils } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { depositWalletVectors } from '../../test/support/deposit-wallet-vectors.ts';
import { keepsFunds } from './deposit-wallet-policy.ts';
import { tradingContracts as contracts } from './trading-contracts.ts';

const WALLET = '0xBc0fF067b7740Eff76C1ca93c875Ba6B890d6B50';
const STRANGER = `0x${'5a'.repeat(20)}`;
const MAX = `0x${'ff'.repeat(32)}`;
const ZERO = `0x${'00'.repeat(32)}`;
const CONDITION = `0x${'c0'.repeat(32)}`;

const encoder = new utils.Interface([
  'function approve(address spender, uint256 amount)',
  'function transfer(address to, uint256 amount)',
  'function transferFrom(address from, address to, uint256 amount)',
  'function setApprovalForAll(address operator, bool approved)',
  'function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes data)',
  'function wrap(address asset, address to, uint256 amount)',
  'function unwrap(address asset, address to, uint256 amount)',
  'function splitPosition(address collateral, bytes32 parent, bytes32 condition, uint256[] partition, uint256 amount)',
  'function mergePositions(address collateral, bytes32 parent, bytes32 condition, uint256[] partition, uint256 amount)',
  'function redeemPositions(address collateral, bytes32 parent, bytes32 condition, uint256[] indexSets)',
  'function authorizeSessionSigner(address signer, uint256 until)',
]);
const call = (target: string, name: string, args: readonly unknown[]) => ({
  target,
  value: 0n,
  data: encoder.encodeFunctionData(name, [...args]),
});
const positions = (adapter: string, collateral: string = contracts.pusd) => [
  call(adapter, 'splitPosition', [collateral, ZERO, CONDITION, [1, 2], 5]),
  call(adapter, 'mergePositions', [collateral, ZERO, CONDITION, [1, 2], 5]),
  call(adapter, 'redeemPositions', [collateral, ZERO, CONDITION, [1, 2]]),
];

const trading = [
  ...[contracts.exchange, contracts.negRiskExchange, ...contracts.adapters].flatMap((spender) => [
    call(contracts.pusd, 'approve', [spender, MAX]),
    call(contracts.conditionalTokens, 'setApprovalForAll', [spender, true]),
  ]),
  call(contracts.pusd, 'approve', [contracts.offramp, 5]),
  call(contracts.usdc, 'approve', [contracts.onramp, 5]),
  call(contracts.usdcE, 'approve', [contracts.onramp, 5]),
  call(contracts.onramp, 'wrap', [contracts.usdcE, WALLET, 5]),
  call(contracts.offramp, 'unwrap', [contracts.usdcE, WALLET, 5]),
  ...contracts.adapters.flatMap((adapter) => positions(adapter)),
];

describe('a deposit wallet’s calls', () => {
  test('that trading needs are allowed, whatever capitals their addresses have', () => {
    for (const one of [...trading, ...depositWalletVectors.batch.calls])
      for (const target of [one.target, utils.getAddress(one.target)])
        expect(keepsFunds({ ...one, target }, WALLET), one.data.slice(0, 10)).toBe(true);
  });

  const taking = [
    call(contracts.pusd, 'transfer', [STRANGER, 5]),
    call(contracts.pusd, 'transfer', [WALLET, 5]),
    call(contracts.pusd, 'transferFrom', [WALLET, STRANGER, 5]),
    call(contracts.pusd, 'approve', [STRANGER, 5]),
    call(contracts.usdc, 'approve', [contracts.exchange, 5]),
    call(contracts.conditionalTokens, 'setApprovalForAll', [STRANGER, true]),
    call(contracts.conditionalTokens, 'safeTransferFrom', [WALLET, STRANGER, 1, 5, '0x']),
    call(contracts.onramp, 'wrap', [contracts.usdcE, STRANGER, 5]),
    call(contracts.offramp, 'unwrap', [contracts.usdcE, STRANGER, 5]),
    call(contracts.offramp, 'unwrap', [STRANGER, WALLET, 5]),
    call(WALLET, 'authorizeSessionSigner', [STRANGER, MAX]),
    ...positions(contracts.conditionalTokens),
    ...positions(contracts.adapters[0], STRANGER),
    ...positions(STRANGER),
  ];
  test.each(taking)('that could take what it has are not: $data', (one) => {
    expect(keepsFunds(one, WALLET)).toBe(false);
  });

  test('are not with coins, with bytes beside their arguments, or cut short', () => {
    for (const one of trading) {
      expect(keepsFunds({ ...one, value: 1n }, WALLET)).toBe(false);
      expect(keepsFunds({ ...one, data: `${one.data}00` }, WALLET)).toBe(false);
      expect(keepsFunds({ ...one, data: `${one.data}${'00'.repeat(32)}` }, WALLET)).toBe(false);
      expect(keepsFunds({ ...one, data: one.data.slice(0, -2) }, WALLET)).toBe(false);
    }
  });

  test('with any other spender or receiver are not', () => {
    const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => utils.hexlify(bytes));
    fc.assert(
      fc.property(address, (who) => {
        for (const one of [
          call(contracts.pusd, 'approve', [who, MAX]),
          call(contracts.conditionalTokens, 'setApprovalForAll', [who, true]),
          call(contracts.onramp, 'wrap', [contracts.usdc, who, 1]),
        ])
          expect(keepsFunds(one, WALLET)).toBe(false);
      }),
    );
  });
});
