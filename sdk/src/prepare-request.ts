import type { Prepared } from './attempt.ts';
import type { HeaderOption, Operation } from './operation.ts';
import type { CallOptions, ClientOptions } from './options.ts';

/** A call that can be sent, or the sentence that says why it cannot. */
export type Preparation =
  | { readonly ok: true; readonly request: Prepared; readonly idempotencyKey: string | undefined }
  | { readonly ok: false; readonly error: string };

type Members = Readonly<Record<string, unknown>>;

const headerNames: Readonly<Record<HeaderOption, string>> = {
  idempotencyKey: 'Idempotency-Key',
  customer: 'X-Builder-Customer-Id',
  credentials: 'X-Exchange-Credentials',
  wallet: 'X-Postern-Wallet',
  venue: 'X-Postern-Venue',
  session: 'X-Session-Id',
};

const optionNames = Object.keys(headerNames) as readonly HeaderOption[];

/**
 * The request of a call. Whatever a caller without types may give: it is sent as it is, for the gateway to judge, or
 * told in a sentence; nothing is dropped, and nothing is thrown. Sentences never repeat a value: it may be a secret.
 */
export function prepare(
  name: string,
  operation: Operation,
  client: Pick<ClientOptions, 'url' | 'apiKey'>,
  given: unknown,
  options: CallOptions,
): Preparation {
  const [method = '', path = ''] = name.split(' ');
  const input = given ?? {};
  if (typeof client.apiKey !== 'string' || client.apiKey === '') return refused('apiKey: missing');
  if (typeof input !== 'object' || Array.isArray(input)) return refused('The input is not an object');
  const named = idempotencyKeyOf(operation, input as Members, options);
  const members: Members = {
    ...input,
    ...(operation.named === 'body' && { idempotencyKey: named }),
  };
  try {
    const url = urlOf(client.url, path, operation, members);
    if (typeof url !== 'string') return url;
    const headers = headersOf(operation, client.apiKey, { ...options, idempotencyKey: named });
    if (!(headers instanceof Headers)) return headers;
    const body = operation.hasBody ? JSON.stringify(bodyOf(operation, members)) : undefined;
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    return { ok: true, request: { url, method, headers, body }, idempotencyKey: named };
  } catch {
    // A cycle or a bigint, a lone surrogate, a line break in a header.
    return refused(
      'The call cannot be put into a request: a value is no JSON, or no text for a URL or a header',
    );
  }
}

const isText = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const refused = (error: string) => ({ ok: false, error }) as const;

/** A name that the caller gave, or one of 128 random bits, which nobody else uses. */
function idempotencyKeyOf({ named }: Operation, input: Members, options: CallOptions): string | undefined {
  if (named === 'no') return options.idempotencyKey;
  const given = (named === 'body' ? input['idempotencyKey'] : undefined) ?? options.idempotencyKey;
  // Of another type it is sent all the same: the gateway refuses it.
  if (given !== undefined && given !== null) return given as string;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Throws for text that no URL can hold. */
function urlOf(base: string, path: string, operation: Operation, members: Members): string | Preparation {
  // Not by the URL's own rules of joining: a base may have a path.
  if (!/^https?:\/\/[^/?#]/.test(base)) return refused('The url of the gateway is not an http URL');
  let filled = path;
  for (const name of operation.path) {
    const value = members[name];
    const text = isText(value) ? String(value) : '';
    // URLs drop these two, and the request would be another one.
    if (text === '' || text === '.' || text === '..') return refused(`${name}: missing, or not an id`);
    filled = filled.replace(`{${name}}`, () => encodeURIComponent(text));
  }
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(queryOf(operation, members))) {
    if (value === undefined) continue;
    if (!isText(value)) return refused(`${name}: neither text nor a number`);
    search.append(name, String(value));
  }
  const query = search.toString();
  return new URL(`${base.replace(/\/+$/, '')}${filled}${query === '' ? '' : `?${query}`}`).href;
}

/** Without a body, what the operation does not know goes into the query, where the gateway refuses it. */
const queryOf = ({ query, path, hasBody }: Operation, members: Members): Members =>
  pick(members, (name) => (hasBody ? query.includes(name) : !path.includes(name)));

const bodyOf = ({ query, path }: Operation, members: Members): Members =>
  pick(members, (name) => !query.includes(name) && !path.includes(name));

const pick = (members: Members, wanted: (name: string) => boolean): Members =>
  Object.fromEntries(Object.entries(members).filter(([name]) => wanted(name)));

/** Throws for a value that no header can hold. */
function headersOf(operation: Operation, apiKey: string, options: CallOptions): Headers | Preparation {
  const headers = new Headers({ 'X-API-Key': apiKey, Accept: 'application/json' });
  for (const option of optionNames) {
    const value = options[option];
    if (value === undefined || (option === 'idempotencyKey' && operation.named === 'body')) continue;
    if (!operation.options.includes(option)) return refused(`${option}: this call does not take it`);
    const text = option === 'credentials' ? base64(JSON.stringify(value)) : value;
    if (!isText(text)) return refused(`${option}: neither text nor a number`);
    headers.set(headerNames[option], String(text));
  }
  return headers;
}

const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
