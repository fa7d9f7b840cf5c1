import * as z from 'zod';
import { invalidMember, RequestError } from '../../../../shared/errors/failure.ts';
import type { PolymarketClient } from '../../../../shared/venues/polymarket/account/polymarket-client.ts';
import { tradingAccount } from '../../context/account.ts';
import { venueHeaders } from '../../http/request-headers.ts';
import { route, type AnyRoute } from '../../http/route.ts';
import { requestedVenue } from '../../context/venue.ts';
import { liveSession, type LiveCall } from '../../trading/live-session.ts';
import { v1ValueOrThrow } from '../../trading/submit-live.ts';

const assetQuery = z.object({
  asset_type: z.enum(['COLLATERAL', 'CONDITIONAL']),
  token_id: z.string().max(128).optional(),
});

const balanceAllowance = route({
  method: 'GET',
  path: '/v1/balance-allowance',
  summary: 'Free cash, or free shares of a token, in millionths',
  tag: 'clob',
  auth: { kind: 'key', permission: 'read' },
  headers: venueHeaders,
  query: assetQuery,
  reply: {
    status: 200,
    schema: z.object({ balance: z.string(), allowances: z.record(z.string(), z.string()) }),
  },
  async handle(call) {
    const { query } = call;
    if (requestedVenue(call) !== 'paper') return { body: await allowance(call, query) };
    const { stub } = await tradingAccount(call);
    if (query.asset_type === 'COLLATERAL') {
      const cash = await stub.freeCash();
      return { body: { balance: cash.toString(), allowances: {} } };
    }
    if (!query.token_id) throw new RequestError(invalidMember('token_id', 'needed for CONDITIONAL'));
    const free = await stub.freeShares(query.token_id);
    return { body: { balance: free.toString(), allowances: {} } };
  },
});

/** What the official clients call before they read it: the venue then looks at the chain again. Paper has none. */
const updateAllowance = route({
  method: 'GET',
  path: '/v1/balance-allowance/update',
  summary: 'Have the venue look at the chain again; nothing to do on paper',
  tag: 'clob',
  auth: { kind: 'key', permission: 'read' },
  headers: venueHeaders,
  query: assetQuery,
  reply: { status: 200, schema: z.literal('') },
  async handle(call) {
    if (requestedVenue(call) === 'paper') await tradingAccount(call);
    else await refreshAllowance(call, call.query);
    return { body: '' };
  },
});

type AssetQuery = z.infer<typeof assetQuery>;

/** In the venue's own words, of the wallet that the account trades from. */
async function allowance(call: LiveCall, query: AssetQuery): Promise<unknown> {
  const { clob } = await liveSession(call);
  return v1ValueOrThrow(await clob.read('/balance-allowance', await assetOf(clob, query)));
}

async function refreshAllowance(call: LiveCall, query: AssetQuery): Promise<void> {
  const { clob } = await liveSession(call);
  v1ValueOrThrow(await clob.read('/balance-allowance/update', await assetOf(clob, query)));
}

async function assetOf(clob: PolymarketClient, query: AssetQuery): Promise<URLSearchParams> {
  const { asset_type, token_id } = query;
  if (asset_type === 'CONDITIONAL' && !token_id)
    throw new RequestError(invalidMember('token_id', 'needed for CONDITIONAL'));
  const signature_type = String(v1ValueOrThrow(await clob.signatureType()));
  return new URLSearchParams({ asset_type, signature_type, ...(token_id && { token_id }) });
}

export const allowanceRoutes: readonly AnyRoute[] = [balanceAllowance, updateAllowance];
