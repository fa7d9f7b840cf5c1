import type { Hex } from '../signing/checks.ts';

/** The chain as the deployment's settings name it. */
export interface ChainSettings {
  readonly url: string;
  readonly confirmations: number;
  /** Lower-case; undefined where the deployment has no fee escrow. */
  readonly escrow: Hex | undefined;
}

/** Variables of the deployment; see docs/escrow.md. */
interface ChainVariables {
  readonly CHAIN_RPC_URL: string;
  readonly CHAIN_CONFIRMATIONS: string;
  readonly ESCROW_CONTRACT: string;
}

/** Throws where CHAIN_CONFIRMATIONS is no number: nobody must take a block for final by mistake. */
export function chainSettings(env: ChainVariables): ChainSettings {
  if (!/^[1-9]\d{0,3}$/.test(env.CHAIN_CONFIRMATIONS))
    throw new Error('CHAIN_CONFIRMATIONS must be a whole number from 1');
  return {
    url: env.CHAIN_RPC_URL,
    confirmations: Number(env.CHAIN_CONFIRMATIONS),
    escrow: lowerAddress(env.ESCROW_CONTRACT),
  };
}

const lowerAddress = (text: string): Hex | undefined =>
  /^0x[0-9a-fA-F]{40}$/.test(text) ? `0x${text.slice(2).toLowerCase()}` : undefined;
