import type { OpenApi, OpenApiOperation, OpenApiParameter, Schema } from './openapi.ts';

/** Where the SDK's operations stand: the router with its builders, and the agents' surface. */
const PATHS = /^\/(?:api\/v1|v1\/platforms|v1\/sessions|v1\/positions)(?:\/|$)/;

/** Request headers that the SDK sends, by the name of its option. All others are the transport's affair. */
const OPTIONS: Readonly<Record<string, string>> = {
  'Idempotency-Key': 'idempotencyKey',
  'X-Builder-Customer-Id': 'customer',
  'X-Exchange-Credentials': 'credentials',
  'X-Postern-Wallet': 'wallet',
  'X-Postern-Venue': 'venue',
  'X-Session-Id': 'session',
};

/** One operation, as the SDK knows it. */
export interface SdkOperation {
  /** `POST /api/v1/orders`. */
  readonly name: string;
  /** `PostApiV1Orders`: what the names of its types begin with. */
  readonly stem: string;
  readonly summary: string;
  /** Members of the input that stand in the path and in the query; all others are the body. */
  readonly path: readonly string[];
  readonly query: readonly string[];
  readonly hasBody: boolean;
  /** Options that become headers. */
  readonly options: readonly string[];
  /** Where the command's name stands; `no` where it cannot have one. */
  readonly named: 'header' | 'body' | 'no';
  /** The reply is `{success, data, error}`, and `reply` the schema of `data`. */
  readonly enveloped: boolean;
  /** Everything that a caller gives, in one object. */
  readonly input: Schema;
  /** Of the reply's JSON; undefined where there is none. */
  readonly reply: Schema | undefined;
}

/** The SDK's operations in the document's order. Throws for what the SDK could not honour. */
export const sdkOperations = ({ paths }: OpenApi): readonly SdkOperation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    PATHS.test(path)
      ? Object.entries(methods).map(([method, operation]) =>
          toSdk(`${method.toUpperCase()} ${path}`, operation),
        )
      : [],
  );

function toSdk(name: string, operation: OpenApiOperation): SdkOperation {
  const { operationId, summary, parameters = [] } = operation;
  const inPlace = (place: OpenApiParameter['in']): readonly OpenApiParameter[] =>
    parameters.filter((parameter) => parameter.in === place);
  // wallet_id says again what the option `wallet` says.
  const [path, query] = [inPlace('path'), inPlace('query').filter((one) => one.name !== 'wallet_id')];
  const options = inPlace('header').flatMap((one) => OPTIONS[one.name] ?? []);
  const input = inputOf(name, [...path, ...query], operation);
  const reply = replyOf(operation);
  const data = reply && dataOf(reply);
  return {
    name,
    stem: operationId.charAt(0).toUpperCase() + operationId.slice(1),
    summary,
    path: path.map((one) => one.name),
    query: query.map((one) => one.name),
    hasBody: operation.requestBody !== undefined,
    options,
    named: options.includes('idempotencyKey')
      ? 'header'
      : 'idempotencyKey' in membersOf(input)
        ? 'body'
        : 'no',
    enveloped: data !== undefined,
    input,
    reply: data ?? reply,
  };
}

/** zod wrote them: the properties of a schema are schemas. */
const membersOf = (schema: Schema): Readonly<Record<string, Schema>> =>
  (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;

/** What an envelope holds; undefined of a reply that has none. */
function dataOf(reply: Schema): Schema | undefined {
  const { success, data, error } = membersOf(reply);
  return success?.['const'] === true && error !== undefined ? data : undefined;
}

/** Parameters and the body's members in one object. Throws where two of them have one name. */
function inputOf(name: string, parameters: readonly OpenApiParameter[], operation: OpenApiOperation): Schema {
  const body = operation.requestBody?.content['application/json']?.schema;
  if (body && body['type'] !== 'object') throw new Error(`${name}: its body is not an object`);
  const members = body ? membersOf(body) : {};
  // Of an object's schema, this is a list of names.
  const required = (body?.['required'] ?? []) as readonly string[];
  const twice = parameters.find((one) => one.name in members);
  if (twice) throw new Error(`${name}: ${twice.name} is a parameter and a member of the body`);
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(parameters.map((one) => [one.name, textual(one.schema)])),
      ...members,
    },
    required: [...parameters.filter((one) => one.required).map((one) => one.name), ...required],
    additionalProperties: body?.['additionalProperties'] ?? false,
  };
}

/** A parameter travels as text: free text may be given as a number too, as long as it is not a choice of words. */
const textual = (schema: Schema): Schema =>
  schema['type'] === 'string' && !('enum' in schema) && !('const' in schema)
    ? { ...schema, type: ['string', 'number'] }
    : schema;

function replyOf({ responses }: OpenApiOperation): Schema | undefined {
  const status = Object.keys(responses).find((one) => one !== 'default');
  return status === undefined ? undefined : responses[status]?.content?.['application/json']?.schema;
}
