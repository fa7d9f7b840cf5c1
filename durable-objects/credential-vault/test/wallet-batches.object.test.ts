import { encodeFunctionData } from 'viem/utils';
import { recoverTypedDataAddress } from 'viem';
import { beforeAll, describe, expect, test } from 'vitest';
import { tokenApprovalAbi } from '../../../shared/chain/abi.ts';
import { tradingContracts } from '../../../shared/chain/trading-contracts.ts';
import { depositWalletAddress } from '../../../shared/signing/polymarket/deposit-wallet-address.ts';
import type { Scope, VaultRequest } from '../../../shared/vault/request.ts';
import {
  actor,
  clob,
  freshScope,
  lastAudit,
  polymarket,
  privateKey,
  setRootVersions,
  storeIn,
  vault,
} from './support.ts';

beforeAll(() => setRootVersions(1));

const approve = (spender: `0x${string}`) => ({
  target: tradingContracts.pusd,
  value: 0n,
  data: encodeFunctionData({ abi: tokenApprovalAbi, functionName: 'approve', args: [spender, 5n] }),
});
const inTime = (): bigint => BigInt(Math.floor(Date.now() / 1000) + 600);

type Batch = VaultRequest<'signWalletBatch'>['batch'];
const sign = (scope: Scope, batch: Partial<Batch> = {}, chainId = 137) =>
  vault.signWalletBatch({
    scope,
    actor,
    chainId,
    batch: { nonce: 3n, deadline: inTime(), calls: [approve(tradingContracts.exchange)], ...batch },
  });

/** An account whose deposit wallet the vault made. */
async function withDepositWallet() {
  const scope = freshScope();
  const made = await vault.createWallet({ scope, actor, kind: 'deposit' });
  if (!made.ok) throw new Error(made.message);
  return { scope, owner: made.address, wallet: made.credential.funder ?? '', credential: made.credential };
}

describe('a deposit wallet of the vault’s own', () => {
  test('is derived from the fresh key; a second request finds it, of whatever kind', async () => {
    const { scope, owner, wallet, credential } = await withDepositWallet();
    expect(credential).toMatchObject({ signatureType: 3, managed: true, address: owner });
    expect(wallet).toBe(depositWalletAddress(owner, 'beacon'));
    expect(await lastAudit(scope)).toMatchObject({ operation: 'createWallet', outcome: 'ok' });
    expect(await vault.createWallet({ scope, actor })).toMatchObject({
      ok: true,
      created: false,
      address: owner,
    });
  });

  test('signs a batch as its owner, with one audit row', async () => {
    const { scope, owner, wallet } = await withDepositWallet();
    const deadline = inTime();
    const signed = await sign(scope, { deadline });
    if (!signed.ok) throw new Error(signed.message);
    expect(signed).toMatchObject({ owner, wallet });
    expect(await lastAudit(scope)).toMatchObject({ seq: 2, operation: 'signWalletBatch', outcome: 'ok' });
    const signer = await recoverTypedDataAddress({
      domain: {
        name: 'DepositWallet',
        version: '1',
        chainId: 137,
        verifyingContract: wallet as `0x${string}`,
      },
      types: {
        Batch: [
          { name: 'wallet', type: 'address' },
          { name: 'nonce', type: 'uint256' },
          { name: 'deadline', type: 'uint256' },
          { name: 'calls', type: 'Call[]' },
        ],
        Call: [
          { name: 'target', type: 'address' },
          { name: 'value', type: 'uint256' },
          { name: 'data', type: 'bytes' },
        ],
      },
      primaryType: 'Batch',
      message: {
        wallet: wallet as `0x${string}`,
        nonce: 3n,
        deadline,
        calls: [approve(tradingContracts.exchange)],
      },
      signature: signed.signature,
    });
    expect(signer).toBe(owner);
  });

  test('signs nothing outside its policy, and the chain says who asked', async () => {
    const { scope } = await withDepositWallet();
    const stranger = approve(`0x${'5a'.repeat(20)}`);
    const refused = [
      [await sign(scope, { calls: [approve(tradingContracts.exchange), stranger] }), 'calls'],
      [await sign(scope, { calls: [{ ...approve(tradingContracts.exchange), value: 1n }] }), 'calls'],
      [await sign(scope, { deadline: 1n }), 'deadline'],
      [await sign(scope, { deadline: inTime() + 7_200n }), 'deadline'],
      [await sign(scope, {}, 80002), 'chainId'],
    ] as const;
    for (const [answer, part] of refused)
      expect(answer).toMatchObject({ ok: false, reason: 'SIGNING_REFUSED', part });
    expect(await lastAudit(scope)).toMatchObject({
      operation: 'signWalletBatch',
      outcome: 'SIGNING_REFUSED',
      actor: 'key-1',
    });
  });
});

test('a credential of another kind signs no batch, and gives no key away', async () => {
  const scope = freshScope();
  expect(await sign(scope)).toMatchObject({ reason: 'CREDENTIAL_MISSING' });
  await storeIn(scope);
  const plain = await sign(scope);
  expect(plain).toMatchObject({ reason: 'CREDENTIAL_INCOMPLETE', part: 'funder' });
  expect(JSON.stringify(plain)).not.toContain(privateKey.slice(2));
  const funder = `0x${'5a'.repeat(20)}`;
  const address = `0x${'a1'.repeat(20)}`;
  await storeIn(scope, { venue: 'polymarket', clob, address, signatureType: 3, funder });
  expect(await sign(scope)).toMatchObject({ reason: 'CREDENTIAL_INCOMPLETE', part: 'privateKey' });
  await storeIn(scope, { ...polymarket, signatureType: 3, funder });
  expect(await sign(scope)).toMatchObject({ ok: true, wallet: funder });
});
