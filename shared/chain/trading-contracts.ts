import type { Hex } from '../signing/checks.ts';

/**
 * Polygon's contracts that a wallet trades Polymarket's CTF markets through (polymarket-today 4). pUSD is the collateral;
 * adapters split, merge and redeem with it. Of the adapters both published pairs stand here: which one a market
 * uses, the venue does not say.
 */
export const tradingContracts = {
  chainId: 137,
  pusd: '0xc011a7e12a19f7b1f670d46f03b03f3342e82dfb',
  usdc: '0x3c499c542cef5e3811e1192ce70d8cc03d5c3359',
  usdcE: '0x2791bca1f2de4661ed88a30c99a7a9449aa84174',
  conditionalTokens: '0x4d97dcd97ec945f40cf65f87097ace5ea0476045',
  exchange: '0xe111180000d2663c0091e4f400237545b87b996b',
  negRiskExchange: '0xe2222d279d744050d28e00520010520000310f59',
  onramp: '0x93070a847efef7f70739046a929d47a521f5b8ee',
  offramp: '0x2957922eb93258b93368531d39facca3b4dc5854',
  adapters: [
    '0xada100db00ca00073811820692005400218fce1f',
    '0xada2005600dec949baf300f4c6120000bdb6eaab',
    '0xada100874d00e3331d00f2007a9c336a65009718',
    '0xada200001000ef00d07553cee7006808f895c6f1',
  ],
} as const satisfies Readonly<Record<string, Hex | number | readonly Hex[]>>;
