import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  DEADLINE,
  ORDER,
  PAYER,
  pullArgs,
  pullOf,
  signPull,
  run,
  startForTest,
  STRANGER,
  type TestChain,
  view,
} from './support.ts';

let chain: TestChain;
beforeEach(async () => {
  chain = await startForTest();
});
afterEach(() => chain.close());

const attempt = (name: string, ...args: readonly unknown[]): Promise<string> =>
  view(chain.escrow, name, ...args);
const send = (name: string, ...args: readonly unknown[]): Promise<unknown> =>
  run(chain.escrow, name, ...args);

describe('the escrow pulls only what a payer signed', () => {
  test('a signature by another, over other members or for another domain is none', async () => {
    await expect(attempt('pullFee', ...(await pullArgs({}, STRANGER)))).rejects.toThrow('InvalidSignature');
    const changed = [...(await pullArgs())];
    changed[2] = 2_000_000;
    await expect(attempt('pullFee', ...changed)).rejects.toThrow('InvalidSignature');
    const foreign = [...(await pullArgs())];
    foreign[4] = await signPull(pullOf(), PAYER, { chainId: 1 });
    await expect(attempt('pullFee', ...foreign)).rejects.toThrow('InvalidSignature');
  });

  test('until the deadline, by the clock of the chain', async () => {
    const deadline = Math.floor(Date.now() / 1000) + 3_600;
    const args = await pullArgs({ deadline });
    await chain.control('clock', { offset_ms: 3_700_000 });
    await expect(attempt('pullFee', ...args)).rejects.toThrow('SignatureExpired');
    await chain.control('clock', { offset_ms: 0 });
    await expect(attempt('pullFee', ...args)).resolves.toBeDefined();
  });

  test('once for an order id, even after all of it went back', async () => {
    await send('pullFee', ...(await pullArgs()));
    await send('refund', ORDER, 1_000_000);
    await expect(attempt('pullFee', ...(await pullArgs()))).rejects.toThrow('OrderExists');
  });

  test('no more than the payer has and allows', async () => {
    const tooMuch = await pullArgs({ feeAmount: 5_000_001 });
    await expect(attempt('pullFee', ...tooMuch)).rejects.toThrow('exceeds allowance');
    await chain.control('fund', { address: PAYER.address, allowances: { escrow: '99000000' } });
    const poor = await pullArgs({ feeAmount: 10_000_001 });
    await expect(attempt('pullFee', ...poor)).rejects.toThrow('exceeds balance');
    expect((await chain.stats()).escrow).toMatchObject({ orders: 0, balance: '0' });
  });

  test('for an operator only', async () => {
    const outsider = chain.escrow.connect(STRANGER.connect(chain.provider));
    await expect(view(outsider, 'pullFee', ...(await pullArgs()))).rejects.toThrow('NotOperator');
    await send('pullFee', ...(await pullArgs({ deadline: DEADLINE })));
    await expect(view(outsider, 'refund', ORDER, 1)).rejects.toThrow('NotOperator');
  });
});

test('distributed and refunded never exceed what was pulled, and the books always balance', async () => {
  await send('pullFee', ...(await pullArgs()));
  await send('distribute', ORDER, 333_333);
  await send('refund', ORDER, 666_666);
  await expect(attempt('distribute', ORDER, 2)).rejects.toThrow('ExceedsRemaining');
  await expect(attempt('refund', ORDER, 2)).rejects.toThrow('ExceedsRemaining');
  expect((await chain.stats()).escrow).toEqual({
    orders: 1,
    pulled: '1000000',
    distributed: '333333',
    refunded: '666666',
    held: '1',
    balance: '1',
  });
});
