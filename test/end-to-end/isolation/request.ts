import { randomUUID } from 'node:crypto';
import { TestSocket } from '../../support/socket.ts';
import { member, type Answer } from '../support/ask.ts';
import { labelOf, nameOf, type IdKind, type Slot } from './ids.ts';
import type { Asker } from './askers.ts';
import type { IsolationStage } from './stage.ts';
import { orderBody } from '../support/order-body.ts';
import { limitOrder } from '../support/trader.ts';

/** All of a reply that could tell one id from another, and the id of the request. */
export interface ComparableReply {
  readonly request: string;
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
  readonly names: readonly string[];
}

/** More than anybody's paper account can pay: an order that gets as far as that has passed every lookup. */
const TOO_MUCH = '1000000';

interface Base {
  readonly query?: string;
  readonly body?: unknown;
}

/** What an operation needs beside the id, so that nothing but the id can be refused. */
function baseOf(slot: Slot, { market, partnersUser }: IsolationStage): Base {
  const { condition, yes } = market;
  const order = limitOrder(condition, { quantity: TOO_MUCH });
  const signed = { makerAmount: '100000000000', takerAmount: '1000000000000' };
  const linked = { exchange: 'polymarket', mode: 'managed' };
  const onPaper = { query: 'exchange=paper' };
  const routed = {
    market_id: condition,
    outcome: 'Yes',
    side: 'buy',
    price: 0.1,
    size: Number(TOO_MUCH),
    params: {},
  };
  const human = { token_id: yes, side: 'BUY', price: '0.10', size: TOO_MUCH };
  const bases: Readonly<Record<string, Base>> = {
    // Only the form in human decimals has it.
    'POST /v1/order, body client_order_id': { body: human },
    'POST /v1/order': { body: orderBody(yes, signed) },
    'POST /v1/orders': { body: order },
    'POST /v1/orders/batch': { body: { orders: [order] } },
    'POST /v1/clob/order': { body: human },
    'POST /v1/heartbeats': { body: { interval_ms: 60_000 } },
    'POST /v1/v1/heartbeats': { body: { interval_ms: 60_000 } },
    'DELETE /v1/order': { body: { orderID: '999999' } },
    'DELETE /v1/orders': { body: ['999999'] },
    'DELETE /v1/cancel-market-orders': { body: { market: condition } },
    'POST /v1/cancel-all': { query: 'confirm=true' },
    'GET /v1/balance-allowance': { query: 'asset_type=COLLATERAL' },
    'GET /v1/balance-allowance/update': { query: 'asset_type=COLLATERAL' },
    'PATCH /v1/me/wallets/{id}': { body: { name: 'taken' } },
    'PATCH /v1/keys/{id}': { body: { name: 'taken' } },
    'POST /api/v1/onboard': { body: linked },
    'DELETE /api/v1/onboard': { query: 'exchange=polymarket' },
    'POST /api/v1/builder/onboard': { body: linked },
    'POST /api/v1/orders': { ...onPaper, body: routed },
    'GET /api/v1/orders': onPaper,
    'GET /api/v1/orders/{id}': onPaper,
    'DELETE /api/v1/orders/{id}': onPaper,
    'GET /api/v1/positions': onPaper,
    'GET /api/v1/fills': onPaper,
    'GET /api/v1/ping': onPaper,
    'GET /api/v1/balance': onPaper,
    'PATCH /api/v1/builder/users/{customer_id}': { body: { qps_limit: 1 } },
    'POST /api/v1/builder/users/{customer_id}/keys': { body: { revoke_previous: true } },
    'POST /api/v1/polymarket/ctf/split': { body: { condition_id: condition, amount: 1 } },
    'POST /api/v1/polymarket/ctf/merge': { body: { condition_id: condition, amount: 1 } },
    'POST /api/v1/polymarket/ctf/redeem': { body: { condition_id: condition } },
    'PUT /admin/v1/tenants/{tenant}/escrow': { body: { fee_escrow_enabled: false, fee_bps: 0 } },
    'POST /v1/partner/users': { body: { email: 'someone@example.com' } },
    'POST /v1/partner/accounts, body user_id': {
      body: { external_id: 'taken', stage: 'demo', starting_balance: '100.00' },
    },
    'POST /v1/partner/accounts': {
      body: { user_id: partnersUser, stage: 'demo', starting_balance: '100.00' },
    },
    'PATCH /v1/partner/accounts/{account_id}': { body: { stage: 'funded' } },
    'POST /v1/platforms/polymarket/market-order': { body: { tokenId: yes, side: 'BUY', size: 1 } },
    'POST /v1/platforms/polymarket/redeem-positions': { body: { tokenIds: [yes] } },
    'PATCH /admin/v1/tenants/{tenant}/partner': { body: { enabled: false } },
    'PATCH /admin/v1/tenants/{tenant}': { body: { flagged: true } },
    'PATCH /admin/v1/tenants/{tenant}/keys/{id}': { body: { is_active: false } },
  };
  return bases[labelOf(slot)] ?? bases[nameOf(slot.operation)] ?? {};
}

/** Asks for an object by an id. */
export async function askFor(
  stage: IsolationStage,
  slot: Slot,
  id: string,
  { headers }: Asker,
): Promise<ComparableReply> {
  const { operation, place, name } = slot;
  const [session, number] = slot.kind === 'suggestion' ? id.split(':') : [undefined, id];
  const base = baseOf(slot, stage);
  const request = randomUUID();
  const query = [base.query, place === 'query' ? `${name}=${encodeURIComponent(id)}` : undefined];
  const search = query.filter((part) => part !== undefined).join('&');
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
    parameter === name ? encodeURIComponent(number ?? '') : '999999',
  );
  const target = `${path}${search === '' ? '' : `?${search}`}`;
  const sent = {
    ...headers,
    'x-request-id': request,
    // The longer form of every error: whatever differs would show there.
    'x-polysim-verbose': 'true',
    ...(place === 'header' && { [name.toLowerCase()]: id }),
    ...(session !== undefined && { 'x-session-id': session }),
  };
  if (path.startsWith('/v1/ws/')) return onSocket(stage, target, sent, request, headers);
  const body = place === 'body' ? withMember(base.body, name, id) : base.body;
  const answer = await stage.send(operation.method, target, {
    headers: sent,
    ...(body !== undefined && { body }),
  });
  return told(answer, request, id);
}

/** A body with an id in it: as a member, of each order where there are several, or as the only entry of a list. */
function withMember(body: unknown, name: string, id: string): unknown {
  if (name === '[]') return [id];
  const members = (body ?? {}) as Readonly<Record<string, unknown>>;
  // The router's: what names a command stands with what else is special about it.
  if (typeof members['params'] === 'object') return { ...members, params: { [name]: id } };
  if (name === 'user_id') return { ...members, [name]: Number(id) };
  if (!Array.isArray(members['orders'])) return { ...members, [name]: id };
  return { orders: members['orders'].map((order: object) => ({ ...order, [name]: id })) };
}

function told({ status, code, text, headers }: Answer, request: string, id: string): ComparableReply {
  return {
    request,
    status,
    code,
    // What the caller itself has sent comes back in some replies.
    text: text.replaceAll(JSON.stringify(id), '"<id>"').replaceAll(request, '<request>'),
    names: [...headers.keys()].toSorted(),
  };
}

/** How a websocket ends that names the object, with a token of the asker's own where it can have one. */
async function onSocket(
  stage: IsolationStage,
  target: string,
  headers: Readonly<Record<string, string>>,
  request: string,
  own: Asker['headers'],
): Promise<ComparableReply> {
  const minted = await stage.send('POST', '/v1/keys/ws-token', { headers: own });
  const token = member(minted, 'token');
  const query = typeof token === 'string' ? `${target.includes('?') ? '&' : '?'}token=${token}` : '';
  const socket = new TestSocket(`${stage.file.url}${target}${query}`, headers);
  // Without a token a channel may wait for a credential in the first frame.
  const signIn = { type: 'user', auth: { apiKey: 'nobody', secret: '', passphrase: '' }, markets: [] };
  await Promise.race([socket.opened.then(() => socket.send(signIn)), socket.closed]).catch(() => undefined);
  const { code, reason } = await socket.closed;
  return { request, status: code, code: null, text: reason, names: [] };
}

/** Well-formed ids that nobody has. */
export const unknownIds: Readonly<Record<IdKind, string>> = {
  order: '999999',
  wallet: '999',
  key: randomUUID(),
  customer: randomUUID(),
  tenant: 'tnt_00000000000000000000',
  account: 'acct_tnt_00000000000000000000',
  trader_user: '2147483647',
  partner_account: randomUUID(),
  command: `nobody-${randomUUID()}`,
  external_id: `nobody-${randomUUID()}`,
  escrow: `0x${'0'.repeat(64)}`,
  session: '2147483647',
  suggestion: '2147483647:1',
};

/** Texts that are no ids. Of names that callers give there are none. */
export const malformedIds: Readonly<Partial<Record<IdKind, readonly string[]>>> = {
  order: ['x', '-1', '1e0'],
  wallet: ['x', '0', '01'],
  key: ['x', '../keys'],
  customer: ['x', "'"],
  tenant: ['x'],
  account: ['x'],
  escrow: ['x', '0x01'],
  // In a body it is a number.
  trader_user: ['1', '9007199254740991'],
  partner_account: ['x', "'"],
  session: ['x', '0', '01', '9'.repeat(20)],
  suggestion: ['x:1'],
};
