import { failure, invalidMember } from '../../../errors/failure.ts';
import { asMicro, min, mulDiv, SCALE, ZERO } from '../../../money/fixed.ts';
import { exchangeContract } from '../../../signing/polymarket/exchange-contracts.ts';
import { refuseTerms } from '../../port/capabilities.ts';
import { executionPrice } from '../../money/execution-price.ts';
import type { Found, Market, OrderTerms, OrderType, PreparedOrder, VenueResult } from '../../port.ts';
import { signerRefused } from '../../trading/signer-failures.ts';
import type { PolymarketSigner } from '../../port/signer.ts';
import { budgetAmounts, limitAmounts, refuseNumbers, saleAmounts, type Amounts } from './amounts.ts';
import type { PolymarketApi } from '../api.ts';
import { buildOrder } from './build-order.ts';
import { polymarketCapabilities } from '../capabilities.ts';
import { frameOrder, withBuilderHeaders } from './frame-order.ts';
import { refuseProtocolV2 } from '../market-data/protocol-version.ts';
import { outcomeNamed } from '../market-data/find-outcome.ts';
import { feeRateBps, orderSchema } from './schema-version.ts';
import { rests } from '../../port/order-rests.ts';

/** This venue measures a BUY that must not rest in these. */
const CENT = 10_000n;

/** The venue's words for the router's order types. */
const ORDER_TYPES: Readonly<Record<OrderType, string>> = { gtc: 'GTC', ioc: 'FAK', fok: 'FOK', gtd: 'GTD' };

/** Checks, builds, signs and frames one order: see `TradingVenue.prepare`. */
export async function prepareOrder(
  api: PolymarketApi,
  terms: OrderTerms,
  signer: PolymarketSigner,
): Promise<VenueResult<PreparedOrder>> {
  const nowMs = await api.clob.venueTime();
  const refused = refuseTerms(polymarketCapabilities, terms, nowMs);
  if (refused) return refused;
  const [market, schema, builder] = await Promise.all([
    api.markets.market(terms.marketId),
    orderSchema(api),
    signer.builder?.code(),
  ]);
  if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
  if (!schema.ok) return schema;
  if (builder?.ok === false) return signerRefused(builder);
  const { value: found } = market;
  const outcome = outcomeNamed(found.outcomes, terms.outcome);
  if (!outcome) return invalidMember('outcome', 'is no outcome of this market');
  if (found.status !== 'open') return failure('MARKET_CLOSED');
  const protocol = await refuseProtocolV2(api, found);
  if (protocol) return protocol;
  const size = terms.budget === undefined ? terms.size : found.minSize;
  // The least is of orders that may rest: of others the venue takes any size, so that what is held can be sold.
  const least = rests(terms.type) ? found.minSize : ZERO;
  const numbers = refuseNumbers(terms.price, size, found.tick, least);
  if (numbers) return numbers;
  const { tokenId } = outcome;
  const amounts = await amountsOf(api, terms, found, tokenId);
  if (!amounts.ok) return amounts;
  const feeRate = schema.value === 1 ? await feeRateBps(api, tokenId) : { ok: true as const, value: 0n };
  if (!feeRate.ok) return feeRate;

  const order = buildOrder({
    schema: schema.value,
    terms,
    amounts: amounts.value,
    tokenId,
    feeRateBps: feeRate.value,
    nowMs,
    builder: builder?.code,
  });
  const { chainId } = api;
  const verifyingContract = exchangeContract(chainId, schema.value, found.negRisk);
  const timestamp = await api.seconds();
  const orderType = ORDER_TYPES[terms.type];
  const framing = { orderType, postOnly: terms.postOnly, deferExec: false, timestamp };
  const signed = await signer.signOrder(order, { chainId, verifyingContract }, framing);
  if (!signed.ok) return signerRefused(signed);
  const { body, orderHash: hash } = signed;
  const headers = await withBuilderHeaders(signer, schema.value, { body, timestamp }, signed.headers);
  if (!headers.ok) return headers;
  return frameOrder(api, {
    body,
    headers: headers.value,
    hash,
    // The outcome as the venue names it; for a budget, what it buys at least.
    terms: {
      ...terms,
      outcome: outcome.label,
      ...(terms.budget !== undefined && { size: asMicro(amounts.value.takerAmount) }),
    },
    tokenId,
  });
}

/**
 * A BUY that must not rest is signed for the dollars that its size costs in the book now: for size × price the venue
 * would buy more than was asked for wherever the book is better than the limit. Where the book does not hold the
 * size, the whole size × price stands, so that `fok` is killed and `ioc` takes all there is.
 */
async function amountsOf(
  api: PolymarketApi,
  { side, price, size, type, budget: dollars }: OrderTerms,
  market: Market,
  tokenId: string,
): Promise<Found<Amounts>> {
  if (rests(type)) return { ok: true, value: limitAmounts(side, price, size) };
  if (side === 'SELL') {
    const sale = saleAmounts(price, size, market.tick);
    return sale ? { ok: true, value: sale } : failure('INVALID_QUANTITY');
  }
  if (dollars !== undefined) {
    if (dollars % CENT !== 0n) return invalidMember('amount', 'must be whole cents');
    const spent = budgetAmounts(price, dollars, market.tick);
    return spent ? { ok: true, value: spent } : failure('INVALID_QUANTITY');
  }
  const book = await api.markets.book(tokenId);
  if (!book.ok) return book;
  const walk = executionPrice(book.value.asks, 'BUY', size, { limit: price });
  const most = asMicro(mulDiv(size, price, SCALE, 'floor'));
  const budget = walk.filled === size ? min(walk.total, most) : most;
  const amounts = budgetAmounts(price, budget, market.tick);
  return amounts ? { ok: true, value: amounts } : failure('INVALID_QUANTITY');
}
