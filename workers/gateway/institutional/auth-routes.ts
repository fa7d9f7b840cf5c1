import * as z from 'zod';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import {
  clientId,
  participant,
  password,
  privateKeyPem,
  username,
  type LoginIntent,
} from '../../../shared/vault/exchange-login.ts';
import { route, type AnyRoute, type Call } from '../http/route.ts';
import {
  vaultActorOf,
  askExchange,
  authOf,
  connectorLost,
  connectorOf,
  deskAuth,
  subjectOf,
} from './desk.ts';

const otp = z.string().max(20);
const store = z.boolean().optional();
const token = z.string().min(1).max(10_000);

/** The v1 dialect has no refresh tokens. */
const times = {
  accessIssueTime: z.string(),
  accessExpirationTime: z.string(),
  refreshIssueTime: z.string().optional(),
  refreshExpirationTime: z.string().optional(),
};
/** With `store` the tokens stay in the vault: then only their times are told. */
const tokens = z.object({
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  ...times,
});

const shared = { method: 'POST', tag: 'exchange', auth: deskAuth } as const;
const AUTH = '/auth/v1beta1';

const register = route({
  ...shared,
  path: `${AUTH}/register`,
  summary: 'Set the password of a user of the exchange, once; with store it is kept for the desk',
  body: z.strictObject({ token, password, username: username.optional(), store }),
  reply: { status: 200, schema: z.object({}) },
  async handle(call) {
    const { token: proof, password: secret, store: keep } = call.body;
    if (keep !== true) {
      return {
        body: await askExchange(call, `${AUTH}/register`, { token: proof, password: secret }, 'none'),
      };
    }
    const name = call.body.username ?? username.safeParse(subjectOf(proof)).data;
    if (name === undefined) throw new RequestError(invalidMember('username', 'is not in the token: send it'));
    await kept(call, { kind: 'register', token: proof, username: name, password: secret });
    return { body: {} };
  },
});

/** Of the v1 dialect. Who would rather keep the key has tokens of its own. */
const clientLogin = z.strictObject({
  client_id: clientId,
  private_key: privateKeyPem,
  participant_id: participant.optional(),
  store: z.literal(true),
});

const userLogin = z.strictObject({ username, password, otp: otp.optional(), store });
const anyLogin = z.union([userLogin, clientLogin]);

const login = route({
  ...shared,
  path: `${AUTH}/login`,
  summary: 'Log in at the exchange; with store the vault keeps the session and renews it, and tells no token',
  body: anyLogin,
  reply: { status: 200, schema: tokens },
  async handle(call) {
    const { store: keep, ...given } = call.body;
    if (keep !== true) return { body: await askExchange(call, `${AUTH}/login`, given, 'none') };
    const step = await kept(call, intentOf(call.body));
    return { body: step.state === 'ready' ? step.times : {} };
  },
});

const refresh = route({
  ...shared,
  path: `${AUTH}/refresh`,
  summary: 'New tokens for a refresh token of your own; the old one is spent',
  body: z.strictObject({ refreshToken: z.string().min(1).max(8192) }),
  reply: { status: 200, schema: tokens },
  handle: async (call) => ({ body: await askExchange(call, `${AUTH}/refresh`, call.body, 'none') }),
});

const checkPassword = route({
  ...shared,
  path: `${AUTH}/check_password`,
  summary: 'Whether the exchange would take a password',
  body: z.strictObject({ password: z.string().max(1024) }),
  reply: { status: 200, schema: z.object({ ok: z.boolean(), reasons: z.array(z.string()) }) },
  handle: async (call) => ({ body: await askExchange(call, `${AUTH}/check_password`, call.body, 'none') }),
});

const enroll = route({
  ...shared,
  path: `${AUTH}/mfa/enroll`,
  summary: 'A new secret for one-time passwords: logins take otp once a code of it was verified',
  body: z.strictObject({}).optional(),
  reply: { status: 200, schema: z.object({ secret_uri: z.string() }) },
  handle: async (call) => ({ body: await askExchange(call, `${AUTH}/mfa/enroll`, {}, await authOf(call)) }),
});

const verify = route({
  ...shared,
  path: `${AUTH}/mfa/verify`,
  summary: 'Confirm a one-time password',
  body: z.strictObject({ otp }),
  reply: { status: 200, schema: z.object({ ok: z.boolean() }) },
  handle: async (call) => ({
    body: await askExchange(call, `${AUTH}/mfa/verify`, call.body, await authOf(call)),
  }),
});

function intentOf(given: z.infer<typeof anyLogin>): LoginIntent {
  if ('username' in given) {
    const { store: _, ...user } = given;
    return { kind: 'login', ...user };
  }
  const { client_id, private_key, participant_id } = given;
  return {
    kind: 'client',
    clientId: client_id,
    privateKeyPem: private_key,
    ...(participant_id !== undefined && { participant: participant_id }),
  };
}

async function kept(call: Call<unknown, unknown, unknown>, intent: LoginIntent) {
  const settled = await connectorOf(call).keep(intent, vaultActorOf(call)).catch(connectorLost);
  if (!settled.ok) throw new RequestError(settled);
  return settled.step;
}

export const institutionalAuthRoutes: readonly AnyRoute[] = [
  register,
  login,
  refresh,
  checkPassword,
  enroll,
  verify,
];
