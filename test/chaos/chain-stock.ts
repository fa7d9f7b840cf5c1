import { Contract, providers } from 'ethers';
import * as z from 'zod';
import { CHAIN_ID, FEE_ESCROW, USDC } from '../../emulators/chain/index.ts';
import { TREASURY } from '../../emulators/chain/contracts/addresses.ts';
import { ERC20_ABI, ESCROW_ABI, view } from '../../emulators/chain/test/support.ts';
import { TERMS } from '../end-to-end/support/escrow-stage.ts';
import type { OwnProgram } from '../support/program.ts';
import type { SentCommand } from './sent-command.ts';

/** What the contract says of one order id, base units. */
export interface ChainEscrow {
  readonly payer: string;
  readonly pulled: bigint;
  readonly distributed: bigint;
  readonly refunded: bigint;
}

/** What the chain has, behind the gateway's back. Base units. */
export interface ChainStock {
  /** By the order ids that were signed; ids in lower case, all of it zero where nothing was ever pulled. */
  readonly escrows: ReadonlyMap<string, ChainEscrow>;
  /** Sums and number of pulls from the contract's events, what it says it holds, and what the token says. */
  readonly totals: z.infer<typeof totals>;
  /** By payer, in lower case. */
  readonly payers: ReadonlyMap<string, bigint>;
  /** What treasury and affiliate have. */
  readonly earned: bigint;
}

const units = z.string().transform(BigInt);
const totals = z.object({
  orders: z.number(),
  pulled: units,
  distributed: units,
  refunded: units,
  held: units,
  balance: units,
});
const stats = z.object({ escrow: totals });

/** Reads what became of every fee that was signed. */
export async function chainStock({ file }: OwnProgram, said: readonly SentCommand[]): Promise<ChainStock> {
  const provider = new providers.StaticJsonRpcProvider(file.emulators.chain, CHAIN_ID);
  const contract = new Contract(FEE_ESCROW, ESCROW_ABI, provider);
  const usdc = new Contract(USDC, ERC20_ABI, provider);
  const balance = async (owner: string): Promise<bigint> => BigInt(await view(usdc, 'balanceOf', owner));
  const signed = said.flatMap(({ fees }) => fees);
  const escrows = new Map<string, ChainEscrow>();
  const payers = new Map<string, bigint>();
  for (const { order_id, payer } of signed) {
    const [by = '', , pulled = '', distributed = '', refunded = ''] = (
      await view(contract, 'escrows', order_id)
    ).split(',');
    escrows.set(order_id, {
      payer: by.toLowerCase(),
      pulled: BigInt(pulled),
      distributed: BigInt(distributed),
      refunded: BigInt(refunded),
    });
    const name = payer.toLowerCase();
    if (!payers.has(name)) payers.set(name, await balance(payer));
  }
  const told = await fetch(`${file.emulators.chain}/__control/stats`);
  return {
    escrows,
    totals: stats.parse(await told.json()).escrow,
    payers,
    earned: (await balance(TREASURY)) + (await balance(TERMS.affiliate_address)),
  };
}
