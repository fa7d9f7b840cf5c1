import { head } from '../blocks.ts';
import { FEE_ESCROW, USDC } from '../contracts/addresses.ts';
import { escrowAbi } from '../contracts/fee-escrow.ts';
import { usdc } from '../contracts/usdc.ts';
import { word } from '../evm/contract.ts';
import { execute } from '../evm/machine.ts';
import type { Chain } from '../state.ts';

/** Sums over every order, from the events; `held` and `balance` from the contract and the token. Base units, as digits. */
export function escrowTotals(chain: Chain): Readonly<Record<string, string | number>> {
  const sums = { pulled: 0n, distributed: 0n, refunded: 0n };
  let orders = 0;
  const logs = [...chain.mined.values()].flatMap((mined) => mined.logs);
  for (const log of logs) {
    if (log.address !== FEE_ESCROW) continue;
    const { name, args } = escrowAbi.parseLog({ ...log, topics: [...log.topics] });
    if (name === 'FeePulled') {
      orders += 1;
      sums.pulled += word(args['amount']);
    } else if (name === 'FeeRefunded') sums.refunded += word(args['amount']);
    else sums.distributed += word(args['treasuryAmount']) + word(args['affiliateAmount']);
  }
  const held = view(chain, FEE_ESCROW, escrowAbi.encodeFunctionData('totalHeld'));
  const balance = view(chain, USDC, usdc.abi.encodeFunctionData('balanceOf', [FEE_ESCROW]));
  const amounts = { ...sums, held, balance };
  const digits = Object.entries(amounts).map(([name, value]) => [name, value.toString()] as const);
  return { orders, ...Object.fromEntries(digits) };
}

function view(chain: Chain, to: string, data: string): bigint {
  const from = `0x${'00'.repeat(20)}`;
  return word(execute(chain.machine, { from, to, data }, head(chain).timestamp, false).data);
}
