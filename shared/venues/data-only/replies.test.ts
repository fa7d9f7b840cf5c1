import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { micro, valueOf } from '../../../test/support/venue-outcomes.ts';
import { VenueEndpoint } from '../http/endpoint.ts';
import { LIMITLESS_PROBE } from '../limitless/api.ts';
import { LimitlessVenue } from '../limitless/venue.ts';
import { OpinionVenue } from '../opinion/venue.ts';
import type { DataVenue } from '../port.ts';
import { PredictFunVenue } from '../predictfun/venue.ts';

/** A venue that says what it is told to, by path without query; anything else is `otherwise`. */
let replies: Readonly<Record<string, unknown>> = {};
let otherwise: string | undefined;
let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const reply = replies[(request.url ?? '').split('?', 1)[0] ?? ''];
    const body = reply === undefined ? otherwise : JSON.stringify(reply);
    response.writeHead(body === undefined ? 404 : 200).end(body ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

let made = 0;

/** Under a path of its own, so that nothing which the isolate keeps of one is taken for another's. */
function venue(
  make: new (settings: { readonly url: string }, line: VenueEndpoint) => DataVenue,
  says: Readonly<Record<string, unknown>>,
): DataVenue {
  made += 1;
  const prefix = `/case-${made}`;
  replies = Object.fromEntries(Object.entries(says).map(([path, body]) => [`${prefix}${path}`, body]));
  otherwise = undefined;
  const baseUrl = `${base}${prefix}`;
  return new make({ url: baseUrl }, new VenueEndpoint({ baseUrl, probe: LIMITLESS_PROBE }));
}

const YES = '56154308742753982686710750162015444986563701968079760676518531584453506363044';
const NO = '32572248812801208874557774576516861470423415416073401354576860825663488568217';

// Members and values as recorded from the venues in public (headers of the adapters).
const limitlessMarket = {
  id: 36814,
  conditionId: '0x11287d02d8067ff3d3d8bd21b212ebcfdc20b638f7f6440e4115f649e6b57015',
  collateralToken: { address: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', decimals: 6, symbol: 'USDC' },
  title: 'Out as President before 2027?',
  proxyTitle: null,
  expirationTimestamp: 1798779540000,
  categories: ['Politics'],
  status: 'FUNDED',
  expired: false,
  volume: '290091252',
  volumeFormatted: '290.091252',
  tokens: { yes: YES, no: NO },
  prices: [0.164, 0.836],
  slug: 'out-as-president-before-2027-1768933068297',
  tradeType: 'clob',
  venue: { exchange: '0x05c748E2f4DcDe0ec9Fa8DDc40DE6b867f923fa5', adapter: null },
  marketType: 'single',
  winningOutcomeIndex: null,
  metadata: { fee: true, isBannered: false },
};

describe('recorded replies', () => {
  test('of Limitless', async () => {
    const marketId = limitlessMarket.slug;
    const path = `/markets/${marketId}`;
    const limitless = venue(LimitlessVenue, {
      [path]: limitlessMarket,
      [`${path}/orderbook`]: {
        bids: [
          { price: 0.14, size: 12360330000, side: 'BUY' },
          { price: '0.003', size: '500000000', side: 'BUY' },
        ],
        asks: [{ price: 0.161, size: 222000000, side: 'SELL' }],
        tokenId: YES,
        adjustedMidpoint: 0.1505,
        minSize: '100000000',
      },
      [`${path}/events`]: {
        events: [
          {
            createdAt: '2026-06-12T15:24:25.617Z',
            makerAmount: '19996200',
            matchedSize: '2500000',
            price: 0.332,
            profile: { account: '0x0572B4Aa431e730d1d19cc7CFea7D6C0Bc07096f' },
            side: 0,
            takerAmount: '830000',
            title: '',
            tokenId: NO,
            txHash: '0x432344fc',
          },
        ],
        limit: 30,
        page: 1,
        totalPages: 1,
        totalRows: 13,
      },
    });
    expect(valueOf(await limitless.market(marketId))).toMatchObject({
      id: marketId,
      status: 'open',
      outcomes: [
        { name: 'Yes', price: micro('0.164'), tokenId: YES },
        { name: 'No', price: micro('0.836'), tokenId: NO },
      ],
      volume: micro('290.091252'),
      endDate: '2027-01-01T04:59:00.000Z',
    });
    expect(valueOf(await limitless.book({ marketId, outcome: 'no' }))).toMatchObject({
      bids: [{ price: micro('0.839'), size: micro('222') }],
      asks: [
        { price: micro('0.86'), size: micro('12360.33') },
        { price: micro('0.997'), size: micro('500') },
      ],
    });
    expect(valueOf(await limitless.trades({ marketId, limit: 9 })).items).toEqual([
      {
        id: '0x432344fc',
        outcome: 'Yes',
        side: 'SELL',
        price: micro('0.668'),
        size: micro('2.5'),
        at: Date.parse('2026-06-12T15:24:25.617Z'),
      },
    ]);
  });

  test.each(['errno', 'code'])('of Opinion, with %s', async (member) => {
    const told = (result: unknown) => ({ [member]: 0, result });
    const market = {
      chainId: '56',
      conditionId: '469db44d',
      createdAt: 1778750719,
      cutoffAt: 0,
      marketId: 16565,
      marketTitle: '10–15s',
      noLabel: 'No',
      noTokenId: NO,
      resultTokenId: '',
      rules: '',
      slug: 'how-long-10-15s',
      status: 2,
      statusEnum: 'Activated',
      volume: '50',
      yesLabel: 'Yes',
      yesTokenId: YES,
    };
    const topic = {
      marketId: 788,
      marketTitle: 'How long will they shake hands?',
      marketType: 1,
      labels: ['Politics'],
      status: 1,
      cutoffAt: 1778803200,
      volume: '100.00',
      slug: 'how-long',
      childMarkets: [market],
    };
    const opinion = venue(OpinionVenue, {
      '/market/16565': told({ data: market }),
      '/market/slug/how-long-10-15s': told({ data: topic }),
      '/market/404': { [member]: 10_200, errmsg: 'Topic ID does not exist', result: null },
      '/market/500': { [member]: 10_001, errmsg: 'system error', result: null },
      '/token/orderbook': told({
        asks: [{ price: '0.999', size: '5500' }],
        bids: [],
        market: '469db44d',
        timestamp: 1785488076901,
        tokenId: YES,
      }),
    });
    expect(valueOf(await opinion.market('16565'))).toMatchObject({
      question: 'How long will they shake hands? 10–15s',
      groupId: '788',
      status: 'open',
      volume: micro('50'),
      endDate: '2026-05-15T00:00:00.000Z',
    });
    expect(valueOf(await opinion.book({ marketId: '16565' }))).toMatchObject({
      bids: [],
      asks: [{ price: micro('0.999'), size: micro('5500') }],
      at: 1785488076901,
    });
    expect(await opinion.market('404')).toMatchObject({ reason: 'MARKET_NOT_FOUND' });
    expect(await opinion.market('500')).toMatchObject({ reason: 'VENUE_UNAVAILABLE' });
  });

  test('of Predict.fun', async () => {
    const up = { indexSet: 1, name: 'Up', onChainId: YES };
    const predictfun = venue(PredictFunVenue, {
      '/markets/2107': {
        success: true,
        data: {
          id: 2107,
          title: 'Will it be acquired before 2027?',
          question: 'Will it be acquired before 2027?',
          tradingStatus: 'OPEN',
          status: 'REGISTERED',
          decimalPrecision: 3,
          feeRateBps: 200,
          outcomes: [
            {
              name: 'Down',
              indexSet: 2,
              onChainId: NO,
              status: null,
              bestBid: { price: 0.968, size: 675.29 },
              bestAsk: { price: 0.98, size: 1448.4122448979592 },
            },
            {
              ...up,
              status: null,
              bestBid: { price: 0.02, size: 1448.4122448979592 },
              bestAsk: { price: 0.032, size: 675.29 },
            },
          ],
        },
      },
      '/markets/2107/orderbook': {
        data: {
          asks: [[0.99, 101.5]],
          bids: [[0.01, 1448.4122448979592]],
          marketId: 2107,
          updateTimestampMs: 7,
        },
        success: true,
      },
      '/orders/matches': {
        cursor: null,
        data: [
          {
            amountFilled: '8409090909090909720',
            executedAt: '2026-09-06T11:45:23.000Z',
            priceExecuted: '111200000000000000',
            settlementId: '01a07689-955a-7070-86af-a100b7b7350c',
            transactionHash: '0x435863c2',
            taker: {
              amount: '8409090909090909720',
              outcome: up,
              price: '112000000000000000',
              quoteType: 'Bid',
            },
            makers: [],
          },
        ],
        success: true,
      },
    });
    const marketId = '2107';
    expect(valueOf(await predictfun.market(marketId))).toMatchObject({
      tick: micro('0.001'),
      outcomes: [
        { name: 'Up', price: micro('0.026') },
        { name: 'Down', price: micro('0.974') },
      ],
    });
    expect(valueOf(await predictfun.book({ marketId, outcome: 'down' }))).toMatchObject({
      bids: [{ price: micro('0.01'), size: micro('101.5') }],
      asks: [{ price: micro('0.99'), size: micro('1448.412245') }],
      at: 7,
    });
    expect(valueOf(await predictfun.trades({ marketId, limit: 9 })).items).toMatchObject([
      { side: 'BUY', price: micro('0.1112'), size: micro('8.40909') },
    ]);
  });
});

test('a reply of any JSON is told as a failure or as sense, and nothing is thrown', async () => {
  const allowed = ['VENUE_UNAVAILABLE', 'MARKET_NOT_FOUND', 'NOT_SUPPORTED', 'VALIDATION_FAILED'];
  // Shapes near the venues' own are likelier to get through the first check.
  const near = fc.record(
    {
      errno: fc.integer(),
      success: fc.boolean(),
      result: fc.jsonValue(),
      data: fc.jsonValue(),
      slug: fc.string(),
      title: fc.string(),
      bids: fc.jsonValue(),
      asks: fc.jsonValue(),
      events: fc.jsonValue(),
      prices: fc.jsonValue(),
      marketType: fc.constantFrom('group', 'single', 1),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.jsonValue(), near), async (body) => {
      for (const make of [LimitlessVenue, OpinionVenue, PredictFunVenue]) {
        const one = venue(make, {});
        otherwise = JSON.stringify(body);
        const answers = await Promise.all([
          one.markets({ limit: 3 }),
          one.events({ limit: 3 }),
          one.market('7'),
          one.book({ marketId: '7' }),
          one.trades({ marketId: '7', limit: 3 }),
          one.prices({ marketId: '7', interval: '1d' }),
          one.fee('7'),
        ]);
        const reasons = answers.flatMap((answer) => (answer.ok ? [] : [answer.reason]));
        expect(allowed).toEqual(expect.arrayContaining(reasons));
      }
    }),
    { numRuns: 25 },
  );
});
