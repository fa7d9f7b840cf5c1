import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FEE_ESCROW } from '../../emulators/chain/index.ts';
import {
  DEADLINE,
  PAYER,
  pullOf,
  RELAYER,
  run,
  signPull,
  startForTest,
  STRANGER,
  type TestChain,
} from '../../emulators/chain/test/support.ts';
import { asMicro } from '../money/fixed.ts';
import type { Hex } from '../signing/checks.ts';
import { polygon } from './polygon-contracts.ts';
import { createEscrowChain } from './escrow-chain.ts';
import { createJsonRpc } from './json-rpc.ts';
import { escrowPolicy, keySigner } from './key-signer.ts';
import type { EscrowChain, PullFee, SendOutcome, SignedTransaction, UnsignedTransaction } from './port.ts';

let chain: TestChain;
let escrow: EscrowChain;
let journal: SignedTransaction[];
const write = (transaction: SignedTransaction): void => void journal.push(transaction);

const signer = keySigner(RELAYER.privateKey, escrowPolicy(polygon.chainId, FEE_ESCROW));
/** A port of its own, as another process would have it. */
const connect = (options: { url?: string; timeoutMs?: number; confirmations?: number } = {}): EscrowChain =>
  createEscrowChain({
    rpc: createJsonRpc(options.url ?? chain.url, options.timeoutMs),
    signer,
    contracts: polygon,
    escrow: FEE_ESCROW,
    confirmations: options.confirmations ?? 1,
  });

beforeEach(async () => {
  chain = await startForTest();
  escrow = connect();
  journal = [];
});
afterEach(() => chain.close());

const orderId = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
async function pull(n = 1, fee = 1_000_000, deadline = DEADLINE): Promise<PullFee> {
  const signed = pullOf({ orderId: orderId(n), feeAmount: fee, deadline });
  const signature = (await signPull(signed)) as Hex;
  return { orderId: orderId(n), payer: PAYER.address as Hex, fee: asMicro(BigInt(fee)), deadline, signature };
}
const last = (): SignedTransaction => {
  const transaction = journal.at(-1);
  if (transaction === undefined) throw new Error('nothing was journaled');
  return transaction;
};
const sums = async (): Promise<readonly string[]> => {
  const { pulled, distributed, refunded, held } = (await chain.stats()).escrow;
  return [pulled, distributed, refunded, held];
};
const sent = async (): Promise<number> => (await chain.stats()).requests['eth_sendRawTransaction'] ?? 0;
const short = (outcome: SendOutcome): string => (outcome.ok ? outcome.state : outcome.reason);

describe('a fee is pulled once', () => {
  test('pulled, and said again: already; the sums are those of the contract', async () => {
    expect(await escrow.escrow(orderId(1))).toEqual({ ok: true, value: undefined });
    expect(short(await escrow.pullFee(await pull(), write))).toBe('accepted');
    expect(await escrow.settle(last())).toMatchObject({ ok: true, state: 'mined', success: true });
    expect(await escrow.pullFee(await pull(), write)).toEqual({ ok: true, state: 'already' });
    expect(await escrow.escrow(orderId(1))).toEqual({
      ok: true,
      value: { payer: PAYER.address.toLowerCase(), pulled: 1_000_000n, distributed: 0n, refunded: 0n },
    });
    expect(await escrow.payerFunds(PAYER.address as Hex)).toEqual({
      ok: true,
      value: { balance: 9_000_000n, allowance: 4_000_000n },
    });
    expect(await sent()).toBe(1);
  });

  test('an order id that served another fee is refused, and nothing is signed', async () => {
    await escrow.pullFee(await pull(), write);
    expect(await escrow.pullFee(await pull(1, 2_000_000), write)).toEqual({
      ok: false,
      reason: 'REFUSED',
      why: 'OrderExists',
    });
    expect(journal).toHaveLength(1);
  });

  test("what the contract would refuse is refused by its error's name, before anything is signed", async () => {
    const forged = { ...(await pull()), fee: asMicro(2n) };
    const cases: readonly (readonly [PullFee, string])[] = [
      [forged, 'InvalidSignature'],
      [await pull(1, 1_000_000, 1_000_000_000), 'SignatureExpired'],
      [await pull(1, 6_000_000), 'ERC20: transfer amount exceeds allowance'],
    ];
    for (const [wrong, why] of cases)
      expect(await escrow.pullFee(wrong, write)).toEqual({ ok: false, reason: 'REFUSED', why });
    expect(journal).toEqual([]);
    expect(await sent()).toBe(0);
  });

  test('the journal has the transaction before its first byte leaves; without it nothing leaves', async () => {
    let sentBefore = -1;
    await escrow.pullFee(await pull(), async () => {
      sentBefore = await sent();
    });
    expect(sentBefore).toBe(0);
    const broken = escrow.pullFee(await pull(2), () => {
      throw new Error('disk full');
    });
    await expect(broken).rejects.toThrow('disk full');
    expect(await sent()).toBe(1);
    expect(short(await escrow.pullFee(await pull(2), write))).toBe('accepted');
  });

  test('a move that the contract has made is already; one from another sum is refused', async () => {
    await escrow.pullFee(await pull(), write);
    const move = (name: 'distribute' | 'refund', before: bigint, amount: bigint, n = 1) =>
      escrow[name]({ orderId: orderId(n), before: asMicro(before), amount: asMicro(amount) }, write);
    const outcomes = [
      await move('distribute', 0n, 600_000n),
      await move('distribute', 0n, 600_000n),
      await move('distribute', 600_000n, 100_000n),
      await move('distribute', 600_000n, 200_000n),
      await move('refund', 0n, 300_000n),
      await move('refund', 0n, 300_000n),
      await move('refund', 300_000n, 1n),
      await move('refund', 0n, 1n, 9),
    ];
    expect(outcomes.map((outcome) => ('why' in outcome ? outcome.why : short(outcome)))).toEqual([
      'accepted',
      'already',
      'accepted',
      'MOVED',
      'accepted',
      'already',
      'ExceedsRemaining',
      'OrderNotFound',
    ]);
    expect(await sums()).toEqual(['1000000', '700000', '300000', '0']);
  });
});

describe('whatever happens to the send, the fee is pulled once and the outcome is found', () => {
  const SEND = '/eth_sendRawTransaction';

  test.each([
    ['the reply is lost', { kind: 'drop_after' }],
    ['the connection dies before the request', { kind: 'drop_before' }],
    ['the node fails before it acts', { kind: 'status', status: 503 }],
    ['the node fails after it acted', { kind: 'status', status: 502, after_processing: true }],
    ['the node limits', { kind: 'status', status: 429 }],
    ['the reply is half a reply', { kind: 'malformed', after_processing: true }],
    ['no reply ever comes', { kind: 'hang', after_processing: true }],
  ])('%s', async (_name, fault) => {
    await chain.control('faults', { path: SEND, ...fault });
    const impatient = connect({ timeoutMs: fault.kind === 'hang' ? 1_500 : 10_000 });
    expect(await impatient.pullFee(await pull(), write)).toMatchObject({
      reason: 'UNKNOWN',
      transaction: last(),
    });
    // What a process that died here would do after its restart, with nothing but the journal.
    await escrow.settle(last());
    expect(await escrow.settle(last())).toMatchObject({ state: 'mined', success: true });
    expect(await escrow.pullFee(await pull(), write)).toEqual({ ok: true, state: 'already' });
    expect(await sums()).toEqual(['1000000', '0', '0', '1000000']);
  });

  test('a node that forgets what it accepted is told again', async () => {
    await chain.control('drop', { times: 1 });
    expect(short(await escrow.pullFee(await pull(), write))).toBe('accepted');
    expect((await chain.stats()).counts.dropped).toBe(1);
    expect(await escrow.settle(last())).toEqual({ ok: true, state: 'pending' });
    expect(await escrow.settle(last())).toMatchObject({ state: 'mined', success: true });
  });

  test('a transaction that reverts when it is mined moved nothing and may be asked for again', async () => {
    await chain.control('revert', { function: 'pullFee' });
    await escrow.pullFee(await pull(), write);
    expect(await escrow.settle(last())).toMatchObject({ state: 'mined', success: false });
    expect(await sums()).toEqual(['0', '0', '0', '0']);
    expect(short(await escrow.pullFee(await pull(), write))).toBe('accepted');
    expect(await sums()).toEqual(['1000000', '0', '0', '1000000']);
  });

  test('a transaction whose nonce another one used is lost for good', async () => {
    await chain.control('mining', { mode: 'manual' });
    await escrow.pullFee(await pull(), write);
    const forgotten = last();
    await chain.control('evict');
    await chain.control('mining', { mode: 'auto' });
    await run(chain.escrow, 'pullFee', ...Object.values(pullOf()), await signPull(pullOf()), PAYER.address);
    expect(await escrow.settle(forgotten)).toEqual({ ok: true, state: 'lost' });
  });

  test('a chain that cannot be reached gets nothing, and no news of it are no news', async () => {
    const gone = await startForTest();
    await gone.close();
    const away = connect({ url: gone.url });
    expect(await away.pullFee(await pull(), write)).toMatchObject({ reason: 'NOT_SENT' });
    expect(await away.escrow(orderId(1))).toEqual({ ok: false, reason: 'UNAVAILABLE' });
    expect(journal).toEqual([]);
    await escrow.pullFee(await pull(), write);
    expect(await away.settle(last())).toEqual({ ok: false, reason: 'UNAVAILABLE' });
  });

  test('processes with one key get in the way of each other and lose nothing', async () => {
    // A send loses the nonce only to one that succeeds, and the other ports send four: fewer than the attempts.
    const count = 6;
    const pulls = await Promise.all(Array.from({ length: count }, (_one, n) => pull(n + 1, 100_000)));
    const ports = [connect(), connect(), connect()];
    const send = async (one: PullFee, n: number): Promise<SendOutcome> =>
      (ports[n % ports.length] ?? escrow).pullFee(one, write);
    const outcomes = await Promise.all(pulls.map(send));
    expect(outcomes.map(short)).toEqual(Array.from({ length: count }, () => 'accepted'));
    expect(await sums()).toEqual([String(count * 100_000), '0', '0', String(count * 100_000)]);
  });
});

test('a transaction counts once it is as deep as the operator wants', async () => {
  const careful = connect({ confirmations: 3 });
  await careful.pullFee(await pull(), write);
  expect(await careful.settle(last())).toEqual({ ok: true, state: 'pending' });
  await chain.control('mine', { blocks: 2 });
  expect(await careful.settle(last())).toMatchObject({ state: 'mined', success: true });
});

describe('a key signs nothing but what its policy names', () => {
  const base: UnsignedTransaction = {
    chainId: 137,
    nonce: 0,
    to: FEE_ESCROW,
    data: '0x7249fbb6',
    gas: 100_000n,
    maxFeePerGas: 10n ** 9n,
    maxPriorityFeePerGas: 10n ** 9n,
  };
  const policy = { chainId: 137, calls: { [FEE_ESCROW]: [base.data] }, maxCost: 10n ** 15n };
  const wallet = keySigner(RELAYER.privateKey, policy);

  test('address and signature are those of the key', async () => {
    expect(wallet.address).toBe(RELAYER.address.toLowerCase());
    expect(await wallet.signTransaction(base)).toMatchObject({ ok: true });
  });

  test.each([
    ['another contract', { to: STRANGER.address as Hex }],
    ['another function', { data: '0xa9059cbb' }],
    ['another chain', { chainId: 1 }],
    ['more gas than it may cost', { gas: 1_000_001n }],
  ] satisfies readonly (readonly [string, Partial<UnsignedTransaction>])[])(
    '%s is forbidden',
    async (_name, change: Partial<UnsignedTransaction>) => {
      expect(await wallet.signTransaction({ ...base, ...change })).toEqual({
        ok: false,
        reason: 'FORBIDDEN',
      });
    },
  );
});
