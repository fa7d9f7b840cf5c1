import type { Schema } from './operation.ts';

/**
 * Where a value departs from its schema, as a path such as `$.markets[0].status`; undefined where it is as the types
 * say. Members that the schema does not name are allowed: a newer gateway may send more.
 */
export function schemaMismatch(schema: Schema, value: unknown, at = '$'): string | undefined {
  if (schema.type !== undefined && !isOfType(schema.type, value)) return at;
  if ('const' in schema && value !== schema.const) return at;
  if (schema.enum && !schema.enum.includes(value)) return at;
  if (schema.anyOf && schema.anyOf.every((one) => schemaMismatch(one, value, at) !== undefined)) return at;
  if (Array.isArray(value)) return mismatchOfItems(schema, value, at);
  if (typeof value === 'object' && value !== null) return mismatchOfMembers(schema, value, at);
  return undefined;
}

/** An integer that a number cannot hold exactly has lost digits on its way: it is not what was sent. */
function isOfType(type: string | readonly string[], value: unknown): boolean {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const types = typeof type === 'string' ? [type] : type;
  return types.some((one) => one === kind || (one === 'integer' && Number.isSafeInteger(value)));
}

function mismatchOfItems(
  { items, prefixItems }: Schema,
  value: readonly unknown[],
  at: string,
): string | undefined {
  if (prefixItems && prefixItems.length !== value.length) return at;
  for (const [index, one] of value.entries()) {
    const schema = prefixItems?.[index] ?? items;
    const found = schema && schemaMismatch(schema, one, `${at}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function mismatchOfMembers(
  { properties = {}, required = [], additionalProperties }: Schema,
  value: object,
  at: string,
): string | undefined {
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${at}.${missing}`;
  for (const [name, member] of Object.entries(value)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    const found = schema && schemaMismatch(schema, member, `${at}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
