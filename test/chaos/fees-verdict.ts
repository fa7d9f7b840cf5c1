import type { SentCommand } from './sent-command.ts';
import type { VenueOrderState } from './venue-orders.ts';
import type { ChainEscrow, ChainStock } from './chain-stock.ts';
import { PAYER_FUNDS } from './fees.ts';
import type { EscrowRow } from './journals.ts';

/** What must hold of the fees after a storm, and how many were pulled. */
export interface FeesVerdict {
  readonly violations: readonly string[];
  readonly signed: number;
  readonly pulled: number;
}

type Fail = (what: string) => void;
const nothing = { pulled: 0n, distributed: 0n, refunded: 0n };
const sums = ({ pulled, distributed, refunded }: typeof nothing): string =>
  `pulled ${pulled}, distributed ${distributed}, refunded ${refunded}`;

/**
 * Each fee went where its order went: all of it distributed with one that was filled, given back with one that was
 * cancelled or never reached the venue, held while it rests. Chain and journal say the same of each, and the sums of
 * the chain, its balances, and what was signed add up: nothing was pulled twice, nothing is missing.
 */
export function judgeFees(
  said: readonly SentCommand[],
  standing: readonly VenueOrderState[],
  rows: readonly EscrowRow[],
  chain: ChainStock,
): FeesVerdict {
  const violations: string[] = [];
  const fail: Fail = (what) => void violations.push(what);
  const byId = new Map(rows.map((row) => [row.order_id, row]));
  if (byId.size !== rows.length) fail('an order id has two escrows');
  const orders = new Map(standing.map((order) => [`${order.book} ${order.id}`, order]));
  const spent = new Map<string, bigint>();
  const known = new Set<string>();
  let [pulls, pulled, distributed, refunded] = [0, 0n, 0n, 0n];

  for (const { planned, account, fees } of said) {
    if (fees.length === 0) continue;
    let paid = 0;
    for (const { order_id, payer, fee_amount } of fees) {
      known.add(order_id);
      const row = byId.get(order_id);
      const onChain = chain.escrows.get(order_id);
      const fee = { name: `the fee of #${planned.n} (${order_id})`, amount: BigInt(fee_amount), payer };
      const order = row?.venue_order ? orders.get(`${account.book} ${row.venue_order}`) : undefined;
      if (row?.venue_order && !order) fail(`${fee.name} was for ${row.venue_order}, which does not stand`);
      if (order) paid += 1;
      if (order && order.size !== planned.size) fail(`${fee.name} paid for another order, of ${order.size}`);
      judgeOne(fee, row, onChain ?? { payer: '', ...nothing }, order, fail);
      if (!onChain || onChain.pulled === 0n) continue;
      pulls += 1;
      pulled += onChain.pulled;
      distributed += onChain.distributed;
      refunded += onChain.refunded;
      const name = payer.toLowerCase();
      spent.set(name, (spent.get(name) ?? 0n) + onChain.pulled - onChain.refunded);
    }
    const stands = standing.filter(({ book, size }) => book === account.book && size === planned.size).length;
    if (paid !== stands) fail(`#${planned.n} has ${stands} orders at the venue and ${paid} fees for them`);
  }

  for (const { order_id } of rows) if (!known.has(order_id)) fail(`nobody signed the escrow ${order_id}`);
  const { totals } = chain;
  const same = (what: string, has: bigint | number, shall: bigint | number): void => {
    if (has !== shall) fail(`${what}: ${has} instead of ${shall}`);
  };
  same('pulls by the events', totals.orders, pulls);
  same('pulled by the events', totals.pulled, pulled);
  same('distributed by the events', totals.distributed, distributed);
  same('refunded by the events', totals.refunded, refunded);
  same('held by the contract', totals.held, pulled - distributed - refunded);
  same("the contract's balance", totals.balance, totals.held);
  same("treasury's and affiliate's balance", chain.earned, distributed);
  for (const [payer, balance] of chain.payers)
    same(`the balance of ${payer}`, balance, PAYER_FUNDS - (spent.get(payer) ?? 0n));
  return { violations, signed: known.size, pulled: pulls };
}

/** One fee: chain against journal, and both against what became of its order. */
function judgeOne(
  fee: { readonly name: string; readonly amount: bigint; readonly payer: string },
  row: EscrowRow | undefined,
  onChain: ChainEscrow,
  order: VenueOrderState | undefined,
  fail: Fail,
): void {
  const record = row?.record ?? nothing;
  if (sums(record) !== sums(onChain))
    fail(`${fee.name}: the journal says ${sums(record)}, the chain ${sums(onChain)}`);
  if (row?.record.transfer !== undefined) fail(`${fee.name} has a transfer in flight`);
  if (onChain.pulled === 0n) {
    if (order) fail(`${fee.name} was never pulled, and its order stands`);
    return;
  }
  if (onChain.pulled !== fee.amount) fail(`${fee.name}: ${onChain.pulled} pulled of ${fee.amount}`);
  if (onChain.payer !== fee.payer.toLowerCase()) fail(`${fee.name} was paid by ${onChain.payer}`);
  const expected = { ...nothing, pulled: fee.amount };
  const ended = order?.status ?? 'cancelled';
  if (ended === 'filled') expected.distributed = fee.amount;
  if (ended === 'cancelled') expected.refunded = fee.amount;
  if (sums(onChain) !== sums(expected))
    fail(`${fee.name}: ${sums(onChain)}, but its order is ${order?.status ?? 'not at the venue'}`);
}
