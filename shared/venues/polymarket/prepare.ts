import { failure, invalidMember } from '../../errors/failure.ts';
import { asMicro, min, mulDiv, SCALE } from '../../money/fixed.ts';
import { exchangeContract } from '../../signing/exchange-contracts.ts';
import type { Order } from '../../signing/order-typed-data.ts';
import { refuseTerms } from '../capabilities.ts';
import { executionPrice } from '../execution.ts';
import type { Found, Market, OrderTerms, OrderType, PreparedOrder, VenueResult } from '../port.ts';
import { signedOut } from '../signed.ts';
import type { PolymarketIdentity, PolymarketSigner } from '../signer.ts';
import { budgetAmounts, limitAmounts, refuseNumbers, type Amounts } from './amounts.ts';
import type { PolymarketApi } from './api.ts';
import { polymarketCapabilities } from './capabilities.ts';
import { wireOrder } from './order-body.ts';
import { outcomeNamed } from './outcome.ts';
import { feeRateBps, orderSchema } from './schema-version.ts';

/** The venue's words for the router's order types. */
const ORDER_TYPES: Readonly<Record<OrderType, string>> = { gtc: 'GTC', ioc: 'FAK', fok: 'FOK', gtd: 'GTD' };
const ZERO_ADDRESS = `0x${'0'.repeat(40)}`;
const ZERO_BYTES32 = `0x${'0'.repeat(64)}`;
/** The venue's clients send the salt as a JSON number. */
const SALT_BITS = 52n;
const PATH = '/order';

/** Checks, builds, signs and frames one order: see `TradingVenue.prepare`. */
export async function prepareOrder(
  api: PolymarketApi,
  terms: OrderTerms,
  signer: PolymarketSigner,
): Promise<VenueResult<PreparedOrder>> {
  const nowMs = await api.clob.venueTime();
  const refused = refuseTerms(polymarketCapabilities, terms, nowMs);
  if (refused) return refused;
  const [market, schema, who] = await Promise.all([
    api.markets.market(terms.marketId),
    orderSchema(api),
    signer.identity(),
  ]);
  if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
  if (!schema.ok) return schema;
  if (!who.ok) return signedOut(who);
  const { value: found } = market;
  const outcome = outcomeNamed(found.outcomes, terms.outcome);
  if (!outcome) return invalidMember('outcome', 'is no outcome of this market');
  if (found.status !== 'open') return failure('MARKET_CLOSED');
  const numbers = refuseNumbers(terms.price, terms.size, found.tick, found.minSize);
  if (numbers) return numbers;
  const { tokenId } = outcome;
  const amounts = await amountsOf(api, terms, found, tokenId);
  if (!amounts.ok) return amounts;
  const feeRate = schema.value === 1 ? await feeRateBps(api, tokenId) : { ok: true as const, value: 0n };
  if (!feeRate.ok) return feeRate;

  const common = { ...partiesOf(who.identity), ...amounts.value, salt: salt(), tokenId: BigInt(tokenId) };
  const expiration = BigInt(terms.expiration ?? 0);
  const order: Order =
    schema.value === 1
      ? {
          ...common,
          side: terms.side,
          schema: 1,
          taker: ZERO_ADDRESS,
          expiration,
          nonce: 0n,
          feeRateBps: feeRate.value,
        }
      : {
          ...common,
          side: terms.side,
          schema: 2,
          timestamp: BigInt(nowMs),
          expiration,
          metadata: ZERO_BYTES32,
          builder: signer.builder?.code ?? ZERO_BYTES32,
        };
  const { chainId } = api;
  const verifyingContract = exchangeContract(chainId, schema.value, found.negRisk);
  const signed = await signer.signOrder(order, { chainId, verifyingContract });
  if (!signed.ok) return signedOut(signed);
  const body = JSON.stringify({
    deferExec: false,
    postOnly: terms.postOnly,
    order: wireOrder(order, signed.signature),
    owner: who.identity.apiKey,
    orderType: ORDER_TYPES[terms.type],
  });
  const headers = await headersOf(signer, schema.value, {
    method: 'POST',
    path: PATH,
    body,
    timestamp: Math.floor(nowMs / 1000),
  });
  if (!headers.ok) return headers;
  return {
    ok: true,
    value: {
      venue: 'polymarket',
      kind: 'place',
      request: {
        method: 'POST',
        url: `${api.clob.baseUrl}${PATH}`,
        headers: { 'content-type': 'application/json', ...headers.value },
        body,
      },
      dedupe: { kind: 'order-hash', value: signed.orderHash },
      // As the venue names it: what is told of the order later is told by these terms.
      terms: { ...terms, outcome: outcome.label },
    },
  };
}

/**
 * A BUY that must not rest is signed for the dollars that its size costs in the book now: for size × price the venue
 * would buy more than was asked for wherever the book is better than the limit. Where the book does not hold the
 * size, the whole size × price stands, so that `fok` is killed and `ioc` takes all there is.
 */
async function amountsOf(
  api: PolymarketApi,
  { side, price, size, type }: OrderTerms,
  market: Market,
  tokenId: string,
): Promise<Found<Amounts>> {
  if (side === 'SELL' || type === 'gtc' || type === 'gtd') {
    return { ok: true, value: limitAmounts(side, price, size) };
  }
  const book = await api.markets.book(tokenId);
  if (!book.ok) return book;
  const walk = executionPrice(book.value.asks, 'BUY', size, { limit: price });
  const most = asMicro(mulDiv(size, price, SCALE, 'floor'));
  const budget = walk.filled === size ? min(walk.total, most) : most;
  const amounts = budgetAmounts(price, budget, market.tick);
  return amounts ? { ok: true, value: amounts } : failure('INVALID_QUANTITY');
}

function partiesOf({ address, funder, signatureType }: PolymarketIdentity) {
  return { maker: signatureType === 0 ? address : (funder ?? address), signer: address, signatureType };
}

function salt(): bigint {
  const random = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
  return random >> (64n - SALT_BITS);
}

type Signable = Parameters<PolymarketSigner['l2Headers']>[0];

/** L2 headers, and the builder's beside them where orders of this schema carry the builder there. */
async function headersOf(
  signer: PolymarketSigner,
  schema: 1 | 2,
  request: Signable,
): Promise<VenueResult<Readonly<Record<string, string>>>> {
  const own = await signer.l2Headers(request);
  if (!own.ok) return signedOut(own);
  if (schema === 2 || !signer.builder?.headers) return { ok: true, value: own.headers };
  const builder = await signer.builder.headers(request);
  return builder.ok ? { ok: true, value: { ...own.headers, ...builder.headers } } : signedOut(builder);
}
