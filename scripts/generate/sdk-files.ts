import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { errorCatalogue } from '../../shared/errors/catalogue.ts';
import type { Schema } from './openapi.ts';
import { openApi } from './openapi.ts';
import { sdkOperations, type SdkOperation } from './sdk-operations.ts';
import { forTypes, shipped } from './sdk-schemas.ts';

const BANNER = '// Generated from the OpenAPI document by `npm run generate`: do not edit.\n';

/** Below this a shared schema is shorter written out. */
const WORTH_SHARING = 60;

/** The SDK's generated files: their paths in the project and their text. The same document gives the same text. */
export async function sdkFiles(): Promise<Readonly<Record<string, string>>> {
  const operations = sdkOperations(await openApi());
  return {
    'sdk/src/generated/types.ts': await types(operations),
    'sdk/src/generated/operations.ts': table(operations),
  };
}

/** `Operations`, which names every operation's input and reply, and the types that it names. */
async function types(operations: readonly SdkOperation[]): Promise<string> {
  const definitions: Record<string, unknown> = {};
  const rows: Record<string, unknown> = {};
  const named = (name: string, schema: Schema): unknown => {
    definitions[name] = forTypes(schema);
    return { $ref: `#/definitions/${name}` };
  };
  for (const { name, stem, summary, input, reply } of operations) {
    rows[name] = {
      description: `${summary}.`,
      ...closed({
        input: named(`${stem}Input`, input),
        reply: reply ? named(`${stem}Reply`, reply) : { type: 'null' },
      }),
    };
  }
  // The schemas are zod's, whose drafts the library's type does not know.
  const root = { definitions, ...closed(rows) } as JSONSchema;
  const compiled = await compile(root, 'Operations', {
    bannerComment: '',
    unknownAny: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  const reasons = Object.keys(errorCatalogue).map((reason) => `\n  | '${reason}'`);
  return `${BANNER}\n${compiled}\n/** Codes of \`X-Polysim-Code\`. */\nexport type Reason =${reasons.join('')};\n`;
}

/** An object that has these members and no other. */
const closed = (properties: Readonly<Record<string, unknown>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** What the SDK knows of its operations at run time. Schemas that occur twice are written once. */
function table(operations: readonly SdkOperation[]): string {
  const shared = new Map<string, string>();
  const seen = new Set<string>();
  const replies = operations.map(({ reply }) => reply && shipped(reply));
  const note = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const text = JSON.stringify(schema);
    if (seen.has(text) && isSchema(schema) && text.length > WORTH_SHARING) {
      if (!shared.has(text)) shared.set(text, `s${shared.size}`);
      return;
    }
    seen.add(text);
    Object.values(schema).forEach(note);
  };
  replies.forEach(note);

  const written = (schema: unknown, top = false): string => {
    const name = shared.get(JSON.stringify(schema) ?? '');
    if (name !== undefined && !top) return name;
    if (Array.isArray(schema)) return `[${schema.map((one) => written(one)).join(', ')}]`;
    if (typeof schema !== 'object' || schema === null) return JSON.stringify(schema);
    const members = Object.entries(schema).map(([key, value]) => `${JSON.stringify(key)}: ${written(value)}`);
    return `{ ${members.join(', ')} }`;
  };
  // A shared schema may hold another: inner ones are shorter, and come first.
  const constants = [...shared]
    .toSorted(([a], [b]) => a.length - b.length)
    .map(([text, name]) => `const ${name}: Schema = ${written(JSON.parse(text), true)};`);
  const rows = operations.map(
    ({ name, path, query, hasBody, options, named, enveloped }, index) =>
      `  '${name}': { path: ${JSON.stringify(path)}, query: ${JSON.stringify(query)}, hasBody: ${hasBody}, ` +
      `options: ${JSON.stringify(options)}, named: '${named}', enveloped: ${enveloped}, ` +
      `reply: ${replies[index] ? written(replies[index]) : 'undefined'} },`,
  );
  return [
    BANNER,
    "import type { Operation, Schema } from '../operation.ts';",
    "import type { Operations } from './types.ts';\n",
    ...constants,
    '\nexport const operations: { readonly [Name in keyof Operations]: Operation } = {',
    ...rows,
    '};\n',
  ].join('\n');
}

/** Not a list, and not the `properties` of one. */
const isSchema = (value: object): value is Schema => !Array.isArray(value) && 'type' in value;
