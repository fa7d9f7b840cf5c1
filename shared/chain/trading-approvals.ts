import { encodeFunctionData } from 'viem/utils';
import type { WalletCall } from '../signing/polymarket/wallet-batch.ts';
import { tokenApprovalAbi } from './abi.ts';
import { tradingContracts } from './trading-contracts.ts';

const MAX_UINT256 = 2n ** 256n - 1n;

const { pusd, conditionalTokens, exchange, negRiskExchange, adapters } = tradingContracts;
const [adapter, negRiskAdapter] = adapters;

/**
 * The approvals that a deposit wallet needs before it trades, splits, merges and redeems on CTF markets: pUSD and
 * outcome tokens, to both exchanges and both adapters (polymarket-today 4, "Least for CTF markets"). Contracts of other
 * products of the venue are left out.
 */
export const tradingApprovals: readonly WalletCall[] = [
  exchange,
  negRiskExchange,
  adapter,
  negRiskAdapter,
].flatMap((spender) => [
  {
    target: pusd,
    value: 0n,
    data: encodeFunctionData({
      abi: tokenApprovalAbi,
      functionName: 'approve',
      args: [spender, MAX_UINT256],
    }),
  },
  {
    target: conditionalTokens,
    value: 0n,
    data: encodeFunctionData({
      abi: tokenApprovalAbi,
      functionName: 'setApprovalForAll',
      args: [spender, true],
    }),
  },
]);
