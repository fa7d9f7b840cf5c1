import type { Hex } from '../signing/checks.ts';

/** Polygon's contracts that Polymarket settles in. Addresses as in the venue's public documentation of its contracts. */
export const polygon = {
  chainId: 137,
  usdc: '0x2791bca1f2de4661ed88a30c99a7a9449aa84174',
  conditionalTokens: '0x4d97dcd97ec945f40cf65f87097ace5ea0476045',
  negRiskAdapter: '0xd91e80cf2e7be2e162c6513ced06f1dd0da35296',
  /** What neg-risk tokens are backed by: their ids come from it. */
  wrappedCollateral: '0x3a3bd7bb9528e159577f7c2e685cc81a765002e2',
} as const satisfies Readonly<Record<string, Hex | number>>;

export type ChainContracts = { readonly [K in keyof typeof polygon]: K extends 'chainId' ? number : Hex };
