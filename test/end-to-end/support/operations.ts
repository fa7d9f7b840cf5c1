import * as fc from 'fast-check';
import { valuesOf, type Known, type Schema } from './from-schema.ts';

/** One operation of `/openapi.json`. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly schema: Schema;
  }[];
  readonly body: Schema | undefined;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}
interface OpenApiOperation {
  readonly tags: readonly string[];
  readonly parameters?: Operation['parameters'];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

/** Every operation of the running program's own document. */
export async function operationsOf(url: string): Promise<readonly Operation[]> {
  const response = await fetch(`${url}/openapi.json`);
  const { paths } = (await response.json()) as OpenApi;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { tags, parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      tag: tags[0] ?? '',
      parameters,
      body: requestBody?.content['application/json'].schema,
    })),
  );
}

/** Whose request it is. */
export type Who = 'nobody' | 'key' | 'wallet' | 'token' | 'operator' | 'garbage';

/** Stands in a path for the id of a key of whoever sends the request. */
export const OWN_KEY = '@own';
/** The same for the id of a customer of whoever sends the request. */
export const OWN_CUSTOMER = '@customer';
/** The same in a header for the number of an agent's session. */
export const OWN_SESSION = '@session';

export interface Generated {
  readonly who: Who;
  /** Of a wallet's signature. */
  readonly nonce: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Requests to an operation, built from its own schemas and then spoilt here and there. */
export function requestsTo(operation: Operation, known: Known): fc.Arbitrary<Generated> {
  return fc.record({
    who: whoFor(operation),
    nonce: fc.nat({ max: 2 }),
    path: pathOf(operation, known),
    headers: headersOf(operation, known),
    body: bodyOf(operation, known),
  });
}

/** Mostly the credential that the operation takes. */
function whoFor(operation: Operation): fc.Arbitrary<Who> {
  const right = rightFor(operation);
  const others = (['nobody', 'key', 'wallet', 'token', 'operator', 'garbage'] as const).map((who) => ({
    weight: 1,
    arbitrary: fc.constant<Who>(who),
  }));
  return fc.oneof({ weight: 15, arbitrary: fc.constant(right) }, ...others);
}

function rightFor({ tag, path, method }: Operation): Who {
  if (tag === 'admin') return 'operator';
  if (path.endsWith('/bootstrap')) return 'token';
  const signIn = path.endsWith('/derive-api-key') || (path.endsWith('/auth/api-key') && method === 'POST');
  return signIn ? 'wallet' : 'key';
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
/** Lone surrogates cannot stand in a URL; everything else can, percent-encoded. */
const encode = (value: unknown): string => encodeURIComponent(asText(value).toWellFormed());

function pathOf({ path, parameters }: Operation, known: Known): fc.Arbitrary<string> {
  const inPath = fc.record(
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name, schema }) => [name, valuesOf(schema, known, name).map(encode)]),
    ),
  );
  return fc.tuple(inPath, queryOf(parameters, known)).map(([values, query]) => {
    // An empty segment is another path: keep the operation's own.
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]?.slice(0, 4_000) || '-');
    return query === '' ? filled : `${filled}?${query}`;
  });
}

/** Query parameters: the document's, some twice, and some that nobody asked for. */
function queryOf(parameters: Operation['parameters'], known: Known): fc.Arbitrary<string> {
  const named = parameters
    // Nearly every wallet's number is nobody's: drawn each time, it would keep requests from their handlers.
    .filter((parameter) => parameter.in === 'query' && parameter.name !== 'wallet_id')
    .map(({ name, schema }) =>
      fc
        .oneof(
          { weight: 6, arbitrary: fc.array(valuesOf(schema, known, name), { minLength: 1, maxLength: 1 }) },
          { weight: 1, arbitrary: fc.array(valuesOf(schema, known, name), { maxLength: 3 }) },
        )
        .map((values) => values.map((value) => `${name}=${encode(value).slice(0, 4_000)}`)),
    );
  const strange = fc.oneof(
    { weight: 6, arbitrary: fc.constant<string[]>([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.tuple(fc.string(), fc.string()).map(([a, b]) => `${encode(a)}=${encode(b)}`),
        { maxLength: 4 },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ['%'],
        ['&&&'],
        ['=%E0%A4%A'],
        ['a[]=1', 'a[]=2'],
        ['confirm=true'],
        ['wallet_id=1'],
      ),
    },
  );
  return fc.tuple(...named, strange).map((parts) => parts.flat().join('&'));
}

/** Headers of the document, and now and then some that it does not name. */
function headersOf({ parameters }: Operation, known: Known): fc.Arbitrary<Readonly<Record<string, string>>> {
  const named = Object.fromEntries(
    parameters
      .filter((parameter) => parameter.in === 'header')
      .map(({ name, schema }) => [name, valuesOf(schema, known, name).map(asHeader)]),
  );
  const strange = fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: strangeHeaders },
  );
  return fc
    .tuple(fc.record(named, { requiredKeys: [] }), strange)
    .map(([own, other]) => ({ ...other, ...(own as Readonly<Record<string, string>>) }));
}

/** What can be sent in a header at all. */
const asHeader = (value: unknown): string =>
  asText(value)
    .replaceAll(/[^\x20-\x7e]/g, '')
    .slice(0, 4_000);

const headerName = fc.constantFrom(
  'X-Polysim-Verbose',
  'X-Request-Id',
  'Content-Type',
  'Accept',
  'Range',
  'If-None-Match',
  'Idempotency-Key',
  'X-Postern-Venue',
  'X-Builder-Customer-Id',
  'X-Exchange-Credentials',
  'X-Postern-Wallet',
  'X-Stainless-Retry-Count',
  'POLY_ADDRESS',
  'POLY_SIGNATURE',
  'POLY_TIMESTAMP',
  'POLY_NONCE',
  'POLY_PASSPHRASE',
  'Origin',
  'X-Forwarded-For',
  'CF-Connecting-IP',
  'X-HTTP-Method-Override',
  'Cookie',
  'Upgrade-Insecure-Requests',
);
const headerValue = fc.oneof(
  fc.constantFrom(
    'true',
    '',
    '0',
    '-1',
    '9'.repeat(30),
    `0x${'1'.repeat(40)}`,
    `0x${'1'.repeat(130)}`,
    'bytes=0-0',
    '*',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
  fc.string({ maxLength: 20 }).map((text) => `ÿ${text.replaceAll(/[^\x20-\x7e]/g, '')}`),
);
const strangeHeaders = fc.dictionary(headerName, headerValue, { maxKeys: 5 });

function bodyOf({ method, body }: Operation, known: Known): fc.Arbitrary<string | undefined> {
  if (method === 'GET') return fc.constant(undefined);
  const noJson = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.constantFrom('{', '[1,', '1e400', '[1e400]', '{"a":'),
  );
  const wellFormed = (body ? valuesOf(body, known) : fc.jsonValue()).map(
    (value) => JSON.stringify(value) ?? '',
  );
  const cut = wellFormed.map((text) => text.slice(0, Math.floor(text.length / 2)));
  return fc.oneof(
    { weight: 12, arbitrary: wellFormed },
    { weight: 1, arbitrary: fc.oneof(noJson, cut, fc.constant(undefined)) },
  );
}
