import { openVenueClient } from '../../../durable-objects/venue-access/venue-client.ts';
import { failure, RequestError } from '../../../shared/errors/failure.ts';
import { formatMicro } from '../../../shared/money/fixed.ts';
import type { PolymarketClient } from '../../../shared/venues/polymarket/account/polymarket-client.ts';
import type { OrderStatus, VenueOrder } from '../../../shared/venues/port.ts';
import { liveAccount, type LiveAccount } from './live-account.ts';
import type { AccountCall } from '../context/caller.ts';
import { V1_LIVE_VENUE, v1ValueOrThrow } from './submit-live.ts';

export type LiveCall = AccountCall & { readonly requestId: string };

/** The venue on behalf of the caller, asked from here: reads change nothing, so the account has no part in them. */
export async function liveSession(call: LiveCall): Promise<{
  readonly account: LiveAccount;
  readonly session: ReturnType<typeof openVenueClient>;
  readonly clob: PolymarketClient;
}> {
  const account = await liveAccount(call, V1_LIVE_VENUE);
  const session = openVenueClient(call.env, account.access);
  if (!session.clob) throw new RequestError(failure('INTERNAL_ERROR'));
  return { account, session, clob: session.clob };
}

/** One of the account's lists in the venue's own words. Empty parameters are what its clients send for none. */
export async function readAtVenue(
  call: LiveCall,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  const { clob } = await liveSession(call);
  return v1ValueOrThrow(await clob.read(path, searchOf(query)));
}

const searchOf = (query: Readonly<Record<string, string | undefined>>): URLSearchParams =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : [])),
  );

const HASH = /^0x[0-9a-fA-F]{64}$/;

/** One order in the venue's words; one that never stood in its book as the account's trades tell of it. */
export async function venueOrderRow(call: LiveCall, id: string): Promise<unknown> {
  if (!HASH.test(id)) throw new RequestError('ORDER_NOT_FOUND');
  const { account, clob } = await liveSession(call);
  const row = v1ValueOrThrow(await clob.read(`/data/order/${id}`, new URLSearchParams()));
  if (row !== null) return row;
  return toRow(v1ValueOrThrow(await account.stub.liveOrder(account.access, id)));
}

/** The account's order by its hash. */
export async function liveOrder(call: LiveCall, id: string): Promise<VenueOrder> {
  if (!HASH.test(id)) throw new RequestError('ORDER_NOT_FOUND');
  const { stub, access } = await liveAccount(call, V1_LIVE_VENUE);
  return v1ValueOrThrow(await stub.liveOrder(access, id));
}

const STATUS: Readonly<Record<OrderStatus, string>> = {
  pending: 'DELAYED',
  open: 'LIVE',
  partially_filled: 'LIVE',
  filled: 'MATCHED',
  cancelled: 'CANCELED',
  rejected: 'INVALID',
};

const toRow = (order: VenueOrder) => ({
  id: order.id,
  status: STATUS[order.status],
  owner: '',
  maker_address: '',
  market: order.marketId,
  asset_id: order.tokenId ?? '',
  side: order.side,
  original_size: formatMicro(order.size),
  size_matched: formatMicro(order.filled),
  price: formatMicro(order.price),
  outcome: order.outcome,
  expiration: '0',
  order_type: order.type === 'fok' ? 'FOK' : 'FAK',
  associate_trades: [...(order.receipt?.tradeIds ?? [])],
  created_at: Math.floor(order.createdAt / 1000),
});
