import * as z from 'zod';
import { errorCatalogue } from '../../../shared/errors/catalogue.ts';
import { errorShapeOf, type ErrorShape } from '../http/wire-errors.ts';
import {
  customerHeader,
  requestIdHeader,
  verboseHeader,
  type RequestHeader,
} from '../http/request-headers.ts';
import type { AnyRoute, AuthRule } from '../http/route.ts';

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of the routes, from the very definitions that validate their requests. */
export function openApiDocument(routes: readonly AnyRoute[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const entry of routes) {
    const path = (paths[entry.path] ??= {});
    path[entry.method.toLowerCase()] = operation(entry);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Postern',
      version: '0.1.0',
      description: 'One edge endpoint for trading on prediction markets. Error codes: header X-Polysim-Code.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes,
      schemas: {
        Error: errorSchema,
        RouterError: routerErrorSchema,
        PartnerError: partnerErrorSchema,
        ExchangeError: exchangeErrorSchema,
        AgentsError: agentsErrorSchema,
      },
      responses: {
        Error: errorResponse('Error'),
        RouterError: errorResponse('RouterError'),
        PartnerError: errorResponse('PartnerError'),
        ExchangeError: errorResponse('ExchangeError'),
        AgentsError: errorResponse('AgentsError'),
      },
    },
  };
}

const securitySchemes = {
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  bearerKey: { type: 'http', scheme: 'bearer', description: 'The same key, as SDKs of venues send it' },
  polymarketL2: { type: 'apiKey', in: 'header', name: 'POLY_API_KEY' },
  polymarketL1: { type: 'apiKey', in: 'header', name: 'POLY_SIGNATURE' },
  userToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  operator: { type: 'http', scheme: 'bearer' },
  traderSession: {
    type: 'http',
    scheme: 'bearer',
    description: "A trader's session: one account of a partner",
  },
};

const errorSchema = { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] };

const routerErrorSchema = {
  type: 'object',
  properties: {
    error: { type: 'string' },
    code: { type: 'string' },
    retryable: { type: 'boolean' },
    validation_errors: { type: 'array', items: { type: 'string' } },
    tier: { type: 'string' },
    limit_qps: { type: 'number' },
  },
  required: ['error', 'code', 'retryable'],
};

const exchangeErrorSchema = {
  type: 'object',
  properties: {
    code: { type: 'integer' },
    message: { type: 'string' },
    details: { type: 'array', items: { type: 'object' } },
  },
  required: ['code', 'message', 'details'],
};

const agentsErrorSchema = {
  type: 'object',
  properties: { success: { type: 'boolean', const: false }, error: { type: 'string' } },
  required: ['success', 'error'],
};

const partnerErrorSchema = {
  type: 'object',
  properties: { error: { type: 'string' }, message: { type: 'string' } },
  required: ['error', 'message'],
};

const responseNames: Readonly<Record<ErrorShape, string>> = {
  v1: 'Error',
  router: 'RouterError',
  exchange: 'ExchangeError',
  partner: 'PartnerError',
  agents: 'AgentsError',
};

const errorResponse = (schema: string): Json => ({
  description: 'A refusal; the code stands in X-Polysim-Code',
  headers: {
    'X-Polysim-Code': { schema: { type: 'string', enum: Object.keys(errorCatalogue) } },
    'X-Request-Id': { schema: { type: 'string' } },
  },
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
});

function operation(entry: AnyRoute): Json {
  const headers = headersOf(entry);
  const parameters = [
    ...parametersOf(entry.params, 'path'),
    ...parametersOf(entry.query, 'query'),
    // The router's queries are closed: there a wallet is named by header only.
    ...(errorShapeOf(entry.path) === 'v1' ? headers.flatMap(queryOfHeader) : []),
    ...headers.map(toParameter),
  ];
  return {
    operationId: operationId(entry),
    summary: entry.summary,
    tags: [entry.tag],
    security: securityOf(entry.auth),
    ...(parameters.length > 0 && { parameters }),
    ...(entry.body && {
      requestBody: {
        required: !entry.body.safeParse(undefined).success,
        content: { 'application/json': { schema: schemaOf(entry.body, 'input') } },
      },
    }),
    responses: {
      [entry.reply.status]: {
        description: 'Success',
        ...(entry.reply.status !== 204 && {
          content: {
            [entry.reply.type ?? 'application/json']: { schema: schemaOf(entry.reply.schema, 'output') },
          },
        }),
      },
      default: { $ref: `#/components/responses/${responseNames[errorShapeOf(entry.path)]}` },
    },
  };
}

const operationId = ({ method, path }: AnyRoute): string =>
  `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '')}`;

function securityOf(auth: AuthRule): readonly Json[] {
  switch (auth.kind) {
    case 'open':
      return [{}];
    case 'public':
      return [{}, { apiKey: [] }];
    case 'l1':
      return [{ polymarketL1: [] }];
    case 'wallet':
      return [{ polymarketL1: [] }, { polymarketL2: [] }];
    case 'key':
      return [{ apiKey: [] }, { polymarketL2: [] }, ...traders(auth)];
    case 'partner':
      return [{ apiKey: [] }, { bearerKey: [] }];
    case 'session':
      return [{ traderSession: [] }];
    case 'router':
      return auth.bearer === true ? [{ apiKey: [] }, { bearerKey: [] }] : [{ apiKey: [] }];
    case 'either':
      return [{ apiKey: [] }, { userToken: [] }, ...traders(auth)];
    case 'token':
      return [{ userToken: [] }];
    case 'operator':
      return [{ operator: [] }];
  }
}

const traders = (auth: { readonly session?: true }): readonly Json[] =>
  auth.session === true ? [{ traderSession: [] }] : [];

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): readonly Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

/** Headers that a route honours: its own, and those that the pipeline reads for it. */
function headersOf({ headers = [], auth, path, params, query, body }: AnyRoute): readonly RequestHeader[] {
  const refuses = auth.kind !== 'open' || params !== undefined || query !== undefined || body !== undefined;
  const verbose = refuses && errorShapeOf(path) === 'v1';
  const ofCustomer = auth.kind === 'router' && auth.permission !== 'builder';
  return [
    ...headers,
    ...(ofCustomer ? [customerHeader] : []),
    requestIdHeader,
    ...(verbose ? [verboseHeader] : []),
  ];
}

const toParameter = ({ name, summary, schema, required }: RequestHeader): Json => ({
  name,
  in: 'header',
  required: required === true,
  description: summary,
  schema: schemaOf(schema, 'input'),
});

const queryOfHeader = (header: RequestHeader): readonly Json[] =>
  header.query === undefined ? [] : [{ ...toParameter(header), name: header.query, in: 'query' }];

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => boundTuple(jsonSchema),
  });
  return rest;
}

/** `prefixItems` alone lets a shorter list pass (JSON Schema 2020-12, 10.3.1.1): a tuple's length stands beside it. */
function boundTuple(schema: z.core.JSONSchema.BaseSchema): void {
  const { length } = schema.prefixItems ?? [];
  if (length > 0 && schema.items === undefined) Object.assign(schema, { minItems: length, maxItems: length });
}
