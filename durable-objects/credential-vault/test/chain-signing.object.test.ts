import { parseTransaction, recoverTransactionAddress } from 'viem';
import { encodeFunctionData } from 'viem/utils';
import { beforeAll, describe, expect, test } from 'vitest';
import { conditionalTokensAbi, erc20Abi, escrowAbi } from '../../../shared/chain/abi.ts';
import { polygon } from '../../../shared/chain/polygon-contracts.ts';
import type { UnsignedTransaction } from '../../../shared/chain/port.ts';
import type { Hex } from '../../../shared/signing/checks.ts';
import {
  actor,
  clob,
  env,
  freshScope,
  lastAudit,
  privateKey,
  setRootVersions,
  storeIn,
  vault,
} from './support.ts';

beforeAll(() => setRootVersions(1));

const order: Hex = `0x${'01'.repeat(32)}`;
const someone: Hex = `0x${'5a'.repeat(20)}`;
const gas = { gas: 200_000n, maxFeePerGas: 30_000_000_000n, maxPriorityFeePerGas: 25_000_000_000n };
const refundCall = encodeFunctionData({ abi: escrowAbi, functionName: 'refund', args: [order, 1n] });
const escrow = (change: Partial<UnsignedTransaction> = {}): UnsignedTransaction => ({
  chainId: polygon.chainId,
  nonce: 7,
  // Set for this project to the emulator's.
  to: env.ESCROW_CONTRACT as Hex,
  data: refundCall,
  ...gas,
  ...change,
});
const redemption = encodeFunctionData({
  abi: conditionalTokensAbi,
  functionName: 'redeemPositions',
  args: [polygon.usdc, `0x${'00'.repeat(32)}`, order, [1n, 2n]],
});
const ctf = (change: Partial<UnsignedTransaction> = {}): UnsignedTransaction =>
  escrow({ to: polygon.conditionalTokens, data: redemption, ...change });
const approval = encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [someone] });

/** Far from any policy: what a gateway that was taken over would ask. */
const outside: readonly (readonly [what: string, change: Partial<UnsignedTransaction>])[] = [
  ['another contract', { to: someone }],
  ['the collateral itself', { to: polygon.usdc }],
  ['another function', { data: approval }],
  ['another chain', { chainId: 1 }],
  ['gas that costs a fortune', { maxFeePerGas: 10n ** 15n }],
];

describe("the relayer's key", () => {
  test('signs the three commands of its contract, by whatever account, in that one chain', async () => {
    const scope = freshScope();
    const signed = await vault.signEscrow({ scope, actor, transaction: escrow() });
    if (!signed.ok) throw new Error(signed.message);
    const relayer = await vault.relayer();
    const serialized = signed.raw as `0x02${string}`;
    const from = await recoverTransactionAddress({ serializedTransaction: serialized });
    expect(relayer).toEqual({ ok: true, address: from.toLowerCase() });
    expect(parseTransaction(serialized)).toMatchObject({ nonce: 7, chainId: 137, data: refundCall });
    expect(parseTransaction(serialized).value ?? 0n).toBe(0n);
    expect(await lastAudit(scope)).toMatchObject({ operation: 'signEscrow', outcome: 'ok', actor: 'key-1' });
  });

  test.each([
    ...outside,
    ["a wallet's business", { to: polygon.conditionalTokens, data: redemption }] as const,
  ])('does not sign %s, and the chain says who asked', async (_, change) => {
    const scope = freshScope();
    const refused = await vault.signEscrow({ scope, actor, transaction: escrow(change) });
    expect(refused).toMatchObject({ ok: false, reason: 'SIGNING_REFUSED', part: 'transaction' });
    expect(await lastAudit(scope)).toMatchObject({ operation: 'signEscrow', outcome: 'SIGNING_REFUSED' });
  });
});

describe("an account's own wallet", () => {
  test('signs for its conditional tokens, and for nothing else', async () => {
    const scope = freshScope();
    await storeIn(scope);
    expect(await vault.signCtf({ scope, actor, transaction: ctf() })).toMatchObject({ ok: true });
    for (const [, change] of outside) {
      const refused = await vault.signCtf({ scope, actor, transaction: ctf(change) });
      expect(refused).toMatchObject({ ok: false, reason: 'SIGNING_REFUSED' });
    }
    const theirs = await vault.signCtf({ scope, actor, transaction: escrow() });
    expect(theirs).toMatchObject({ ok: false, reason: 'SIGNING_REFUSED' });
    expect(JSON.stringify(theirs)).not.toContain(privateKey.slice(2));
  });

  test('without a key says which part is missing', async () => {
    const scope = freshScope();
    expect(await vault.signCtf({ scope, actor, transaction: ctf() })).toMatchObject({
      reason: 'CREDENTIAL_MISSING',
    });
    await storeIn(scope, { venue: 'polymarket', clob, address: someone });
    expect(await vault.signCtf({ scope, actor, transaction: ctf() })).toMatchObject({
      reason: 'CREDENTIAL_INCOMPLETE',
      part: 'privateKey',
    });
  });
});
