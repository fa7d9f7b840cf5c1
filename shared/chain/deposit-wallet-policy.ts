import type { Abi } from 'viem';
import { decodeFunctionData, encodeFunctionData } from 'viem/utils';
import type { Hex } from '../signing/checks.ts';
import type { WalletCall } from '../signing/polymarket/wallet-batch.ts';
import { collateralMoveAbi, conditionalTokensAbi, tokenApprovalAbi } from './abi.ts';
import { tradingContracts } from './trading-contracts.ts';

/** Whether the arguments of a call are such that the wallet keeps what it has. */
type Judge = (args: readonly unknown[], wallet: string) => boolean;

interface Allowed {
  readonly abi: Abi;
  /** By the function's name. */
  readonly functions: Readonly<Record<string, Judge>>;
}

const { pusd, usdc, usdcE, conditionalTokens, exchange, negRiskExchange, onramp, offramp, adapters } =
  tradingContracts;

const isOneOf = (value: unknown, addresses: readonly string[]): boolean =>
  typeof value === 'string' && addresses.includes(value.toLowerCase());
/** The first argument is one of these contracts. */
const to =
  (...contracts: readonly string[]): Judge =>
  ([contract]) =>
    isOneOf(contract, contracts);
/** `(asset, to, amount)`: of these assets, to the wallet itself. */
const within =
  (...assets: readonly string[]): Judge =>
  ([asset, receiver], wallet) =>
    isOneOf(asset, assets) && isOneOf(receiver, [wallet]);

const erc20 = (...spenders: readonly string[]): Allowed => ({
  abi: tokenApprovalAbi,
  functions: { approve: to(...spenders) },
});
/** Their first argument is the collateral; what comes out goes to the wallet that calls. */
const position: Allowed = {
  abi: conditionalTokensAbi,
  functions: { splitPosition: to(pusd), mergePositions: to(pusd), redeemPositions: to(pusd) },
};

/** Lower-case address → what a wallet may call there. */
const allowed: Readonly<Record<string, Allowed>> = {
  [pusd]: erc20(exchange, negRiskExchange, ...adapters, offramp),
  [usdc]: erc20(onramp),
  [usdcE]: erc20(onramp),
  [conditionalTokens]: {
    abi: tokenApprovalAbi,
    functions: { setApprovalForAll: to(exchange, negRiskExchange, ...adapters) },
  },
  [onramp]: { abi: collateralMoveAbi, functions: { wrap: within(usdc, usdcE) } },
  [offramp]: { abi: collateralMoveAbi, functions: { unwrap: within(usdc, usdcE) } },
  ...Object.fromEntries(adapters.map((adapter) => [adapter, position])),
};

/**
 * Whether a call leaves all that a deposit wallet has with the wallet or with the contracts that it trades through:
 * approvals of those, wrapping, unwrapping, splitting, merging and redeeming. Transfers are none of them, nor is a
 * call that carries coins, or bytes beside its arguments.
 */
export function keepsFunds({ target, value, data }: WalletCall, wallet: string): boolean {
  const contract = allowed[target.toLowerCase()];
  if (!contract || value !== 0n) return false;
  const call = decoded(contract.abi, data.toLowerCase());
  return call !== undefined && (contract.functions[call.name]?.(call.args, wallet.toLowerCase()) ?? false);
}

function decoded(
  abi: Abi,
  data: string,
): { readonly name: string; readonly args: readonly unknown[] } | undefined {
  try {
    const call = decodeFunctionData({ abi, data: data as Hex });
    const args = call.args ?? [];
    // What the decoder does not read would reach the contract all the same.
    const exact = encodeFunctionData({ abi, functionName: call.functionName, args });
    return exact === data ? { name: call.functionName, args } : undefined;
  } catch {
    return undefined;
  }
}
