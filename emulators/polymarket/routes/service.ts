import { builderOf } from '../auth/builder-keys.ts';
import { json, l2Route, route, type Handler, type Route } from '../http/route.ts';
import { nowSeconds } from '../state.ts';
import { formatMicro, mulFloor } from '../../lib/units.ts';
import { badRequest } from '../venue-error.ts';
import { pageOf } from './page.ts';

const ROWS_PER_PAGE = 100;
const ZERO_CODE = `0x${'0'.repeat(64)}`;

const emptyPage: Handler = (_venue, { query }) =>
  json(pageOf([], query.get('next_cursor'), ROWS_PER_PAGE, (row) => row));

export const serviceRoutes: readonly Route[] = [
  route('GET', '/', () => json('OK')),
  route('GET', '/ok', () => json('OK')),
  route('GET', '/time', (venue) => json(nowSeconds(venue))),
  route('GET', '/version', (venue) => json({ version: venue.version })),
  // Builders on this venue charge nothing; the clients still ask before a builder order.
  route('GET', '/fees/builder-fees/:code', () =>
    json({ builder_maker_fee_rate_bps: 0, builder_taker_fee_rate_bps: 0 }),
  ),
  // The V1 client asks with builder headers, the V2 client by builder code without any.
  route('GET', '/builder/trades', (venue, request) => {
    const { query } = request;
    const code = builderOf(venue, request)?.key ?? query.get('builder_code') ?? ZERO_CODE;
    if (code === ZERO_CODE) throw badRequest('Invalid builder code');
    const rows = [...venue.trades.values()].filter((trade) => trade.builder === code).toReversed();
    return json(
      pageOf(rows, query.get('next_cursor'), ROWS_PER_PAGE, (trade) => ({
        id: trade.id,
        tradeType: 'TAKER',
        takerOrderHash: trade.takerOrderId,
        builder: code,
        market: trade.conditionId,
        assetId: trade.tokenId,
        side: trade.side,
        size: formatMicro(trade.shares),
        sizeUsdc: formatMicro(mulFloor(trade.shares, trade.price)),
        price: formatMicro(trade.price),
        status: trade.status,
        outcome: trade.outcome,
        outcomeIndex: trade.outcome === 'Yes' ? 0 : 1,
        owner: trade.takerOwner,
        maker: trade.takerMaker,
        transactionHash: trade.transactionHash,
        matchTime: String(Math.floor(trade.matchedAtMs / 1000)),
        bucketIndex: 0,
        fee: formatMicro(trade.fee),
        feeUsdc: formatMicro(trade.fee),
        builderFee: '0',
        builderCode: code,
        createdAt: null,
        updatedAt: null,
      })),
    );
  }),
  // Rewards are accounted elsewhere on the venue; here nobody ever earns any.
  route('GET', '/rewards/markets/current', emptyPage),
  route('GET', '/rewards/markets/:id', emptyPage),
  l2Route('GET', '/rewards/user', (venue, request) => emptyPage(venue, request)),
  l2Route('GET', '/rewards/user/markets', (venue, request) => emptyPage(venue, request)),
  l2Route('GET', '/rewards/user/total', () => json([])),
  l2Route('GET', '/rewards/user/percentages', () => json({})),
];
