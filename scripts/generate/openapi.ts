import { inProject } from '../lib/paths.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A JSON Schema as zod writes it: draft 2020-12. */
export type Schema = Json;

export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** What the generators read of the document. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}

/** The very document that the gateway serves at `/openapi.json`, made without starting it. */
export async function openApi(): Promise<OpenApi> {
  // What bundlers define for Workers; nothing that is imported here acts on it.
  Object.assign(globalThis, { INSTRUMENTED: false });
  const [{ openApiDocument }, { routes }] = await Promise.all([
    load('workers/gateway/openapi/document.ts'),
    load('workers/gateway/routes.ts'),
  ]);
  if (typeof openApiDocument !== 'function') throw new Error('document.ts has no openApiDocument');
  // The function's own type belongs to the Workers' types, which this Node program does not have.
  return openApiDocument(routes) as OpenApi;
}

/** By a path that the compiler does not follow: Workers are checked against other globals than Node programs. */
const load = async (path: string): Promise<Json> => (await import(inProject(path))) as Json;
