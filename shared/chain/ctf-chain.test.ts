import { Contract, Wallet } from 'ethers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONDITIONAL_TOKENS, NEG_RISK_ADAPTER } from '../../emulators/chain/index.ts';
import { run, startForTest, view, type TestChain } from '../../emulators/chain/test/support.ts';
import { asMicro } from '../money/fixed.ts';
import type { Hex } from '../signing/checks.ts';
import { polygon } from './polygon-contracts.ts';
import { createCtfChain } from './ctf-chain.ts';
import { createJsonRpc } from './json-rpc.ts';
import { ctfPolicy, keySigner } from './key-signer.ts';
import type { CtfChain, SendOutcome, SignedTransaction } from './port.ts';

const CONDITION: Hex = `0x${'7c'.repeat(32)}`;
const wallet = new Wallet(`0x${'dd'.repeat(32)}`);

let chain: TestChain;
let ctf: CtfChain;
let journaled: SignedTransaction | undefined;
const write = (transaction: SignedTransaction): void => {
  journaled = transaction;
};
beforeEach(async () => {
  chain = await startForTest();
  const allowances = { ctf: '9000000', neg_risk_adapter: '9000000' };
  await chain.control('fund', { address: wallet.address, usdc: '9000000', allowances });
  const signer = keySigner(wallet.privateKey, ctfPolicy(polygon));
  ctf = createCtfChain({ rpc: createJsonRpc(chain.url), signer, contracts: polygon });
});
afterEach(() => chain.close());

const usdc = (): Promise<string> => view(chain.usdc, 'balanceOf', wallet.address);
async function mined(outcome: SendOutcome): Promise<void> {
  expect(outcome).toMatchObject({ ok: true, state: 'accepted', transaction: journaled });
  const settlement = journaled === undefined ? undefined : await ctf.settle(journaled);
  expect(settlement).toMatchObject({ state: 'mined', success: true });
}
const amount = (micro: bigint, negRisk: boolean) => ({
  conditionId: CONDITION,
  negRisk,
  amount: asMicro(micro),
});

test('a plain market: split, merge, redeem all that is left once it is decided', async () => {
  await mined(await ctf.split(amount(3_000_000n, false), write));
  expect(await usdc()).toBe('6000000');
  await mined(await ctf.merge(amount(1_000_000n, false), write));
  expect(await usdc()).toBe('7000000');
  const redemption = { conditionId: CONDITION, negRisk: false };
  expect(await ctf.redeem(redemption, write)).toEqual({
    ok: false,
    reason: 'REFUSED',
    why: 'result for condition not received yet',
  });
  await chain.control('resolve', { condition_id: CONDITION, payouts: [0, 1] });
  await mined(await ctf.redeem(redemption, write));
  expect(await usdc()).toBe('9000000');
});

test('a neg-risk market goes through the adapter, and redeems what the wallet has or what is said', async () => {
  const tokens = new Contract(
    CONDITIONAL_TOKENS,
    ['function setApprovalForAll(address, bool)'],
    wallet.connect(chain.provider),
  );
  await run(tokens, 'setApprovalForAll', NEG_RISK_ADAPTER, true);
  await mined(await ctf.split(amount(3_000_000n, true), write));
  await mined(await ctf.merge(amount(1_000_000n, true), write));
  await chain.control('resolve', { condition_id: CONDITION, payouts: [1, 0] });
  const some = [asMicro(500_000n), asMicro(0n)] as const;
  await mined(await ctf.redeem({ conditionId: CONDITION, negRisk: true, amounts: some }, write));
  expect(await usdc()).toBe('7500000');
  await mined(await ctf.redeem({ conditionId: CONDITION, negRisk: true }, write));
  expect(await usdc()).toBe('9000000');
});

test('a split that the wallet cannot pay is refused with the reason', async () => {
  expect(await ctf.split(amount(9_000_001n, false), write)).toMatchObject({
    reason: 'REFUSED',
    why: 'ERC20: transfer amount exceeds allowance',
  });
});
