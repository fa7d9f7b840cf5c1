/**
 * Lower case. Collateral, tokens and adapter stand where Polygon has them; the escrow's address is this emulator's own,
 * and so are the wallets that may operate it and that receive its fees by default.
 */
export const USDC = '0x2791bca1f2de4661ed88a30c99a7a9449aa84174';
export const CONDITIONAL_TOKENS = '0x4d97dcd97ec945f40cf65f87097ace5ea0476045';
export const NEG_RISK_ADAPTER = '0xd91e80cf2e7be2e162c6513ced06f1dd0da35296';
/** What positions of neg-risk markets are backed by on Polygon: their token ids come from it. */
export const WRAPPED_COLLATERAL = '0x3a3bd7bb9528e159577f7c2e685cc81a765002e2';
export const FEE_ESCROW = '0x00000000000000000000000000000000e5c70e00';
export const TREASURY = '0x00000000000000000000000000000000007ea500';
export const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';
