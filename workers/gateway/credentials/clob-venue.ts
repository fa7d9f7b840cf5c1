import type { Env } from '../env.ts';

/** Where Polymarket is, and the chain of its wallets. */
export interface ClobVenue {
  readonly base: string;
  readonly chainId: number;
}

export const clobVenue = (env: Env): ClobVenue => ({
  base: env.POLYMARKET_CLOB_URL,
  chainId: Number(env.L1_CHAIN_ID),
});
