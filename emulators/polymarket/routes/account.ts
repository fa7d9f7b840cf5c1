import * as z from 'zod';
import { boundedSet } from '../../lib/bounded-collections.ts';
import { json, jsonBody, l2Route, type Reply, type Route, type RouteRequest } from '../http/route.ts';
import { accountOf, sharesOf } from '../ledger.ts';
import { openOrdersOf } from '../orders/cancel-order.ts';
import type { TradeRecord } from '../orders/records.ts';
import { SPENDERS } from '../orders/typed-data.ts';
import { openOrderView, tradeView } from '../orders/views.ts';
import { hashUuid } from '../../lib/random.ts';
import { nextSeq, nowMs, type Venue } from '../state.ts';
import { badRequest, invalidPayload } from '../venue-error.ts';
import { pageOf } from './page.ts';

const ROWS_PER_PAGE = 100;
const MAX_UINT256 = ((1n << 256n) - 1n).toString();

/** The venue cancels everything 10 s after a missed heartbeat, with 5 s of grace. */
const HEARTBEAT_MS = 15_000;
const MAX_HEARTBEATS = 5_000;

const heartbeatSchema = z.object({ heartbeat_id: z.string().nullable().optional() });

export const accountRoutes: readonly Route[] = [
  l2Route('GET', '/data/orders', (venue, { query }, caller) => {
    const rows = openOrdersOf(venue, caller.address)
      .filter((order) => order.status === 'LIVE')
      .filter((order) =>
        matches(query, { id: order.id, market: order.conditionId, asset_id: order.tokenId }),
      );
    return json(pageOf(rows, query.get('next_cursor'), ROWS_PER_PAGE, (o) => openOrderView(venue, o)));
  }),
  l2Route('GET', '/data/pre-migration-orders', (_venue, { query }) =>
    json(pageOf([], query.get('next_cursor'), ROWS_PER_PAGE, (row) => row)),
  ),
  ...['/data/order/:id', '/order/:id'].map((pattern) =>
    l2Route('GET', pattern, (venue, { params }, caller) => {
      const order = venue.orders.get(params['id'] ?? '');
      // As on the venue: orders that never rested are not found here, only through their trades.
      const visible = order?.ownerAddress === caller.address && order.rested;
      return json(order !== undefined && visible ? openOrderView(venue, order) : null);
    }),
  ),
  l2Route('GET', '/data/trades', (venue, { query }, caller) => {
    const rows = [...venue.trades.values()]
      .filter((trade) => partOf(venue, trade, caller.address) !== undefined)
      .filter((trade) => tradeMatches(query, trade))
      .toReversed();
    return json(
      pageOf(rows, query.get('next_cursor'), ROWS_PER_PAGE, (trade) =>
        tradeView(trade, partOf(venue, trade, caller.address) === 'taker'),
      ),
    );
  }),
  l2Route('GET', '/balance-allowance', (venue, request, caller) => {
    const account = accountOf(venue.ledger, walletOf(venue, request, caller.address));
    const token = assetOf(request);
    const balance = token === undefined ? account.cash : sharesOf(account, token);
    return json({
      balance: balance.toString(),
      allowances: Object.fromEntries(SPENDERS.map((spender) => [spender, MAX_UINT256])),
    });
  }),
  // The venue only refreshes its cache here, and answers with an empty body.
  l2Route('GET', '/balance-allowance/update', (_venue, request): Reply => {
    assetOf(request);
    return { status: 200, body: '' };
  }),
  l2Route('GET', '/order-scoring', (venue, { query }) =>
    json({ scoring: isScoring(venue, query.get('order_id') ?? '') }),
  ),
  l2Route('POST', '/orders-scoring', (venue, request) => {
    const parsed = z.array(z.string()).max(500).safeParse(jsonBody(request));
    if (!parsed.success) throw invalidPayload();
    return json(Object.fromEntries(parsed.data.map((id) => [id, isScoring(venue, id)])));
  }),
  ...['/heartbeats', '/v1/heartbeats'].map((pattern) =>
    l2Route('POST', pattern, (venue, request, caller) => {
      const parsed = heartbeatSchema.safeParse(jsonBody(request));
      if (!parsed.success) throw invalidPayload();
      const sent = parsed.data.heartbeat_id ?? '';
      const expected = venue.heartbeats.get(caller.address)?.id;
      if (expected !== undefined && sent !== expected) {
        return json({ error: 'Invalid Heartbeat ID', heartbeat_id: expected }, 400);
      }
      const id = hashUuid('heartbeat', venue.seed, caller.address, nextSeq(venue));
      const beat = { id, deadlineMs: nowMs(venue) + HEARTBEAT_MS };
      boundedSet(venue.heartbeats, caller.address, beat, MAX_HEARTBEATS);
      return json({ heartbeat_id: id });
    }),
  ),
  l2Route('GET', '/notifications', (venue, _request, caller) =>
    json(venue.notifications.get(caller.apiKey) ?? []),
  ),
  l2Route('DELETE', '/notifications', (venue, { query }, caller) => {
    const ids = query.get('ids')?.split(',');
    const kept = (venue.notifications.get(caller.apiKey) ?? []).filter(
      (item) => ids !== undefined && !ids.includes(String(item.id)),
    );
    venue.notifications.set(caller.apiKey, kept);
    return json('OK');
  }),
];

function matches(query: URLSearchParams, row: Readonly<Record<string, string>>): boolean {
  return Object.entries(row).every(([name, value]) => {
    const wanted = query.get(name);
    return wanted === null || wanted === value;
  });
}

/** Which side of a trade this address's wallets were on; the taker side wins. */
function partOf(venue: Venue, trade: TradeRecord, address: string): 'taker' | 'maker' | undefined {
  const owns = (wallet: string | null): boolean =>
    wallet !== null && (wallet === address || venue.controllers.get(wallet) === address);
  if (owns(trade.takerKey)) return 'taker';
  return trade.makers.some((maker) => owns(maker.makerKey)) ? 'maker' : undefined;
}

function tradeMatches(query: URLSearchParams, trade: TradeRecord): boolean {
  if (!matches(query, { id: trade.id, market: trade.conditionId, asset_id: trade.tokenId })) return false;
  const maker = query.get('maker_address')?.toLowerCase();
  if (maker !== undefined && ![trade.takerKey, ...trade.makers.map((m) => m.makerKey)].includes(maker)) {
    return false;
  }
  const seconds = Math.floor(trade.matchedAtMs / 1000);
  const after = Number(query.get('after') ?? 0);
  const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER);
  return seconds >= after && seconds <= before;
}

/** Types 1 to 3 trade from the wallet that this EOA last proved to control. */
function walletOf(venue: Venue, request: RouteRequest, address: string): string {
  if ((request.query.get('signature_type') ?? '0') === '0') return address;
  const wallets = [...venue.controllers].filter(([, eoa]) => eoa === address);
  return wallets.at(-1)?.[0] ?? address;
}

/** The token asked about, or undefined for collateral. */
function assetOf({ query }: RouteRequest): string | undefined {
  const type = query.get('asset_type');
  if (type === 'COLLATERAL') return undefined;
  if (type !== 'CONDITIONAL') throw badRequest('Invalid asset type');
  const token = query.get('token_id') ?? '';
  if (!/^\d{1,78}$/.test(token)) throw badRequest('Invalid token id');
  return token;
}

function isScoring(venue: Venue, id: string): boolean {
  return venue.orders.get(id)?.status === 'LIVE';
}
