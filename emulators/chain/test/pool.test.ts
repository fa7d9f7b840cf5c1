import { utils, type Wallet } from 'ethers';
import { afterEach, describe, expect, test } from 'vitest';
import { FEE_ESCROW } from '../index.ts';
import type { Mining } from '../state.ts';
import { ESCROW_ABI, ORDER, pullArgs, RELAYER, startForTest, STRANGER, type TestChain } from './support.ts';

let chain: TestChain;
afterEach(() => chain.close());
const start = async (mining: Mining): Promise<void> => {
  chain = await startForTest(mining);
};

const GWEI = 10n ** 9n;
const escrow = new utils.Interface(ESCROW_ABI);

interface Options {
  readonly nonce?: number;
  readonly maxFee?: bigint;
  readonly chainId?: number;
  readonly gasLimit?: number;
  readonly data?: string;
}
const sign = (by: Wallet, options: Options = {}): Promise<string> =>
  by.signTransaction({
    type: 2,
    chainId: options.chainId ?? 137,
    nonce: options.nonce ?? 0,
    to: FEE_ESCROW,
    data: options.data ?? escrow.encodeFunctionData('refund', [ORDER, 1]),
    gasLimit: options.gasLimit ?? 400_000,
    maxFeePerGas: options.maxFee ?? 100n * GWEI,
    maxPriorityFeePerGas: 30n * GWEI,
    value: 0,
  });
const send = async (raw: string): Promise<unknown> => {
  const { result, error } = await chain.rpc('eth_sendRawTransaction', [raw]);
  return result ?? error;
};
const message = (text: string): unknown =>
  expect.objectContaining({ message: expect.stringContaining(text) });

describe('a node takes a signed transaction once', () => {
  test('the same bytes again are known while they wait and too low once mined; one effect', async () => {
    await start('manual');
    const raw = await sign(RELAYER);
    const hash = utils.keccak256(raw);
    expect(await send(raw)).toBe(hash);
    expect(await send(raw)).toEqual(message('already known'));
    expect(await chain.rpc('eth_getTransactionReceipt', [hash])).toMatchObject({ result: null });
    await chain.control('mine');
    expect(await chain.rpc('eth_getTransactionReceipt', [hash])).toMatchObject({ result: { status: '0x0' } });
    expect(await send(raw)).toEqual(message('nonce too low'));
  });

  test('a nonce with a gap waits for the missing one', async () => {
    await start('auto');
    await send(await sign(RELAYER, { nonce: 1 }));
    expect((await chain.stats()).counts.pooled).toBe(1);
    await send(await sign(RELAYER, { nonce: 0 }));
    expect((await chain.stats()).counts.pooled).toBe(0);
    expect(await chain.rpc('eth_getTransactionCount', [RELAYER.address, 'latest'])).toMatchObject({
      result: '0x2',
    });
  });

  test('another transaction of the same nonce must pay a tenth more, and then replaces', async () => {
    await start('manual');
    const first = await sign(RELAYER);
    await send(first);
    expect(await send(await sign(RELAYER, { maxFee: 109n * GWEI }))).toEqual(
      message('replacement transaction underpriced'),
    );
    const dearer = await sign(RELAYER, { maxFee: 110n * GWEI });
    await send(dearer);
    await chain.control('mine');
    const receipt = (raw: string) => chain.rpc('eth_getTransactionReceipt', [utils.keccak256(raw)]);
    expect(await receipt(first)).toMatchObject({ result: null });
    expect(await receipt(dearer)).toMatchObject({ result: { from: RELAYER.address.toLowerCase() } });
  });

  test('what no node would take is refused', async () => {
    await start('auto');
    expect(await send(await sign(RELAYER, { chainId: 1 }))).toEqual(message('invalid chain id'));
    expect(await send(await sign(RELAYER, { gasLimit: 20_999 }))).toEqual(message('intrinsic gas'));
    expect(await send(await sign(RELAYER, { maxFee: 30n * GWEI - 1n }))).toEqual(message('max '));
    expect(await send('0x02c0')).toEqual(message('rlp'));
    await chain.control('fund', { address: STRANGER.address, native: '1' });
    expect(await send(await sign(STRANGER))).toEqual(message('insufficient funds'));
  });
});

test('signed bytes that were changed are not from the signer', async () => {
  await start('auto');
  const raw = await sign(RELAYER, { data: escrow.encodeFunctionData('refund', [ORDER, 0x7777]) });
  await send(raw.replace('7777', '7778'));
  expect(await chain.rpc('eth_getTransactionCount', [RELAYER.address])).toMatchObject({ result: '0x0' });
});

describe('what the control API breaks', () => {
  test('an armed revert strikes when it is mined, after the simulation passed; once', async () => {
    await start('auto');
    await chain.control('revert', { function: 'pullFee' });
    const data = escrow.encodeFunctionData('pullFee', await pullArgs());
    const call = { from: RELAYER.address, to: FEE_ESCROW, data };
    expect(await chain.rpc('eth_call', [call, 'latest'])).toMatchObject({ result: '0x' });
    const raw = await sign(RELAYER, { data });
    await send(raw);
    expect(await chain.rpc('eth_getTransactionReceipt', [utils.keccak256(raw)])).toMatchObject({
      result: { status: '0x0', logs: [] },
    });
    await send(await sign(RELAYER, { data, nonce: 1 }));
    expect((await chain.stats()).escrow.orders).toBe(1);
  });

  test('a dropped transaction has a hash and no future', async () => {
    await start('auto');
    await chain.control('drop', { times: 1 });
    const raw = await sign(RELAYER);
    expect(await send(raw)).toBe(utils.keccak256(raw));
    await chain.control('mine');
    const count = await chain.rpc('eth_getTransactionCount', [RELAYER.address, 'pending']);
    expect(count).toMatchObject({ result: '0x0' });
  });

  test('faults name calls by their method: others pass', async () => {
    await start('auto');
    await chain.control('faults', { path: '/eth_sendRawTransaction', kind: 'drop_after' });
    expect(await chain.rpc('eth_chainId')).toMatchObject({ result: '0x89' });
    const raw = await sign(RELAYER);
    await expect(send(raw)).rejects.toThrow('fetch failed');
    expect(await chain.rpc('eth_getTransactionReceipt', [utils.keccak256(raw)])).toMatchObject({
      result: { status: '0x0' },
    });
    await chain.control('faults', { path: '/eth_chainId', kind: 'status', status: 429 });
    const limited = await fetch(chain.url, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId' }),
    });
    expect(limited.status).toBe(429);
    expect((await chain.stats()).counts.faults_fired).toBe(2);
  });
});

test('batches are answered in order; nonsense gets the codes of JSON-RPC', async () => {
  await start('auto');
  const post = async (body: string): Promise<unknown> =>
    (await fetch(chain.url, { method: 'POST', body })).json();
  const one = { jsonrpc: '2.0', method: 'eth_chainId', id: 1 };
  expect(await post(JSON.stringify([one, { ...one, id: 2, method: 'net_version' }]))).toMatchObject([
    { id: 1, result: '0x89' },
    { id: 2, result: '137' },
  ]);
  expect(await post('{')).toMatchObject({ error: { code: -32_700 } });
  expect(await post('{}')).toMatchObject({ error: { code: -32_600 } });
  expect(await chain.rpc('eth_mining')).toMatchObject({ error: { code: -32_601 } });
  expect(await chain.rpc('eth_getBalance', ['me'])).toMatchObject({ error: { code: -32_602 } });
});
