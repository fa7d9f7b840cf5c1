import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import { MAX_REDIRECT_LENGTH } from '../../../shared/partner/redirect-allow-list.ts';
import { actorOf } from '../context/actor.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { loginPage } from '../tenants/login-address.ts';
import { pageQuery, rowCursorOf, rowPlaceOf } from './cursor.ts';
import { partnerOf } from './own-account.ts';
import { email } from '../http/wire-values.ts';
import {
  externalId,
  jsonObject,
  numberOf,
  toUserReply,
  toUserView,
  userParams,
  userReply,
  userView,
} from './wire.ts';

const create = route({
  method: 'POST',
  path: '/v1/partner/users',
  summary: 'The trader user with this external_id: 201 when new, 200 when it exists with this email',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'users:write' },
  body: z.strictObject({ external_id: externalId, email, metadata: jsonObject.optional() }),
  reply: { status: 201, schema: userReply },
  async handle(call) {
    const { body, caller, requestId } = call;
    const created = await partnerOf(call).createTraderUser(
      {
        externalId: body.external_id,
        email: body.email,
        ...(body.metadata !== undefined && { metadata: body.metadata }),
      },
      actorOf(caller, requestId),
    );
    if (!created.ok) throw new RequestError(created);
    return { status: created.created ? 201 : 200, body: toUserReply(created.user, created.created) };
  },
});

const list = route({
  method: 'GET',
  path: '/v1/partner/users',
  summary: 'Trader users, oldest first',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:read' },
  query: pageQuery,
  reply: { status: 200, schema: z.object({ data: z.array(userView), next_cursor: z.string().nullable() }) },
  async handle(call) {
    const { limit, cursor } = call.query;
    const page = await partnerOf(call).listTraderUsers(rowPlaceOf(cursor), limit);
    if (!page.ok) throw new RequestError(page);
    return { body: { data: page.rows.map(toUserView), next_cursor: rowCursorOf(page.next) } };
  },
});

const read = route({
  method: 'GET',
  path: '/v1/partner/users/{user_id}',
  summary: 'One trader user',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:read' },
  params: userParams,
  reply: { status: 200, schema: userView },
  async handle(call) {
    const found = await partnerOf(call).traderUser(numberOf(call.params.user_id));
    if (!found.ok) throw new RequestError(found);
    return { body: toUserView(found.user) };
  },
});

const loginLink = route({
  method: 'POST',
  path: '/v1/partner/users/{user_id}/login-link',
  summary: 'Mail the trader a link that signs in once, within 15 minutes; it is in no reply',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'users:write' },
  params: userParams,
  body: z.strictObject({ redirect_url: z.string().min(1).max(MAX_REDIRECT_LENGTH).optional() }).optional(),
  reply: { status: 202, schema: z.object({ status: z.literal('accepted') }) },
  async handle(call) {
    const { body, caller, requestId, env, url, params } = call;
    const redirect = body?.redirect_url;
    const page = loginPage(env, url);
    if (page === undefined) {
      throw new RequestError('VENUE_UNAVAILABLE', {
        message: 'No https PUBLIC_URL is configured, so a login link has nowhere to lead',
        retryAfter: 60,
      });
    }
    const requested = await partnerOf(call).requestLoginLink(
      numberOf(params.user_id),
      { page, ...(redirect !== undefined && { redirect }) },
      actorOf(caller, requestId),
    );
    if (!requested.ok) throw new RequestError(requested);
    return { status: 202, body: { status: 'accepted' } };
  },
});

export const userRoutes: readonly AnyRoute[] = [create, list, read, loginLink];
