import { decodeFunctionResult, encodeFunctionData } from 'viem/utils';
import type { Hex } from '../signing/checks.ts';
import { conditionalTokensAbi, negRiskAdapterAbi } from './abi.ts';
import type { ChainContracts } from './polygon-contracts.ts';
import type { JsonRpc } from './json-rpc.ts';
import type {
  ChainSigner,
  CtfAmount,
  CtfChain,
  CtfRedemption,
  TransactionJournal,
  SendOutcome,
} from './port.ts';
import { callView } from './node-replies.ts';
import { createSender, type ContractCall } from './sender.ts';

export interface CtfChainOptions {
  readonly rpc: JsonRpc;
  /** The wallet that has the collateral and the tokens: only a wallet of its own key, not a Safe. */
  readonly signer: ChainSigner;
  readonly contracts: ChainContracts;
  readonly confirmations?: number;
}

const NO_PARENT = `0x${'00'.repeat(32)}` as const;
/** Index sets of the first and the second outcome: markets are binary. */
const OUTCOMES = [1n, 2n] as const;

/** Conditional tokens behind a JSON-RPC node. Plain markets go to the tokens' contract, neg-risk ones to its adapter. */
export function createCtfChain({ rpc, signer, contracts, confirmations = 1 }: CtfChainOptions): CtfChain {
  const sender = createSender({ rpc, signer, chainId: contracts.chainId, confirmations });
  const amountCall =
    (functionName: 'splitPosition' | 'mergePositions') =>
    (command: CtfAmount, journal: TransactionJournal): Promise<SendOutcome> =>
      sender.send(callOf(contracts, functionName, command), journal);
  return {
    split: amountCall('splitPosition'),
    merge: amountCall('mergePositions'),
    redeem: async (command, journal) => {
      const call = await redemption({ rpc, signer, contracts }, command);
      if (call === undefined) return { ok: false, reason: 'NOT_SENT', why: 'the chain did not answer' };
      return sender.send(call, journal);
    },
    settle: (transaction) => sender.settle(transaction),
  };
}

function callOf(
  contracts: ChainContracts,
  functionName: 'splitPosition' | 'mergePositions',
  { conditionId, negRisk, amount }: CtfAmount,
): ContractCall {
  if (negRisk) {
    const args = [conditionId, amount] as const;
    const data = encodeFunctionData({ abi: negRiskAdapterAbi, functionName, args });
    return { to: contracts.negRiskAdapter, data, abi: negRiskAdapterAbi };
  }
  const args = [contracts.usdc, NO_PARENT, conditionId, OUTCOMES, amount] as const;
  const data = encodeFunctionData({ abi: conditionalTokensAbi, functionName, args });
  return { to: contracts.conditionalTokens, data, abi: conditionalTokensAbi };
}

/** A plain redemption takes all of both outcomes; the adapter must be told how much of each. */
async function redemption(
  { rpc, signer, contracts }: Pick<CtfChainOptions, 'rpc' | 'signer' | 'contracts'>,
  { conditionId, negRisk, amounts }: CtfRedemption,
): Promise<ContractCall | undefined> {
  const functionName = 'redeemPositions';
  if (!negRisk) {
    const args = [contracts.usdc, NO_PARENT, conditionId, OUTCOMES] as const;
    const data = encodeFunctionData({ abi: conditionalTokensAbi, functionName, args });
    return { to: contracts.conditionalTokens, data, abi: conditionalTokensAbi };
  }
  const held =
    amounts ??
    (await Promise.all(
      OUTCOMES.map((indexSet) => tokensOf({ rpc, contracts }, signer.address, conditionId, indexSet)),
    ));
  const known = held.filter((amount) => amount !== undefined);
  if (known.length < OUTCOMES.length) return undefined;
  const data = encodeFunctionData({ abi: negRiskAdapterAbi, functionName, args: [conditionId, known] });
  return { to: contracts.negRiskAdapter, data, abi: negRiskAdapterAbi };
}

/** What a wallet has of one outcome of a neg-risk market; undefined when no node said. */
async function tokensOf(
  { rpc, contracts }: Pick<CtfChainOptions, 'rpc' | 'contracts'>,
  owner: Hex,
  conditionId: Hex,
  indexSet: bigint,
): Promise<bigint | undefined> {
  const abi = conditionalTokensAbi;
  const ask = (data: Hex): Promise<Hex | undefined> => callView(rpc, contracts.conditionalTokens, data);
  try {
    const collection = await ask(
      encodeFunctionData({ abi, functionName: 'getCollectionId', args: [NO_PARENT, conditionId, indexSet] }),
    );
    if (collection === undefined) return undefined;
    const id = await ask(
      encodeFunctionData({
        abi,
        functionName: 'getPositionId',
        args: [contracts.wrappedCollateral, collection],
      }),
    );
    if (id === undefined) return undefined;
    const balance = await ask(
      encodeFunctionData({ abi, functionName: 'balanceOf', args: [owner, BigInt(id)] }),
    );
    if (balance === undefined) return undefined;
    return decodeFunctionResult({ abi, functionName: 'balanceOf', data: balance });
  } catch {
    // A node that answers with words of another length has not answered.
    return undefined;
  }
}
