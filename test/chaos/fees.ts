import { randomBytes } from 'node:crypto';
import { Wallet } from 'ethers';
import { DEADLINE, signPull } from '../../emulators/chain/test/support.ts';
import { TERMS } from '../end-to-end/support/escrow-stage.ts';
import { controlVenue } from '../support/control.ts';
import type { OwnProgram } from '../support/program.ts';
import { operate } from '../support/tenants.ts';
import type { SentCommand } from './sent-command.ts';

/** What a payer has, base units: more than the fees of all its orders, given back or not. */
export const PAYER_FUNDS = 10_000_000_000n;

/** Lets a builder take fees. Returns somebody with money who pays them. */
export async function openFees({ file }: OwnProgram, tenant: string): Promise<Wallet> {
  const agreed = await operate(file, 'PUT', `/tenants/${tenant}/escrow`, TERMS);
  if (!agreed.ok) throw new Error(`no terms: ${await agreed.text()}`);
  await agreed.body?.cancel();
  const payer = Wallet.createRandom();
  const funds = String(PAYER_FUNDS);
  const body = { address: payer.address, usdc: funds, allowances: { escrow: funds } };
  await controlVenue(file, 'fund', body, 'POST', 'chain');
  return payer;
}

/** The most that the terms allow, base units. A cent of price is 10,000 of them, and so many basis points are one. */
function feeOf({ price, size }: SentCommand['planned']): number {
  const [least, most] = [TERMS.min_fee_usdc, TERMS.max_fee_usdc].map((usdc) =>
    Math.round(Number(usdc) * 1e6),
  );
  return Math.min(Math.max(Math.round(price * 100) * size * TERMS.fee_bps, least ?? 0), most ?? 0);
}

/** Signs a fee for a command's order, under an id that was never used, where its account pays fees. */
export async function signFee({ account: { payer }, planned, fees }: SentCommand): Promise<void> {
  if (!payer) return;
  const pull = {
    orderId: `0x${randomBytes(32).toString('hex')}`,
    payer: payer.address,
    feeAmount: feeOf(planned),
    deadline: DEADLINE,
  };
  fees.push({
    order_id: pull.orderId,
    payer: pull.payer,
    fee_amount: pull.feeAmount,
    deadline: pull.deadline,
    signature: await signPull(pull, payer),
  });
}
