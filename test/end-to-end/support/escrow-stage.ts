import { randomBytes, randomUUID } from 'node:crypto';
import { Contract, providers, Wallet } from 'ethers';
import { expect, vi } from 'vitest';
import { FEE_ESCROW, USDC } from '../../../emulators/chain/index.ts';
import { DEADLINE, ERC20_ABI, ESCROW_ABI, signPull, view } from '../../../emulators/chain/test/support.ts';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { controlVenue } from '../../support/control.ts';
import { operate } from '../../support/tenants.ts';
import { member, textOf, type Answer, type Ask } from './ask.ts';
import { newBuilder, type Builder } from './builder.ts';
import { liveStage, order, ordersPath, type LiveStage, type OrderMembers } from './live-stage.ts';
import { PATIENCE } from '../../support/patience.ts';

/** What was agreed with the builder: 25 basis points, so 100 shares at 0.50 cost 125,000 base units. */
export const TERMS = {
  fee_escrow_enabled: true,
  fee_bps: 25,
  min_fee_usdc: '0.001',
  max_fee_usdc: '2',
  affiliate_address: `0x${'af'.repeat(20)}`,
  affiliate_fee_bps: 2_000,
  treasury_address: `0x${'7e'.repeat(20)}`,
};
export const FEE = 125_000;
/** 100 shares at 0.50. */
export const HUNDRED = { price: 0.5, size: 100 };

/** What the payer has and allows, base units. */
export const FUNDS = 10_000_000;

export interface FeeAuth {
  readonly order_id: string;
  readonly payer: string;
  readonly fee_amount: number | string;
  readonly deadline: number;
  readonly signature: string;
}

/** A builder with fee escrow, a customer of its that can trade, and a payer with money on the chain. */
export interface EscrowStage {
  readonly builder: Builder;
  readonly customer: string;
  readonly payer: Wallet;
  readonly market: LiveStage;
  /** Asks as the customer. */
  readonly ask: (method: string, path: string, body?: unknown, headers?: Ask['headers']) => Promise<Answer>;
  readonly place: (members: OrderMembers, headers?: Ask['headers']) => Promise<Answer>;
  readonly cancel: (id: string) => Promise<Answer>;
  /** The escrow of an order, as the builder reads it. */
  readonly escrow: (orderId: string) => Promise<Answer>;
  /** What the contract says: pulled, distributed, refunded. */
  readonly onChain: (orderId: string) => Promise<readonly number[]>;
  readonly payerHas: () => Promise<number>;
  /** Transactions of the relayer, and orders on the market. */
  readonly counts: () => Promise<readonly [transactions: number, orders: number]>;
}

export async function escrowStage(file: PosternFile, nth: number): Promise<EscrowStage> {
  const builder = await newBuilder(file);
  const agreed = await operate(file, 'PUT', `/tenants/${builder.tenant}/escrow`, TERMS);
  expect(agreed.status, await agreed.text()).toBe(200);
  const { id: customer } = await builder.create();
  const as = (method: string, path: string, body?: unknown, headers: Ask['headers'] = {}) =>
    builder.call(method, path, body, { 'x-builder-customer-id': customer, ...headers });
  const market = await liveStage(file, 'polymarket', nth);
  const linked = await as('POST', '/api/v1/onboard', {
    exchange: 'polymarket',
    mode: 'self',
    ...(await market.newMember()),
  });
  expect(linked.status, linked.text).toBe(200);
  const payer = Wallet.createRandom();
  const funds = { address: payer.address, usdc: String(FUNDS), allowances: { escrow: String(FUNDS) } };
  await controlVenue(file, 'fund', funds, 'POST', 'chain');
  const provider = new providers.StaticJsonRpcProvider(file.emulators.chain, 137);
  const contract = new Contract(FEE_ESCROW, ESCROW_ABI, provider);
  const usdc = new Contract(USDC, ERC20_ABI, provider);
  return {
    builder,
    customer,
    payer,
    market,
    ask: as,
    place: (members, headers) => as('POST', ordersPath(market), order(market, members), headers),
    cancel: (id) => as('DELETE', ordersPath(market, id)),
    escrow: (orderId) => builder.call('GET', `/api/v1/builder/escrow/orders/${orderId}`),
    onChain: async (orderId) => (await view(contract, 'escrows', orderId)).split(',').slice(2).map(Number),
    payerHas: async () => Number(await view(usdc, 'balanceOf', payer.address)),
    counts: () => Promise.all([provider.getTransactionCount(file.relayer), market.orders()]),
  };
}

/** A payer's signed word for an order; `signed` is what it signs where that is not what it says. */
export async function feeAuth(
  { payer }: EscrowStage,
  said: Partial<FeeAuth> = {},
  signed: Partial<Omit<FeeAuth, 'signature'>> = {},
): Promise<FeeAuth> {
  const usual = {
    order_id: `0x${randomBytes(32).toString('hex')}`,
    payer: payer.address,
    fee_amount: FEE,
    deadline: DEADLINE,
    ...said,
  };
  const { order_id: orderId, payer: by, fee_amount, deadline } = { ...usual, ...signed };
  const pull = { orderId, payer: by, feeAmount: Number(fee_amount), deadline };
  return { ...usual, signature: said.signature ?? (await signPull(pull, payer)) };
}

/** What an escrow's answer says of the money: state, pulled, distributed, refunded, held. */
export const money = (answer: Answer): readonly unknown[] => [
  member(answer, 'state'),
  ...['pulled', 'distributed', 'refunded', 'held'].map((name) => Number(textOf(answer, name))),
];

/** The alarm's pauses, on a busy machine. */

/** Waits until the escrow has come to this. */
export async function settles(
  stage: EscrowStage,
  orderId: string,
  expected: readonly [state: string, ...sums: readonly number[]],
): Promise<void> {
  // Not `expect.poll`: stages are set in hooks too.
  const look = async (): Promise<void> => expect(money(await stage.escrow(orderId))).toEqual(expected);
  await vi.waitFor(look, PATIENCE);
  const [, pulled, distributed, refunded] = expected;
  expect(await stage.onChain(orderId)).toEqual([pulled, distributed, refunded]);
}

export const newKey = (): Record<string, string> => ({ 'idempotency-key': randomUUID() });
