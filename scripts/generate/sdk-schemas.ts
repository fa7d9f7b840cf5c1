import type { Schema } from './openapi.ts';

/** What the SDK's guard looks at (`sdk/src/schema-mismatch.ts`): all that the generated types claim. */
const CHECKED = new Set([
  'type',
  'properties',
  'required',
  'items',
  'prefixItems',
  'additionalProperties',
  'enum',
  'const',
  'anyOf',
]);

/** Narrower than any TypeScript type, or no claim at all: not looked at, and not shipped. */
const UNCLAIMED = new Set([
  'pattern',
  'format',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'maxItems',
  'minItems',
  'propertyNames',
  'default',
  'description',
  'title',
]);

/**
 * A reply's schema as the SDK ships it: only what its types claim, and open to members that a later server adds.
 * Throws for a keyword that it does not know, so that no claim goes unchecked unnoticed.
 */
export function shipped(schema: Schema): Schema {
  const tuple = 'prefixItems' in schema;
  if (tuple && (schema['items'] ?? false) !== false) throw new Error('tuples with a rest are not known');
  const kept: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    // A tuple's types claim its exact length.
    if (tuple && (keyword === 'minItems' || keyword === 'maxItems')) kept[keyword] = value;
    if (UNCLAIMED.has(keyword) || (tuple && keyword === 'items')) continue;
    if (!CHECKED.has(keyword)) throw new Error(`the SDK's guard does not know "${keyword}"`);
    const part = shippedPart(keyword, value);
    if (part !== undefined) kept[keyword] = part;
  }
  return kept;
}

/** Values of zod's documents have these shapes. */
function shippedPart(keyword: string, value: unknown): unknown {
  switch (keyword) {
    case 'properties':
      return mapValues(value as Readonly<Record<string, Schema>>, shipped);
    case 'items':
      return shipped(value as Schema);
    case 'prefixItems':
    case 'anyOf':
      return (value as readonly Schema[]).map(shipped);
    case 'additionalProperties': {
      const open = value === false ? {} : shipped(value as Schema);
      return Object.keys(open).length === 0 ? undefined : open;
    }
    default:
      return value;
  }
}

/**
 * The same for json-schema-to-typescript, which reads tuples as draft 4 wrote them, and would make tuples of lists
 * that have a shortest or greatest length.
 */
export function forTypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forTypes);
  if (typeof value !== 'object' || value === null) return value;
  const { prefixItems, items, minItems: _, maxItems: __, ...rest } = mapValues(value as Schema, forTypes);
  if (Array.isArray(prefixItems)) {
    const { length } = prefixItems;
    return { ...rest, items: prefixItems, additionalItems: false, minItems: length, maxItems: length };
  }
  return items === undefined ? rest : { ...rest, items };
}

const mapValues = <A, B>(of: Readonly<Record<string, A>>, to: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, to(value)]));
