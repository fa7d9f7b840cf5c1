import * as fc from 'fast-check';

/** The part of JSON Schema that the gateway's document uses. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** `false` where `prefixItems` are all. */
  readonly items?: Schema | false;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

/** Real values by the name of a member or parameter, so that requests get past the first lookup. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** Values that break parsers: extremes, other scripts, controls, other types, very long texts. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -0,
    -1,
    1.5,
    1e308,
    -1e308,
    2 ** 53,
    5e-324,
    '',
    ' ',
    '0',
    '-1',
    '1e9',
    'NaN',
    'Infinity',
    '0x10',
    'null',
    '__proto__',
    '\u0000',
    '\ud800',
    '\u202e',
    '🂡',
    'é',
    '٣',
    "' OR 1=1 --",
    '${7*7}',
    '../../etc/passwd',
    '<script>',
    [],
    {},
    [[]],
    { __proto__: null },
    '9'.repeat(78),
    '9'.repeat(400),
    'x'.repeat(10_000),
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.double(),
  fc.bigInt().map(String),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values of a schema: mostly ones that fit, at every level now and then one that does not. */
export function valuesOf(schema: Schema, known: Known, name = ''): fc.Arbitrary<unknown> {
  const real = known[name];
  return fc.oneof(
    { weight: 20, arbitrary: fitting(schema, known) },
    { weight: real ? 100 : 0, arbitrary: fc.constantFrom(...(real ?? [''])) },
    { weight: 1, arbitrary: junk },
  );
}

function fitting(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => fitting(one, known)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  switch (schema.type) {
    case 'object':
      return objects(schema, known);
    case 'array':
      return arrays(schema, known);
    case 'string':
      return texts(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -1_000, max: Math.min(schema.maximum ?? 2 ** 31, 2 ** 31) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case undefined:
      break;
  }
  return junk;
}

function arrays({ items, prefixItems, maxItems = 4 }: Schema, known: Known): fc.Arbitrary<unknown> {
  if (prefixItems) return fc.tuple(...prefixItems.map((one) => valuesOf(one, known)));
  return fc.array(valuesOf(items || {}, known), { maxLength: Math.min(maxItems, 4) });
}

function texts({ pattern, minLength = 0, maxLength = 300 }: Schema): fc.Arbitrary<string> {
  if (pattern === undefined) return fc.string({ unit: 'grapheme', minLength, maxLength });
  // The long pattern is a date's: draw dates, and let the junk draw what are none.
  if (pattern.length > 200)
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999') }).map(iso);
  return fc.stringMatching(new RegExp(pattern), { size: 'small' });
}
const iso = (date: Date): string => date.toISOString();

function objects({ properties = {}, required = [] }: Schema, known: Known): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema, known, name)]),
  );
  const whole = fc.record(members, { requiredKeys: required.filter((name) => name in members) });
  const dropped = fc.record(members, { requiredKeys: [] });
  const extended = fc
    .tuple(whole, fc.dictionary(fc.string(), junk, { maxKeys: 3 }))
    .map((pair) => ({ ...pair[1], ...pair[0] }));
  return fc.oneof(
    { weight: 12, arbitrary: whole },
    { weight: 1, arbitrary: dropped },
    { weight: 1, arbitrary: extended },
  );
}
