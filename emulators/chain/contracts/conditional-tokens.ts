import { utils } from 'ethers';
import { hexOf, revertWith, word, type Contract } from '../evm/contract.ts';
import type { Storage } from '../evm/storage.ts';
import { CONDITIONAL_TOKENS, USDC } from './addresses.ts';
import { collectionId, positionId } from './position-id.ts';

const abi = new utils.Interface([
  'function splitPosition(address collateralToken, bytes32 parentCollectionId, bytes32 conditionId, uint256[] partition, uint256 amount)',
  'function mergePositions(address collateralToken, bytes32 parentCollectionId, bytes32 conditionId, uint256[] partition, uint256 amount)',
  'function redeemPositions(address collateralToken, bytes32 parentCollectionId, bytes32 conditionId, uint256[] indexSets)',
  'function balanceOf(address owner, uint256 id) view returns (uint256)',
  'function isApprovedForAll(address owner, address operator) view returns (bool)',
  'function setApprovalForAll(address operator, bool approved)',
  'function getOutcomeSlotCount(bytes32 conditionId) view returns (uint256)',
  'function payoutNumerators(bytes32 conditionId, uint256 index) view returns (uint256)',
  'function payoutDenominator(bytes32 conditionId) view returns (uint256)',
  'function getCollectionId(bytes32 parentCollectionId, bytes32 conditionId, uint256 indexSet) view returns (bytes32)',
  'function getPositionId(address collateralToken, bytes32 collectionId) view returns (uint256)',
  'event PositionSplit(address indexed stakeholder, address collateralToken, bytes32 indexed parentCollectionId, bytes32 indexed conditionId, uint256[] partition, uint256 amount)',
  'event PositionsMerge(address indexed stakeholder, address collateralToken, bytes32 indexed parentCollectionId, bytes32 indexed conditionId, uint256[] partition, uint256 amount)',
  'event PayoutRedemption(address indexed redeemer, address indexed collateralToken, bytes32 indexed parentCollectionId, bytes32 conditionId, uint256[] indexSets, uint256 payout)',
  'event ApprovalForAll(address indexed owner, address indexed operator, bool approved)',
]);

/** Markets are binary: the first outcome and the second. */
const INDEX_SETS = [1n, 2n] as const;
const OUTCOMES = INDEX_SETS.length;
const NO_PARENT = `0x${'00'.repeat(32)}`;

const balanceSlot = (owner: string, id: bigint): string => `ctf.balance.${owner}.${id}`;
const approvalSlot = (owner: string, operator: string): string => `ctf.approval.${owner}.${operator}`;
const payoutSlot = (condition: string, index: number): string => `ctf.payout.${condition}.${index}`;

/** Conditional tokens of binary conditions over USDC. Every condition id counts as prepared. */
export const conditionalTokens: Contract = {
  address: CONDITIONAL_TOKENS,
  abi,
  functions: {
    splitPosition: (call, args) => {
      const { condition, amount } = readWhole(args);
      call.call(USDC, 'transferFrom', [call.sender, CONDITIONAL_TOKENS, amount]);
      changeSet(call.storage, call.sender, USDC, condition, amount);
      call.emit('PositionSplit', [call.sender, USDC, NO_PARENT, condition, [...args[3]], amount]);
      return [];
    },
    mergePositions: (call, args) => {
      const { condition, amount } = readWhole(args);
      changeSet(call.storage, call.sender, USDC, condition, -amount);
      call.call(USDC, 'transfer', [call.sender, amount]);
      call.emit('PositionsMerge', [call.sender, USDC, NO_PARENT, condition, [...args[3]], amount]);
      return [];
    },
    redeemPositions: (call, args) => {
      requireUsdc(args);
      const condition = hexOf(args[2]);
      let payout = 0n;
      for (const indexSet of [...args[3]].map(word)) {
        const index = Number(indexSet) - 1;
        if (index < 0 || index >= OUTCOMES) throw revertWith('got invalid index set');
        const id = positionOf(USDC, condition, indexSet);
        const amount = call.storage.get(balanceSlot(call.sender, id));
        payout += redeem(call.storage, call.sender, { condition, collateral: USDC, index, amount });
      }
      if (payout > 0n) call.call(USDC, 'transfer', [call.sender, payout]);
      call.emit('PayoutRedemption', [call.sender, USDC, NO_PARENT, condition, [...args[3]], payout]);
      return [];
    },
    balanceOf: ({ storage }, args) => [storage.get(balanceSlot(hexOf(args[0]), word(args[1])))],
    isApprovedForAll: ({ storage }, args) => [isApproved(storage, hexOf(args[0]), hexOf(args[1]))],
    setApprovalForAll: (call, args) => {
      call.storage.set(approvalSlot(call.sender, hexOf(args[0])), args[1] === true ? 1n : 0n);
      call.emit('ApprovalForAll', [call.sender, args[0], args[1]]);
      return [];
    },
    getOutcomeSlotCount: () => [OUTCOMES],
    payoutNumerators: ({ storage }, args) => [storage.get(payoutSlot(hexOf(args[0]), Number(word(args[1]))))],
    payoutDenominator: ({ storage }, args) => [denominator(storage, hexOf(args[0]))],
    getCollectionId: (_call, args) => {
      if (hexOf(args[0]) !== NO_PARENT) throw revertWith('parent collections are not played');
      return [collectionId(hexOf(args[1]), word(args[2]))];
    },
    getPositionId: (_call, args) => [positionId(hexOf(args[0]), hexOf(args[1]))],
  },
};

export const positionOf = (collateral: string, condition: string, indexSet: bigint): bigint =>
  positionId(collateral, collectionId(condition, indexSet));

export const isApproved = (storage: Storage, owner: string, operator: string): boolean =>
  storage.get(approvalSlot(owner, operator)) === 1n;

/** Gives (or, below zero, takes) `amount` of every outcome. @throws Revert when there is not enough. */
export function changeSet(
  storage: Storage,
  owner: string,
  collateral: string,
  condition: string,
  amount: bigint,
): void {
  for (const indexSet of INDEX_SETS)
    changePosition(storage, owner, positionOf(collateral, condition, indexSet), amount);
}

function changePosition(storage: Storage, owner: string, id: bigint, amount: bigint): void {
  const slot = balanceSlot(owner, id);
  const next = storage.get(slot) + amount;
  if (next < 0n) throw revertWith('SafeMath: subtraction overflow');
  storage.set(slot, next);
}

interface Redemption {
  readonly condition: string;
  readonly collateral: string;
  /** 0 for the first outcome. */
  readonly index: number;
  readonly amount: bigint;
}

/** Takes tokens of a decided condition. @returns what they are worth in collateral. */
export function redeem(
  storage: Storage,
  owner: string,
  { condition, collateral, index, amount }: Redemption,
): bigint {
  const whole = denominator(storage, condition);
  if (whole === 0n) throw revertWith('result for condition not received yet');
  changePosition(storage, owner, positionOf(collateral, condition, BigInt(index + 1)), -amount);
  return (amount * storage.get(payoutSlot(condition, index))) / whole;
}

/** The control API's oracle. */
export function reportPayouts(storage: Storage, condition: string, payouts: readonly bigint[]): void {
  for (const [index, payout] of payouts.entries()) storage.set(payoutSlot(condition, index), payout);
}

const denominator = (storage: Storage, condition: string): bigint =>
  INDEX_SETS.reduce((sum, _set, index) => sum + storage.get(payoutSlot(condition, index)), 0n);

function requireUsdc(args: utils.Result): void {
  if (hexOf(args[0]) !== USDC) throw revertWith('only USDC is collateral here');
  if (hexOf(args[1]) !== NO_PARENT) throw revertWith('parent collections are not played');
}

/** A split or merge between USDC and every outcome: the only kind that markets use. */
function readWhole(args: utils.Result): { readonly condition: string; readonly amount: bigint } {
  requireUsdc(args);
  const partition = [...args[3]].map(word);
  const whole = partition.length === OUTCOMES && INDEX_SETS.every((set) => partition.includes(set));
  if (!whole) throw revertWith('partition must be [1,2]');
  return { condition: hexOf(args[2]), amount: word(args[4]) };
}
