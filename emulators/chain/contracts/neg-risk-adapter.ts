import { utils } from 'ethers';
import { hexOf, revertWith, word, type Call, type Contract } from '../evm/contract.ts';
import { NEG_RISK_ADAPTER, USDC, WRAPPED_COLLATERAL } from './addresses.ts';
import { changeSet, isApproved, redeem } from './conditional-tokens.ts';

const abi = new utils.Interface([
  'function splitPosition(bytes32 conditionId, uint256 amount)',
  'function mergePositions(bytes32 conditionId, uint256 amount)',
  'function redeemPositions(bytes32 conditionId, uint256[] amounts)',
  'event PositionSplit(address indexed stakeholder, bytes32 indexed conditionId, uint256 amount)',
  'event PositionsMerge(address indexed stakeholder, bytes32 indexed conditionId, uint256 amount)',
  'event PayoutRedemption(address indexed redeemer, bytes32 indexed conditionId, uint256[] amounts, uint256 payout)',
]);

/** Split, merge and redeem for markets of which only one can win: USDC in and out, tokens over wrapped collateral. */
export const negRiskAdapter: Contract = {
  address: NEG_RISK_ADAPTER,
  abi,
  functions: {
    splitPosition: (call, args) => {
      const [condition, amount] = [hexOf(args[0]), word(args[1])];
      call.call(USDC, 'transferFrom', [call.sender, NEG_RISK_ADAPTER, amount]);
      changeSet(call.storage, call.sender, WRAPPED_COLLATERAL, condition, amount);
      call.emit('PositionSplit', [call.sender, condition, amount]);
      return [];
    },
    mergePositions: (call, args) => {
      const [condition, amount] = [hexOf(args[0]), word(args[1])];
      requireApproval(call);
      changeSet(call.storage, call.sender, WRAPPED_COLLATERAL, condition, -amount);
      call.call(USDC, 'transfer', [call.sender, amount]);
      call.emit('PositionsMerge', [call.sender, condition, amount]);
      return [];
    },
    redeemPositions: (call, args) => {
      const condition = hexOf(args[0]);
      const amounts = [...args[1]].map(word);
      if (amounts.length !== 2) throw revertWith('amounts of both outcomes');
      requireApproval(call);
      const collateral = WRAPPED_COLLATERAL;
      const payout = amounts.reduce(
        (sum, amount, index) =>
          sum + redeem(call.storage, call.sender, { condition, collateral, index, amount }),
        0n,
      );
      if (payout > 0n) call.call(USDC, 'transfer', [call.sender, payout]);
      call.emit('PayoutRedemption', [call.sender, condition, amounts, payout]);
      return [];
    },
  },
};

/** It takes the caller's tokens, which the caller must have allowed. */
function requireApproval(call: Call): void {
  if (!isApproved(call.storage, call.sender, NEG_RISK_ADAPTER))
    throw revertWith('ERC1155: need operator approval for 3rd party transfers.');
}
