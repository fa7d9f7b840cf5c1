import { expect, test } from 'vitest';
import { depositWalletVectors as vectors } from '../../test/support/deposit-wallet-vectors.ts';
import { keepsFunds } from './deposit-wallet-policy.ts';
import { tradingApprovals } from './trading-approvals.ts';

const lower = (calls: readonly { readonly target: string; readonly data: string }[]) =>
  calls.map(({ target, data }) => `${target.toLowerCase()} ${data}`).toSorted();

test('are those that the official SDK makes for CTF markets', () => {
  expect(lower(tradingApprovals)).toEqual(lower(vectors.approvals));
});

test('are calls that the vault signs', () => {
  for (const call of tradingApprovals) expect(keepsFunds(call, vectors.batch.wallet)).toBe(true);
});
