import { constants, Contract, Wallet } from 'ethers';
import { createPublicClient, createWalletClient, erc20Abi, http, parseAbi, type PublicClient } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { polygon } from 'viem/chains';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONDITIONAL_TOKENS, FEE_ESCROW, NEG_RISK_ADAPTER, TREASURY, USDC } from '../index.ts';
import { positionId, collectionId } from '../contracts/position-id.ts';
import {
  ESCROW_ABI,
  ORDER,
  PAYER,
  pullArgs,
  RELAYER,
  run,
  startForTest,
  view,
  type TestChain,
} from './support.ts';

let chain: TestChain;
beforeEach(async () => {
  chain = await startForTest();
});
afterEach(() => chain.close());

const CONDITION = '0xdd22472e552920b8438158ea7238bfadfa4f736aa4cee91a6b86c39ead110917';

describe('viem', () => {
  const account = privateKeyToAccount(`0x${'bb'.repeat(32)}`);
  const relayer = privateKeyToAccount(`0x${'aa'.repeat(32)}`);
  const abi = parseAbi(ESCROW_ABI);
  const reader = (): PublicClient =>
    createPublicClient({ chain: polygon, transport: http(chain.url), pollingInterval: 20 });

  test('reads the chain, signs typed data, pulls, distributes and refunds', async () => {
    const client = reader();
    expect(await client.getChainId()).toBe(137);
    const signature = await account.signTypedData({
      domain: { name: 'ParsecFeeEscrow', version: '1', chainId: 137, verifyingContract: FEE_ESCROW },
      types: {
        PullFee: [
          { name: 'orderId', type: 'bytes32' },
          { name: 'payer', type: 'address' },
          { name: 'feeAmount', type: 'uint256' },
          { name: 'deadline', type: 'uint256' },
        ],
      },
      primaryType: 'PullFee',
      message: {
        orderId: '0x0101010101010101010101010101010101010101010101010101010101010101',
        payer: account.address,
        feeAmount: 1_000_000n,
        deadline: 4_000_000_000n,
      },
    });
    const wallet = createWalletClient({ account: relayer, chain: polygon, transport: http(chain.url) });
    const send = async (functionName: string, args: readonly unknown[]): Promise<string> => {
      const { request } = await client.simulateContract({
        account: relayer,
        address: FEE_ESCROW,
        abi,
        functionName,
        args,
      });
      const hash = await wallet.writeContract(request);
      return (await client.waitForTransactionReceipt({ hash })).status;
    };
    const none = '0x0000000000000000000000000000000000000000';
    const args = [ORDER, account.address, 1_000_000n, 4_000_000_000n, signature, none];
    expect(await send('pullFee', args)).toBe('success');
    expect(await send('distribute', [ORDER, 600_000n])).toBe('success');
    expect(await send('refund', [ORDER, 400_000n])).toBe('success');
    await expect(send('pullFee', args)).rejects.toThrow('OrderExists');
    const balance = await client.readContract({
      address: USDC,
      abi: erc20Abi,
      functionName: 'balanceOf',
      args: [account.address],
    });
    expect(balance).toBe(9_400_000n);
    const logs = await client.getLogs({ address: FEE_ESCROW, fromBlock: 'earliest' });
    expect(logs).toHaveLength(3);
  });
});

describe('ethers', () => {
  test('waits for receipts, decodes custom errors and events', async () => {
    const { escrow, usdc, provider } = chain;
    await run(usdc, 'approve', FEE_ESCROW, 2_000_000);
    const receipt = await run(escrow, 'pullFee', ...(await pullArgs()));
    expect(receipt.status).toBe(1);
    expect(receipt.from).toBe(RELAYER.address);
    expect(receipt.logs.map(({ address }) => address.toLowerCase())).toEqual([USDC, FEE_ESCROW]);
    await expect(view(escrow, 'pullFee', ...(await pullArgs()))).rejects.toThrow('OrderExists');
    await run(escrow, 'distribute', ORDER, 1_000_000);
    expect(await view(usdc, 'balanceOf', TREASURY)).toBe('1000000');
    expect(await view(escrow, 'escrows', ORDER)).toBe(
      [PAYER.address, constants.AddressZero, 1_000_000, 1_000_000, 0].join(','),
    );
    expect(await provider.getTransactionCount(RELAYER.address)).toBe(2);
    expect((await provider.getTransaction(receipt.transactionHash)).confirmations).toBeGreaterThan(0);
  });

  test('splits, merges and redeems conditional tokens', async () => {
    const wallet = Wallet.createRandom().connect(chain.provider);
    const allowances = { ctf: '5000000', neg_risk_adapter: '5000000' };
    await chain.control('fund', { address: wallet.address, usdc: '9000000', allowances });
    const none = constants.HashZero;
    const ctf = new Contract(
      CONDITIONAL_TOKENS,
      [
        'function splitPosition(address, bytes32, bytes32, uint256[], uint256)',
        'function mergePositions(address, bytes32, bytes32, uint256[], uint256)',
        'function redeemPositions(address, bytes32, bytes32, uint256[])',
        'function balanceOf(address, uint256) view returns (uint256)',
        'function setApprovalForAll(address, bool)',
        'function getCollectionId(bytes32, bytes32, uint256) view returns (bytes32)',
        'function getPositionId(address, bytes32) view returns (uint256)',
      ],
      wallet,
    );
    await run(ctf, 'splitPosition', USDC, none, CONDITION, [1, 2], 3_000_000);
    await run(ctf, 'mergePositions', USDC, none, CONDITION, [1, 2], 1_000_000);
    const yes = await view(
      ctf,
      'getPositionId',
      USDC,
      await view(ctf, 'getCollectionId', none, CONDITION, 1),
    );
    expect(await view(ctf, 'balanceOf', wallet.address, yes)).toBe('2000000');
    const redemption = [USDC, none, CONDITION, [1, 2]];
    await expect(view(ctf, 'redeemPositions', ...redemption)).rejects.toThrow(
      'result for condition not received yet',
    );
    await chain.control('resolve', { condition_id: CONDITION, payouts: [1, 0] });
    await run(ctf, 'redeemPositions', ...redemption);
    expect(await view(chain.usdc, 'balanceOf', wallet.address)).toBe('9000000');

    const adapter = new Contract(
      NEG_RISK_ADAPTER,
      ['function splitPosition(bytes32, uint256)', 'function redeemPositions(bytes32, uint256[])'],
      wallet,
    );
    await run(adapter, 'splitPosition', CONDITION, 2_000_000);
    await expect(view(adapter, 'redeemPositions', CONDITION, [1, 1])).rejects.toThrow('approval');
    await run(ctf, 'setApprovalForAll', NEG_RISK_ADAPTER, true);
    await run(adapter, 'redeemPositions', CONDITION, [2_000_000, 500_000]);
    expect(await view(chain.usdc, 'balanceOf', wallet.address)).toBe('9000000');
  });
});

test('token ids are those that Polygon has for the same condition', () => {
  // The neg-risk market on the presidential election of 2024: both tokens as the venue lists them.
  const collateral = '0x3A3BD7bb9528E159577F7C2e685CC81A765002E2';
  expect([1n, 2n].map((set) => positionId(collateral, collectionId(CONDITION, set)))).toEqual([
    21742633143463906290569050155826241533067272736897614950488156847949938836455n,
    48331043336612883890938759509493159234755048973500640148014422747788308965732n,
  ]);
});
