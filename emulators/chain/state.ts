import type { Block, Mined, Pooled } from './block.ts';
import { conditionalTokens } from './contracts/conditional-tokens.ts';
import { feeEscrow } from './contracts/fee-escrow.ts';
import { negRiskAdapter } from './contracts/neg-risk-adapter.ts';
import { usdc } from './contracts/usdc.ts';
import type { Machine } from './evm/machine.ts';
import { createStorage } from './evm/storage.ts';

/** Polygon. */
export const CHAIN_ID = 137;
/** What every address has for gas until the control API says otherwise: 1,000 POL in wei. */
const NATIVE_START = 10n ** 21n;

export type Mining = 'auto' | 'manual';

export interface Chain {
  readonly machine: Machine;
  /** Next nonce of every address that has sent. */
  readonly nonces: Map<string, number>;
  /** Native balances that are not NATIVE_START, wei. */
  readonly native: Map<string, bigint>;
  /** Waiting transactions by sender, then nonce. */
  readonly pool: Map<string, Map<number, Pooled>>;
  /** By number, oldest first; old ones are dropped. */
  readonly blocks: Block[];
  readonly mined: Map<string, Mined>;
  mining: Mining;
  /** How many accepted transactions are still to be lost before they are mined. */
  dropNext: number;
  dropped: number;
  clockOffsetMs: number;
}

export function createChain(mining: Mining): Chain {
  const contracts = [usdc, conditionalTokens, negRiskAdapter, feeEscrow(CHAIN_ID)];
  const chain: Chain = {
    machine: {
      storage: createStorage(),
      contracts: new Map(contracts.map((contract) => [contract.address, contract])),
      reverts: new Map(),
    },
    nonces: new Map(),
    native: new Map(),
    pool: new Map(),
    blocks: [],
    mined: new Map(),
    mining,
    dropNext: 0,
    dropped: 0,
    clockOffsetMs: 0,
  };
  return chain;
}

export const nonceOf = (chain: Chain, address: string): number => chain.nonces.get(address) ?? 0;
export const nativeOf = (chain: Chain, address: string): bigint => chain.native.get(address) ?? NATIVE_START;

/** The chain's own clock in whole seconds; tests shift it to pass deadlines. */
export const nowSeconds = (chain: Chain): number => Math.floor((Date.now() + chain.clockOffsetMs) / 1000);
