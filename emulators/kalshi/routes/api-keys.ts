import * as z from 'zod';
import { keysOfUser, readPublicKey, registerKey } from '../auth/api-keys.ts';
import { json, jsonBody, signedRoute, type Route } from '../http/route.ts';
import { badParameter, notFound } from '../venue-error.ts';

const createSchema = z.object({ name: z.string().max(200), public_key: z.string().max(10_000) });

/** Every key may do everything: scopes are told, not played. */
const SCOPES = ['read', 'write'];

export const apiKeyRoutes: readonly Route[] = [
  signedRoute('GET', '/api_keys', (venue, _request, caller) =>
    json({
      api_keys: keysOfUser(venue, caller.userId).map(({ id, name }) => ({
        api_key_id: id,
        name,
        scopes: SCOPES,
      })),
    }),
  ),
  signedRoute('POST', '/api_keys', (venue, request, { userId }) => {
    const parsed = createSchema.safeParse(jsonBody(request));
    if (!parsed.success) throw badParameter(z.prettifyError(parsed.error));
    const publicKey = readPublicKey(parsed.data.public_key);
    if (publicKey === undefined) throw badParameter('public_key');
    const { id } = registerKey(venue, { userId, name: parsed.data.name, publicKey });
    return json({ api_key_id: id }, 201);
  }),
  signedRoute('DELETE', '/api_keys/:id', (venue, { params }, caller) => {
    const key = venue.apiKeys.get(params['id'] ?? '');
    if (key === undefined || key.userId !== caller.userId) throw notFound();
    venue.apiKeys.delete(key.id);
    return { status: 204, body: '' };
  }),
];
