import { partiesOf } from '../../../signing/polymarket/order-body.ts';
import * as z from 'zod';
import { failure } from '../../../errors/failure.ts';
import { asMicro } from '../../../money/fixed.ts';
import { decimal } from '../../money/venue-decimal.ts';
import { executionPrice } from '../../money/execution-price.ts';
import type { Balance, FeeCurve, FillQuery, Position, VenueFill, VenueResult } from '../../port.ts';
import { signerRefused } from '../../trading/signer-failures.ts';
import type { PolymarketIdentity, PolymarketSigner } from '../../port/signer.ts';
import type { PolymarketApi } from '../api.ts';
import { ownTrades, type OwnTrade } from './own-trades.ts';
import { settlementOf } from './status-words.ts';

/** The venue computes fees to five decimals of a dollar. */
export const FEE_UNIT = 10n;
/** Most that the data API gives at once. */
const POSITIONS_PER_PAGE = 500;
const MAX_PAGES = 10;

const positionsSchema = z.array(
  z.object({
    conditionId: z.string(),
    asset: z.string().optional(),
    outcome: z.string(),
    size: decimal,
    avgPrice: decimal,
    curPrice: decimal.optional(),
  }),
);
const balanceSchema = z.object({ balance: z.string().regex(/^\d{1,30}$/) }).loose();

/** Whose tokens and dollars move. */
const makerOf = (identity: PolymarketIdentity): string => partiesOf(identity).maker;

/** Holdings of the maker's wallet, through the data API: all sizes, where it would leave out those below one. */
export async function positions(
  api: PolymarketApi,
  signer: PolymarketSigner,
): Promise<VenueResult<readonly Position[]>> {
  const who = await signer.identity();
  if (!who.ok) return signerRefused(who);
  const held: Position[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = new URLSearchParams({
      user: makerOf(who.identity),
      sizeThreshold: '0',
      limit: String(POSITIONS_PER_PAGE),
      offset: String(page * POSITIONS_PER_PAGE),
    });
    const found = await api.get(
      api.data,
      `/positions?${query.toString()}`,
      positionsSchema,
      failure('NOT_FOUND'),
    );
    if (!found.ok) return found;
    for (const { conditionId, asset, outcome, size, avgPrice, curPrice } of found.value) {
      held.push({
        marketId: conditionId,
        outcome,
        size,
        averagePrice: avgPrice,
        tokenId: asset,
        currentPrice: curPrice,
      });
    }
    if (found.value.length < POSITIONS_PER_PAGE) break;
  }
  return { ok: true, value: held };
}

/** Collateral, before what open orders reserve: the venue names no other. */
export async function balance(api: PolymarketApi, signer: PolymarketSigner): Promise<VenueResult<Balance>> {
  const who = await signer.identity();
  if (!who.ok) return signerRefused(who);
  const query = new URLSearchParams({
    asset_type: 'COLLATERAL',
    signature_type: String(who.identity.signatureType),
  });
  const found = await api.signed(signer, '/balance-allowance', query, balanceSchema);
  if (!found.ok) return found;
  return {
    ok: true,
    value: { available: asMicro(BigInt(found.value.balance)), currency: 'USDC', raw: found.value },
  };
}

/** Executions, newest first: one for each of the account's orders in a trade. */
export async function fills(
  api: PolymarketApi,
  { marketId, limit }: FillQuery,
  signer: PolymarketSigner,
): Promise<VenueResult<readonly VenueFill[]>> {
  const who = await signer.identity();
  if (!who.ok) return signerRefused(who);
  const found = await ownTrades(api, signer, { market: marketId }, (seen) => seen.length >= limit);
  if (!found.ok) return found;
  const { trades } = found.value;
  const taken = new Set(
    trades.filter(({ trader_side: role }) => role === 'TAKER').map(({ market }) => market),
  );
  const curves = new Map<string, FeeCurve>();
  for (const market of taken) {
    const curve = await feeCurve(api, market);
    if (!curve.ok) return curve;
    curves.set(market, curve.value);
  }
  const maker = makerOf(who.identity).toLowerCase();
  return { ok: true, value: trades.flatMap((trade) => fillsOf(trade, maker, curves)).slice(0, limit) };
}

function fillsOf(
  trade: OwnTrade,
  maker: string,
  curves: ReadonlyMap<string, FeeCurve>,
): readonly VenueFill[] {
  const { id, market: marketId, outcome, side, price, size } = trade;
  const at = trade.match_time * 1000;
  const settlement = settlementOf(trade.status) === 'confirmed' ? 'confirmed' : 'pending';
  if (trade.trader_side === 'TAKER') {
    const { fee } = executionPrice([{ price, size }], side, size, { fee: curves.get(marketId) });
    return [
      {
        id,
        orderId: trade.taker_order_id,
        marketId,
        outcome,
        side,
        price,
        size,
        isTaker: true,
        fee,
        at,
        settlement,
      },
    ];
  }
  return trade.maker_orders
    .filter(({ maker_address: address }) => address.toLowerCase() === maker)
    .map((own) => ({
      // A trade takes from several orders; each is a fill of its own.
      id: `${id}:${own.order_id}`,
      orderId: own.order_id,
      marketId,
      outcome: own.outcome,
      side: own.side ?? (side === 'BUY' ? 'SELL' : 'BUY'),
      price: own.price,
      size: own.matched_amount,
      isTaker: false,
      fee: asMicro(0n),
      at,
      settlement,
    }));
}

/** The market's taker fee. */
export async function feeCurve(
  api: PolymarketApi,
  marketId: string,
): Promise<{ readonly ok: true; readonly value: FeeCurve } | ReturnType<typeof failure>> {
  const market = await api.markets.market(marketId);
  if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
  const { feeRate: rate, feeExponent: exponent } = market.value;
  return { ok: true, value: { rate, exponent, unit: FEE_UNIT } };
}
