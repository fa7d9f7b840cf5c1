import type { Log } from './evm/contract.ts';

export interface Block {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly transactions: readonly Mined[];
}

export interface Mined {
  readonly transaction: Pooled;
  readonly block: { readonly number: number; readonly hash: string };
  readonly index: number;
  readonly success: boolean;
  readonly gasUsed: bigint;
  readonly gasPrice: bigint;
  readonly logs: readonly Log[];
}

/** A transaction that was accepted and is not mined. Addresses and hash lower case. */
export interface Pooled {
  readonly hash: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly nonce: number;
  readonly data: string;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly maxFee: bigint;
  readonly maxTip: bigint;
  readonly type: number;
}
