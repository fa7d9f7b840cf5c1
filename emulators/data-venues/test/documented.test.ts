import * as z from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startForTest, type TestDataVenues } from './support.ts';

/**
 * What the venues' own documents and recorded replies say of a body: member names and types (README, "Sources"). The
 * emulator must send every one of them, whatever else it sends.
 */
const text = z.string();
const number = z.number();
const digits = z.string().regex(/^\d+$/);
const decimalText = z.string().regex(/^\d+(\.\d+)?$/);
const price = z.number().min(0).max(1);
const moment = z.iso.datetime();
const envelope = <T extends z.ZodType>(result: T) => z.object({ errno: z.literal(0), errmsg: text, result });
const success = <T extends z.ZodType>(data: T) => z.object({ success: z.literal(true), data });

const limitlessMarket = z.object({
  id: number,
  slug: text,
  title: text,
  description: text,
  collateralToken: z.object({ address: text, decimals: number, symbol: text }),
  expirationDate: text,
  expirationTimestamp: number,
  createdAt: moment,
  updatedAt: moment,
  categories: z.array(text),
  status: z.enum(['FUNDED', 'LOCKED', 'RESOLVED']),
  expired: z.boolean(),
  winningOutcomeIndex: number.nullable(),
  conditionId: text,
  volume: digits,
  volumeFormatted: decimalText,
  tokens: z.object({ yes: digits, no: digits }),
  prices: z.tuple([price, price]),
  tradeType: z.enum(['clob', 'amm']),
  marketType: z.literal('single'),
});
const limitlessGroup = z.object({
  slug: text,
  marketType: z.literal('group'),
  markets: z.array(limitlessMarket),
});
const limitlessLevel = z.object({ price, size: number.int(), side: z.enum(['BUY', 'SELL']) });

const opinionChild = z.object({
  marketId: number,
  marketTitle: text,
  status: number.min(1).max(6),
  statusEnum: z.enum(['Created', 'Activated', 'Resolving', 'Resolved', 'Failed', 'Deleted']),
  yesLabel: text,
  noLabel: text,
  rules: text,
  yesTokenId: digits,
  noTokenId: digits,
  conditionId: text,
  resultTokenId: text,
  volume: decimalText,
  quoteToken: text,
  chainId: text,
  questionId: text,
  createdAt: number,
  cutoffAt: number,
  resolvedAt: number,
});
const opinionMarket = opinionChild.extend({ marketType: z.literal(0), volume24h: text, volume7d: text });
const opinionGroup = z.object({
  marketId: number,
  marketType: z.literal(1),
  childMarkets: z.array(opinionChild),
});
const opinionLevel = z.object({ price: decimalText, size: decimalText });

const quote = z.object({ price, size: number }).nullable();
const predictMarket = z.object({
  id: number,
  title: text,
  question: text,
  description: text,
  status: text,
  tradingStatus: text,
  isVisible: z.boolean(),
  isNegRisk: z.boolean(),
  isYieldBearing: z.boolean(),
  feeRateBps: number,
  conditionId: text,
  decimalPrecision: number,
  categorySlug: text,
  createdAt: moment,
  marketVariant: text,
  outcomes: z.array(
    z.object({
      name: text,
      indexSet: number,
      onChainId: digits,
      bestBid: quote,
      bestAsk: quote,
      status: z.null(),
    }),
  ),
});
const party = z.object({
  amount: digits,
  price: digits,
  quoteType: z.enum(['Bid', 'Ask']),
  signer: text,
  outcome: z.object({ indexSet: number, name: text, onChainId: digits }),
});

let venues: TestDataVenues;
beforeAll(async () => {
  venues = await startForTest();
});
afterAll(() => venues.close());

test('Limitless answers as documented', async () => {
  const active = z.object({ data: z.tuple([limitlessGroup], limitlessMarket), totalMarketsCount: number });
  const { data } = active.parse(await venues.get('limitless', '/markets/active?page=1&limit=500'));
  expect(data).toHaveLength(25);
  const slug = data[1]?.slug ?? '';
  limitlessMarket.parse(await venues.get('limitless', `/markets/${slug}`));
  z.object({
    bids: z.array(limitlessLevel).min(1),
    asks: z.array(limitlessLevel).min(1),
    tokenId: digits,
    adjustedMidpoint: price,
    midpoint: price,
    maxSpread: text,
    minSize: digits,
    lastTradePrice: price,
  }).parse(await venues.get('limitless', `/markets/${slug}/orderbook`));
  const event = z.object({
    createdAt: moment,
    makerAmount: digits,
    takerAmount: digits,
    matchedSize: digits,
    price,
    profile: z.object({ account: text }),
    side: z.union([z.literal(0), z.literal(1)]),
    title: text,
    tokenId: digits,
    txHash: text,
  });
  z.object({
    events: z.array(event).min(1),
    limit: number,
    page: number,
    totalPages: number,
    totalRows: number,
  }).parse(await venues.get('limitless', `/markets/${slug}/events`));
  z.array(z.object({ title: text, prices: z.array(z.object({ price, timestamp: moment })).min(1) })).parse(
    await venues.get('limitless', `/markets/${slug}/historical-price?interval=1d`),
  );
});

test('Opinion answers as documented', async () => {
  const list = envelope(z.object({ total: number, list: z.tuple([opinionGroup], opinionMarket) }));
  const { result } = list.parse(await venues.get('opinion', '/market?marketType=2&limit=100'));
  expect(result.list).toHaveLength(20);
  const [group, market] = result.list;
  const id = z.object({ marketId: number, yesTokenId: digits }).parse(market);
  envelope(z.object({ data: opinionMarket })).parse(await venues.get('opinion', `/market/${id.marketId}`));
  envelope(z.object({ data: opinionGroup })).parse(
    await venues.get('opinion', `/market/categorical/${group.marketId}`),
  );
  const token = `token_id=${id.yesTokenId}`;
  envelope(
    z.object({
      market: text,
      tokenId: z.literal(id.yesTokenId),
      timestamp: number,
      bids: z.array(opinionLevel).min(1),
      asks: z.array(opinionLevel).min(1),
    }),
  ).parse(await venues.get('opinion', `/token/orderbook?${token}`));
  envelope(
    z.object({ tokenId: digits, price: decimalText, side: text, size: decimalText, timestamp: number }),
  ).parse(await venues.get('opinion', `/token/latest-price?${token}`));
  envelope(z.object({ history: z.array(z.object({ t: number, p: decimalText })).min(1) })).parse(
    await venues.get('opinion', `/token/price-history?${token}&interval=1h`),
  );
  expect(await venues.get('opinion', '/market/1')).toMatchObject({ errno: 10_200 });
});

test('Predict.fun answers as documented', async () => {
  const page = success(z.array(predictMarket)).extend({ cursor: text });
  const { data, cursor } = page.parse(await venues.get('predictfun', '/markets?first=1&status=OPEN'));
  const id = data[0]?.id ?? 0;
  const second = page.parse(await venues.get('predictfun', `/markets?first=1&status=OPEN&after=${cursor}`));
  expect(second.data[0]?.id).not.toBe(id);
  const stats = z.object({ totalLiquidityUsd: number, volumeTotalUsd: number, volume24hUsd: number });
  success(predictMarket.extend({ stats })).parse(
    await venues.get('predictfun', `/markets/${id}?includeStats=true`),
  );
  const level = z.tuple([price, number]);
  success(
    z.object({
      marketId: z.literal(id),
      updateTimestampMs: number,
      lastOrderSettled: z.null(),
      bids: z.array(level).min(1),
      asks: z.array(level).min(1),
    }),
  ).parse(await venues.get('predictfun', `/markets/${id}/orderbook`));
  const match = z.object({
    amountFilled: digits,
    priceExecuted: digits,
    executedAt: moment,
    settlementId: text,
    transactionHash: text,
    taker: party,
    makers: z.array(party),
    market: z.object({ id: number }),
  });
  success(z.array(match).min(1)).parse(await venues.get('predictfun', `/orders/matches?marketId=${id}`));
  const series = z.array(z.object({ x: number, y: number.min(0).max(100) })).min(1);
  success(z.object({ series })).parse(
    await venues.get('predictfun', `/markets/${id}/timeseries?metric=chance&resolution=1h&limit=10`),
  );
  const category = z.object({
    id: number,
    slug: text,
    title: text,
    status: text,
    endsAt: moment,
    tags: z.array(z.object({ id: text, name: text })),
    markets: z.array(z.object({ id: number })),
  });
  success(z.array(category).min(1)).parse(await venues.get('predictfun', '/categories?first=2'));
  expect(await venues.get('predictfun', '/markets/1')).toMatchObject({ success: false, code: 404 });
});

test('books move with the clock and the same seed gives the same venue', async () => {
  const again = await startForTest();
  try {
    const market = z.object({ data: z.array(z.object({ id: number })).min(1) });
    const { data } = market.parse(await venues.get('predictfun', '/markets?status=OPEN'));
    const path = `/markets/${data[0]?.id}/orderbook`;
    const levels = z.object({ data: z.object({ bids: z.unknown(), asks: z.unknown() }) });
    const bookAt = async (which: TestDataVenues) => levels.parse(await which.get('predictfun', path));
    const before = await bookAt(venues);
    expect(await bookAt(again)).toEqual(before);
    await venues.control('predictfun', 'tick', { n: 20 });
    expect(await bookAt(venues)).not.toEqual(before);
    // However often the other was looked at on the way.
    await again.control('predictfun', 'tick', { n: 7 });
    await bookAt(again);
    await again.control('predictfun', 'tick', { n: 13 });
    expect(await bookAt(again)).toEqual(await bookAt(venues));
  } finally {
    await again.close();
  }
});
