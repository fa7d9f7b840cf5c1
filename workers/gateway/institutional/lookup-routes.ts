import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import { headerOf, sourceHeader } from '../http/request-headers.ts';
import { route, type AnyRoute, type Call, type Reply } from '../http/route.ts';
import { vaultActorOf, askExchange, authOf, connectorLost, connectorOf, deskAuth } from './desk.ts';

const name = z.string().max(200);
const names = z.array(name).max(1000).optional();
const time = z.iso.datetime({ offset: true }).optional();
const paging = {
  page_size: z.int().min(0).max(1000).optional(),
  page_token: z.string().max(1000).optional(),
};

const searchOrders = {
  order_id: name.optional(),
  clord_id: name.optional(),
  symbol: name.optional(),
  accounts: names,
  start_time: time,
  end_time: time,
  ...paging,
};

/** A lookup: what it takes, and the member that its answer has. */
const lookups = [
  ['get_open_orders', 'Open orders', z.strictObject({ accounts: names, symbols: names })],
  [
    'list_account_positions',
    "An account's positions, and what open sales leave of them",
    z.strictObject({ name: name.min(1), symbol: name.optional() }),
  ],
  [
    'get_account_balance',
    "An account's balance, in decimal dollars",
    z.strictObject({ name: name.min(1), currency: name.optional() }),
  ],
  ['list_account_balances', "An account's balances by currency", z.strictObject({ name: name.min(1) })],
  [
    'list_instruments',
    'Instruments with their scales',
    z.strictObject({ symbols: names, product_id: name.optional(), ...paging }),
  ],
  ['list_symbols', 'Symbols of all instruments', z.strictObject({})],
  ['search_orders', 'Orders of any state', z.strictObject(searchOrders)],
  [
    'search_executions',
    'Executions',
    z.strictObject({
      ...searchOrders,
      types: z.array(z.string().max(64)).max(8).optional(),
      newest_first: z.boolean().optional(),
    }),
  ],
] as const;

async function answer(
  call: Call<unknown, unknown, Readonly<Record<string, unknown>>>,
  rpc: string,
): Promise<Reply> {
  const fresh = headerOf(call, sourceHeader) === 'lookup';
  const auth = await authOf(call);
  // The copy is the desk's own user's; who brings a token may be another.
  if (auth !== 'desk') {
    const body = await askExchange(call, `/api/v1beta1/${rpc}`, call.body, auth);
    return { body, headers: { 'x-postern-source': 'lookup' } };
  }
  const looked = await connectorOf(call)
    .lookUp(rpc, call.body, vaultActorOf(call), fresh)
    .catch(connectorLost);
  if (!looked.ok) throw new RequestError(looked);
  const { body, source } = looked;
  if (source === 'lookup') return { body, headers: { 'x-postern-source': source } };
  return {
    body,
    headers: {
      'x-postern-source': source,
      'x-postern-as-of': looked.asOf,
      'x-postern-seq': String(looked.seq),
    },
  };
}

export const institutionalLookupRoutes: readonly AnyRoute[] = lookups.map(([rpc, summary, body]) =>
  route({
    method: 'POST',
    tag: 'exchange',
    auth: deskAuth,
    headers: [sourceHeader],
    path: `/api/v1beta1/${rpc}`,
    summary,
    body: body as z.ZodType<Readonly<Record<string, unknown>>>,
    reply: { status: 200, schema: z.looseObject({}) },
    handle: (call) => answer(call, rpc),
  }),
);
