import { decodeFunctionResult, encodeFunctionData } from 'viem/utils';
import { asMicro, type Micro } from '../money/fixed.ts';
import type { Hex } from '../signing/checks.ts';
import { erc20Abi, escrowAbi } from './abi.ts';
import type { ChainContracts } from './polygon-contracts.ts';
import type { JsonRpc } from './json-rpc.ts';
import type {
  ChainRead,
  ChainSigner,
  EscrowChain,
  EscrowMove,
  EscrowTotals,
  TransactionJournal,
  PullFee,
  SendOutcome,
} from './port.ts';
import { callView } from './node-replies.ts';
import { createSender, type Sender } from './sender.ts';

export interface EscrowChainOptions {
  readonly rpc: JsonRpc;
  /** The operator's relayer. */
  readonly signer: ChainSigner;
  readonly contracts: Pick<ChainContracts, 'chainId' | 'usdc'>;
  readonly escrow: Hex;
  /** Blocks after which a transaction counts as mined; 1 where none is ever taken back. */
  readonly confirmations?: number;
}

const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';

/** The fee escrow behind a JSON-RPC node. */
export function createEscrowChain(options: EscrowChainOptions): EscrowChain {
  const { rpc, signer, contracts, escrow: contract, confirmations = 1 } = options;
  const sender = createSender({ rpc, signer, chainId: contracts.chainId, confirmations });
  const context: Context = { rpc, sender, contract };
  return {
    escrow: (orderId) => readEscrow(context, orderId),
    payerFunds: async (payer) => {
      const read = (functionName: 'balanceOf' | 'allowance', args: readonly Hex[]) =>
        readAmount(rpc, contracts.usdc, functionName, args);
      const [balance, allowance] = await Promise.all([
        read('balanceOf', [payer]),
        read('allowance', [payer, contract]),
      ]);
      if (balance === undefined || allowance === undefined) return unavailable;
      return { ok: true, value: { balance, allowance } };
    },
    pullFee: (pull, journal) => pullFee(context, pull, journal),
    distribute: (move, journal) => moveFee(context, 'distribute', move, journal),
    refund: (move, journal) => moveFee(context, 'refund', move, journal),
    settle: (transaction) => sender.settle(transaction),
  };
}

interface Context {
  readonly rpc: JsonRpc;
  readonly sender: Sender;
  readonly contract: Hex;
}

const unavailable = { ok: false, reason: 'UNAVAILABLE' } as const;
const notSent: SendOutcome = { ok: false, reason: 'NOT_SENT', why: 'the chain did not answer' };

async function readEscrow(
  { rpc, contract }: Context,
  orderId: Hex,
): Promise<ChainRead<EscrowTotals | undefined>> {
  const call = { abi: escrowAbi, functionName: 'escrows' } as const;
  const data = await callView(rpc, contract, encodeFunctionData({ ...call, args: [orderId] }));
  const words = decoded(data, (bytes) => decodeFunctionResult({ ...call, data: bytes }));
  if (words === undefined) return unavailable;
  const [payer, , pulled, distributed, refunded] = words;
  if (payer === ZERO_ADDRESS) return { ok: true, value: undefined };
  const totals = {
    payer: lower(payer),
    pulled: asMicro(pulled),
    distributed: asMicro(distributed),
    refunded: asMicro(refunded),
  };
  return { ok: true, value: totals };
}

/** An id that was used by anyone else, or for another amount, is not this pull. */
async function pullFee(context: Context, pull: PullFee, journal: TransactionJournal): Promise<SendOutcome> {
  const { orderId, payer, fee, deadline, signature, affiliate = ZERO_ADDRESS } = pull;
  const before = await readEscrow(context, orderId);
  if (!before.ok) return notSent;
  if (before.value !== undefined) {
    const same = before.value.payer === lower(payer) && before.value.pulled === fee;
    return same ? { ok: true, state: 'already' } : { ok: false, reason: 'REFUSED', why: 'OrderExists' };
  }
  const args = [orderId, payer, fee, BigInt(deadline), signature, affiliate] as const;
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'pullFee', args });
  return context.sender.send({ to: context.contract, data, abi: escrowAbi }, journal);
}

/** The contract moves amounts, so what it has moved already is looked at first. */
async function moveFee(
  context: Context,
  functionName: 'distribute' | 'refund',
  { orderId, before, amount }: EscrowMove,
  journal: TransactionJournal,
): Promise<SendOutcome> {
  const now = await readEscrow(context, orderId);
  if (!now.ok) return notSent;
  if (now.value === undefined) return { ok: false, reason: 'REFUSED', why: 'OrderNotFound' };
  const moved = functionName === 'distribute' ? now.value.distributed : now.value.refunded;
  if (moved >= before + amount) return { ok: true, state: 'already' };
  if (moved !== before) return { ok: false, reason: 'REFUSED', why: 'MOVED' };
  const data = encodeFunctionData({ abi: escrowAbi, functionName, args: [orderId, amount] });
  return context.sender.send({ to: context.contract, data, abi: escrowAbi }, journal);
}

async function readAmount(
  rpc: JsonRpc,
  token: Hex,
  functionName: 'balanceOf' | 'allowance',
  args: readonly Hex[],
): Promise<Micro | undefined> {
  const [owner = ZERO_ADDRESS, spender = ZERO_ADDRESS] = args;
  const data =
    functionName === 'balanceOf'
      ? encodeFunctionData({ abi: erc20Abi, functionName, args: [owner] })
      : encodeFunctionData({ abi: erc20Abi, functionName, args: [owner, spender] });
  const result = await callView(rpc, token, data);
  const amount = decoded(result, (bytes) =>
    decodeFunctionResult({ abi: erc20Abi, functionName, data: bytes }),
  );
  return amount === undefined ? undefined : asMicro(amount);
}

/** A reply that is no result of this function is no answer. */
function decoded<T>(data: Hex | undefined, decode: (bytes: Hex) => T): T | undefined {
  if (data === undefined) return undefined;
  try {
    return decode(data);
  } catch {
    return undefined;
  }
}

const lower = (address: Hex): Hex => `0x${address.slice(2).toLowerCase()}`;
