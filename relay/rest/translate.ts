import * as z from 'zod';
import type { Upstream } from '../config/presets.ts';
import type { Dialect } from '../upstream/dialect.ts';
import type { ExchangeRequest } from './exchange-request.ts';
import { toCamel, toSnake } from './key-case.ts';

/** How one call is sent, and how its answer is told. */
export interface Translation {
  readonly request: Omit<ExchangeRequest, 'headers'>;
  readonly contentType: string;
  /** Of a 2xx answer: as v1beta1 would write it. */
  readonly reply: (body: string) => string;
  /** Likewise of any other; absent where it is the same. */
  readonly refusal?: (body: string, status: number) => string;
}

export type Translated = Translation | { readonly refused: 400 | 404 | 501; readonly message: string };

const JSON_TYPE = 'application/json';
const PATH = /^\/(api|auth)\/v1beta1\/[a-z][a-z0-9_/]{0,80}$/;

/** `path` as v1beta1 names it. */
export function translate(upstream: Upstream, path: string, body: string): Translated {
  if (!PATH.test(path)) return { refused: 404, message: 'the exchange has no such path' };
  const dialect: Dialect = upstream.dialect;
  switch (dialect) {
    case 'v1beta1':
      return {
        request: { method: 'POST', url: new URL(path, upstream.rest), host: upstream.hostHeader?.rest, body },
        contentType: JSON_TYPE,
        reply: (text) => text,
      };
    case 'v1':
      return path === LOGIN ? login(upstream, body) : command(upstream, path, body);
    default:
      return dialect satisfies never;
  }
}

const TRADING = '/v1/trading/orders';

/** docs.polymarket.us, the overviews of Trading, Report, Positions and RefData. */
const v1: Readonly<Record<string, readonly ['GET' | 'POST', string]>> = {
  insert_order: ['POST', TRADING],
  insert_order_list: ['POST', `${TRADING}/list`],
  preview_order: ['POST', `${TRADING}/preview`],
  cancel_order: ['POST', `${TRADING}/cancel`],
  cancel_order_list: ['POST', `${TRADING}/cancel/list`],
  cancel_replace_order: ['POST', `${TRADING}/replace`],
  cancel_replace_order_list: ['POST', `${TRADING}/replace/list`],
  get_open_orders: ['GET', `${TRADING}/open`],
  list_account_positions: ['GET', '/v1/positions'],
  get_account_balance: ['POST', '/v1/positions/balance'],
  list_account_balances: ['POST', '/v1/positions/balances'],
  search_orders: ['POST', '/v1/report/orders/search'],
  search_executions: ['POST', '/v1/report/executions/search'],
  list_instruments: ['POST', '/v1/refdata/instruments'],
  list_symbols: ['POST', '/v1/refdata/symbols'],
  list_accounts: ['GET', '/v1/accounts'],
  whoami: ['GET', '/v1/whoami'],
};

const API = '/api/v1beta1/';

function command(upstream: Upstream, path: string, body: string): Translated {
  const target = path.startsWith(API) ? v1[path.slice(API.length)] : undefined;
  if (target === undefined)
    return { refused: 501, message: 'the v1 dialect of the exchange has no such call' };
  const parsed = objectOf(body);
  if (parsed === undefined) return { refused: 400, message: 'the body is not a JSON object' };
  const [method, to] = target;
  const camel = toCamel(parsed);
  const url = new URL(to, upstream.rest);
  if (method === 'GET') addQuery(url, camel);
  return {
    request: {
      method,
      url,
      host: upstream.hostHeader?.rest,
      body: method === 'GET' ? undefined : JSON.stringify(camel),
    },
    contentType: JSON_TYPE,
    reply: (text) => {
      const answer = objectOf(text);
      return answer === undefined ? text : JSON.stringify(toSnake(answer));
    },
  };
}

const LOGIN = '/auth/v1beta1/login';
const loginBody = z.object({ client_id: z.string().max(200), client_assertion: z.string().max(10_000) });
const tokenReply = z.object({ access_token: z.string(), expires_in: z.number().positive() });

/**
 * In v1 a login is a client assertion: body `{client_id, client_assertion}`, the answer in the words of v1beta1 without a
 * refresh token. docs.polymarket.us/streaming-endpoints/authentication.
 */
function login(upstream: Upstream, body: string): Translated {
  const parsed = loginBody.safeParse(objectOf(body));
  if (!parsed.success) return { refused: 400, message: 'v1 logs in with client_id and client_assertion' };
  const { url, audience } = upstream.token;
  const grant = {
    ...parsed.data,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    audience,
    grant_type: 'client_credentials',
  };
  return {
    request: { method: 'POST', url, host: undefined, body: JSON.stringify(grant) },
    contentType: JSON_TYPE,
    reply: (text) => {
      const token = tokenReply.safeParse(objectOf(text));
      if (!token.success) return text;
      const issued = Date.now();
      return JSON.stringify({
        accessToken: token.data.access_token,
        accessIssueTime: new Date(issued).toISOString(),
        accessExpirationTime: new Date(issued + token.data.expires_in * 1000).toISOString(),
      });
    },
    refusal: (text, status) => {
      const said = oauthError.safeParse(objectOf(text)).data;
      const message = [said?.error, said?.error_description].filter(Boolean).join(': ');
      const code = status === 403 ? PERMISSION_DENIED : UNAUTHENTICATED;
      return said === undefined ? text : JSON.stringify({ code, message, details: [] });
    },
  };
}

/** RFC 6749, section 5.2. */
const oauthError = z.object({ error: z.string(), error_description: z.string().optional() });
/** gRPC's codes. */
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

function addQuery(url: URL, body: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(body))
    for (const item of [value].flat()) url.searchParams.append(name, String(item));
}

/** An empty body is an empty message. */
function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text === '') return {};
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
