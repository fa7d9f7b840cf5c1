import * as z from 'zod';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import { ONE, parseMicro, SCALE, type Micro } from '../../../shared/money/fixed.ts';
import { actorOf } from '../context/actor.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { pageQuery, rowCursorOf, rowPlaceOf } from './cursor.ts';
import { ownAccount, partnerOf, withTrading, type PartnerCall } from './own-account.ts';
import { stateEnvelope, toState } from './state.ts';
import {
  accountParams,
  accountReply,
  accountRow,
  externalId,
  jsonObject,
  numberOf,
  toAccountReply,
  toAccountRow,
} from './wire.ts';
import { stage } from '../tenants/partner-wire.ts';
import type { PartnerAccountFound } from '../../../durable-objects/tenant/api.ts';

/** Starting balances in USD: whole cents, and no more than sums of a few thousand fills can hold exactly. */
const CENT = 10_000n;
const MOST = 10_000_000n * SCALE;

const create = route({
  method: 'POST',
  path: '/v1/partner/accounts',
  summary: 'The account with this external_id: 201 when new, 200 when it exists with these values',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:write' },
  body: z.strictObject({
    user_id: z.number().int().positive(),
    external_id: externalId,
    stage,
    starting_balance: z.union([z.string().max(32), z.number()]).transform(String),
    metadata: jsonObject.optional(),
    rules: jsonObject.optional(),
  }),
  reply: { status: 201, schema: accountReply },
  async handle(call) {
    const { body, caller, requestId } = call;
    const created = await partnerOf(call).createPartnerAccount(
      {
        user: body.user_id,
        externalId: body.external_id,
        stage: body.stage,
        startingBalance: startingBalance(body.starting_balance),
        ...(body.rules !== undefined && { rules: body.rules }),
        ...(body.metadata !== undefined && { metadata: body.metadata }),
      },
      actorOf(caller, requestId),
    );
    if (!created.ok) throw new RequestError(created);
    return { status: created.created ? 201 : 200, body: toAccountReply(created.account) };
  },
});

const list = route({
  method: 'GET',
  path: '/v1/partner/accounts',
  summary: 'Accounts, oldest first; of one trader user, if asked',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:read' },
  query: pageQuery.extend({ user_id: z.string().min(1).max(64).optional() }),
  reply: {
    status: 200,
    schema: z.object({ data: z.array(accountRow), next_cursor: z.string().nullable() }),
  },
  async handle(call) {
    const { limit, cursor, user_id } = call.query;
    const [after, user] = [rowPlaceOf(cursor), user_id === undefined ? undefined : numberOf(user_id)];
    const page = await partnerOf(call).listPartnerAccounts(after, limit, user);
    if (!page.ok) throw new RequestError(page);
    return { body: { data: page.rows.map(toAccountRow), next_cursor: rowCursorOf(page.next) } };
  },
});

const read = route({
  method: 'GET',
  path: '/v1/partner/accounts/{account_id}',
  summary: 'State of an account: balance, equity and open positions at current prices',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:read' },
  params: accountParams,
  reply: { status: 200, schema: stateEnvelope },
  async handle(call) {
    const { account, trading } = await ownAccount(call, call.params.account_id);
    return { body: toState(account, await trading.portfolio()) };
  },
});

const change = route({
  method: 'PATCH',
  path: '/v1/partner/accounts/{account_id}',
  summary: 'Replace stage, rules or metadata',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:write' },
  params: accountParams,
  body: z.strictObject({
    stage: stage.optional(),
    rules: jsonObject.optional(),
    metadata: jsonObject.optional(),
  }),
  reply: { status: 200, schema: stateEnvelope },
  async handle(call) {
    const { body, caller, requestId, params } = call;
    const terms = {
      ...(body.stage !== undefined && { stage: body.stage }),
      ...(body.rules !== undefined && { rules: body.rules }),
      ...(body.metadata !== undefined && { metadata: body.metadata }),
    };
    const id = params.account_id.toLowerCase();
    return shown(call, await partnerOf(call).changePartnerAccount(id, terms, actorOf(caller, requestId)));
  },
});

const ending = (how: 'close' | 'reset', summary: string): AnyRoute =>
  route({
    method: 'POST',
    path: `/v1/partner/accounts/{account_id}/${how}`,
    summary,
    tag: 'partner',
    auth: { kind: 'partner', permission: 'accounts:write' },
    params: accountParams,
    reply: { status: 200, schema: stateEnvelope },
    async handle(call) {
      const id = call.params.account_id.toLowerCase();
      const actor = actorOf(call.caller, call.requestId);
      return shown(call, await partnerOf(call).endPartnerAccount(id, how, actor));
    },
  });

async function shown(
  asking: PartnerCall,
  found: PartnerAccountFound,
): Promise<{ readonly body: z.infer<typeof stateEnvelope> }> {
  const { account, trading } = withTrading(asking, found);
  return { body: toState(account, await trading.portfolio()) };
}

function startingBalance(text: string): Micro {
  const value = parseMicro(text);
  if (value === undefined || value < ONE || value > MOST || value % CENT !== 0n) {
    throw new RequestError(
      invalidMember('starting_balance', 'must be an amount from 1.00 to 10000000.00 in whole cents'),
    );
  }
  return value;
}

export const accountRoutes: readonly AnyRoute[] = [
  create,
  list,
  read,
  change,
  ending(
    'close',
    'Cancel open orders and freeze the account; 409 while orders are left: each call cancels more',
  ),
  ending(
    'reset',
    'Cancel open orders and begin again with the starting balance; 409 likewise; history stays',
  ),
];
