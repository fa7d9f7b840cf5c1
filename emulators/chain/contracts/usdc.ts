import { utils } from 'ethers';
import { hexOf, revertWith, word, type Call, type Contract } from '../evm/contract.ts';
import type { Storage } from '../evm/storage.ts';
import { USDC } from './addresses.ts';

const abi = new utils.Interface([
  'function decimals() view returns (uint8)',
  'function symbol() view returns (string)',
  'function totalSupply() view returns (uint256)',
  'function balanceOf(address owner) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function approve(address spender, uint256 amount) returns (bool)',
  'function transfer(address to, uint256 amount) returns (bool)',
  'function transferFrom(address from, address to, uint256 amount) returns (bool)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'event Approval(address indexed owner, address indexed spender, uint256 value)',
]);

const balanceSlot = (owner: string): string => `usdc.balance.${owner}`;
const allowanceSlot = (owner: string, spender: string): string => `usdc.allowance.${owner}.${spender}`;
const SUPPLY = 'usdc.supply';
const UNLIMITED = 2n ** 256n - 1n;

/** Bridged USDC: six decimals, the ERC-20 functions. */
export const usdc: Contract = {
  address: USDC,
  abi,
  functions: {
    decimals: () => [6],
    symbol: () => ['USDC.e'],
    totalSupply: ({ storage }) => [storage.get(SUPPLY)],
    balanceOf: ({ storage }, args) => [storage.get(balanceSlot(hexOf(args[0])))],
    allowance: ({ storage }, args) => [storage.get(allowanceSlot(hexOf(args[0]), hexOf(args[1])))],
    approve: (call, args) => {
      call.storage.set(allowanceSlot(call.sender, hexOf(args[0])), word(args[1]));
      call.emit('Approval', [call.sender, args[0], args[1]]);
      return [true];
    },
    transfer: (call, args) => move(call, call.sender, hexOf(args[0]), word(args[1])),
    transferFrom: (call, args) => {
      const from = hexOf(args[0]);
      const amount = word(args[2]);
      const slot = allowanceSlot(from, call.sender);
      const allowed = call.storage.get(slot);
      if (allowed < amount) throw revertWith('ERC20: transfer amount exceeds allowance');
      if (allowed !== UNLIMITED) call.storage.set(slot, allowed - amount);
      return move(call, from, hexOf(args[1]), amount);
    },
  },
};

function move(call: Call, from: string, to: string, amount: bigint): readonly unknown[] {
  const balance = call.storage.get(balanceSlot(from));
  if (balance < amount) throw revertWith('ERC20: transfer amount exceeds balance');
  call.storage.set(balanceSlot(from), balance - amount);
  call.storage.set(balanceSlot(to), call.storage.get(balanceSlot(to)) + amount);
  call.emit('Transfer', [from, to, amount]);
  return [true];
}

/** Test money out of nowhere; the supply counts it. */
export function mint(storage: Storage, to: string, amount: bigint): void {
  storage.set(balanceSlot(to), storage.get(balanceSlot(to)) + amount);
  storage.set(SUPPLY, storage.get(SUPPLY) + amount);
}

/** An allowance as if `owner` had approved it. */
export function allow(storage: Storage, owner: string, spender: string, amount: bigint): void {
  storage.set(allowanceSlot(owner, spender), amount);
}
