import * as z from 'zod';
import { exchangeAssertion } from '../auth/client-assertion.ts';
import { enrollOtp, login, refresh, register, requireUser, verifyOtp } from '../auth/sessions.ts';
import { passwordReasons } from '../auth/users.ts';
import type { Credentials, Dialect } from '../commands/caller.ts';
import { commands, runCommand } from '../commands/table.ts';
import { read } from '../commands/wire.ts';
import { header } from '../../lib/http/headers.ts';
import { json, type Handler, type Route as VenueRoute, type RouteRequest } from '../../lib/http/route.ts';
import { invalid } from '../exchange-error.ts';
import type { Venue } from '../state.ts';
import { toCamel, toSnake } from './key-case.ts';

export type Route = VenueRoute<Venue>;

export function route(method: string, pattern: string, handler: Handler<Venue>): Route {
  return { method, pattern, handler };
}

const secret = z.string().min(1).max(10_000);
const registerSchema = z.object({ token: secret, password: secret });
const loginSchema = z.object({ username: secret, password: secret, otp: z.string().max(20).default('') });
const refreshSchema = z.object({ refresh_token: secret });
const passwordSchema = z.object({ password: z.string().max(10_000) });
const otpSchema = z.object({ otp: z.string().max(20) });
const AUTH = '/auth/v1beta1';

/** docs.polymarketexchange.com/getting-started/authentication; the mfa routes are in no public page. */
export const authRoutes: readonly Route[] = [
  route('POST', `${AUTH}/register`, (venue, request) => {
    const { token, password } = read(registerSchema, jsonBody(request));
    return json(register(venue, token, password));
  }),
  route('POST', `${AUTH}/login`, (venue, request) => {
    const { username, password, otp } = read(loginSchema, jsonBody(request));
    return json(login(venue, username, password, otp));
  }),
  route('POST', `${AUTH}/refresh`, (venue, request) =>
    json(refresh(venue, read(refreshSchema, jsonBody(request)).refresh_token)),
  ),
  route('POST', `${AUTH}/check_password`, (_venue, request) => {
    const reasons = passwordReasons(read(passwordSchema, jsonBody(request)).password);
    return json({ ok: reasons.length === 0, reasons });
  }),
  route('POST', `${AUTH}/mfa/enroll`, (venue, request) =>
    json(enrollOtp(requireUser(venue, header(request.headers, 'authorization')))),
  ),
  route('POST', `${AUTH}/mfa/verify`, (venue, request) => {
    const user = requireUser(venue, header(request.headers, 'authorization'));
    return json(verifyOtp(venue, user, read(otpSchema, jsonBody(request)).otp));
  }),
  route('POST', '/oauth/token', (venue, request) => exchangeAssertion(venue, request.rawBody)),
];

/** Every command in both dialects. */
export const commandRoutes: readonly Route[] = commands.flatMap((command) => {
  const [method, path] = command.v1;
  return [
    route('POST', `/api/v1beta1/${command.rpc}`, (venue, request) =>
      json(runCommand(venue, command, credentialsOf('v1beta1', request), jsonBody(request))),
    ),
    route(method, path, (venue, request) => {
      const body = method === 'GET' ? queryBody(request) : jsonBody(request);
      return json(toCamel(runCommand(venue, command, credentialsOf('v1', request), body)));
    }),
  ];
});

function credentialsOf(dialect: Dialect, { headers }: RouteRequest): Credentials {
  return {
    dialect,
    authorization: header(headers, 'authorization'),
    participantId: header(headers, 'x-participant-id'),
  };
}

/** Snake_case whatever was sent; an empty body is an empty message. @throws INVALID_ARGUMENT. */
export function jsonBody({ rawBody }: RouteRequest): unknown {
  if (rawBody === '') return {};
  try {
    return toSnake(JSON.parse(rawBody));
  } catch {
    throw invalid('the body is not JSON');
  }
}

/** Repeated fields of the lookups that are GET requests. */
const REPEATED = new Set(['accounts', 'symbols']);

function queryBody({ query }: RouteRequest): unknown {
  const keys = [...new Set(query.keys())];
  return toSnake(
    Object.fromEntries(keys.map((key) => [key, REPEATED.has(key) ? query.getAll(key) : query.get(key)])),
  );
}
