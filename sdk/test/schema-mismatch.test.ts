import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { valuesOf, type Schema as Drawn } from '../../test/end-to-end/support/from-schema.ts';
import { operations } from '../src/generated/operations.ts';
import { schemaMismatch } from '../src/schema-mismatch.ts';
import type { Schema } from '../src/operation.ts';

/** Every reply, and those that hold unions, tuples and records among them. */
const replies = Object.entries(operations).flatMap(([name, { reply }]) =>
  reply ? [[name, reply] as const] : [],
);

test('the guard judges replies as another validator of JSON Schema does', () => {
  // fast-check shrinks only what it draws: which reply is drawn too.
  const drawn = fc
    .constantFrom(...replies)
    .chain(([name, schema]) =>
      fc.tuple(fc.constant(name), fc.constant(schema), valuesOf(schema as Drawn, {})),
    );
  const validators = new Map(replies.map(([name, schema]) => [name, zodOf(schema)]));
  const verdicts = { fits: 0, departs: 0 };
  fc.assert(
    fc.property(drawn, ([name, schema, value]) => {
      const json: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
      const fits = schemaMismatch(schema, json) === undefined;
      expect(validators.get(name)?.safeParse(json).success, `${name} ${JSON.stringify(json)}`).toBe(fits);
      verdicts[fits ? 'fits' : 'departs'] += 1;
    }),
    { numRuns: 1_000 },
  );
  expect(Math.min(verdicts.fits, verdicts.departs)).toBeGreaterThan(50);
});

test('every tuple of a reply says its length: a shorter list fits no validator', () => {
  const tuples = replies.flatMap(([, schema]) => tuplesIn(schema));
  expect(tuples.length).toBeGreaterThan(0);
  for (const { prefixItems, minItems, maxItems } of tuples)
    expect([minItems, maxItems]).toEqual([prefixItems?.length, prefixItems?.length]);
});

test('a departure is told by its place', () => {
  const list: Schema = {
    type: 'array',
    items: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
  };
  expect(schemaMismatch(list, [{ a: 1, later: 'x' }])).toBeUndefined();
  expect(schemaMismatch(list, [{ a: 1 }, { a: 1.5 }])).toBe('$[1].a');
  expect(schemaMismatch(list, [{}])).toBe('$[0].a');
  expect(schemaMismatch({ prefixItems: [{ type: 'number' }, { type: 'number' }] }, [1, 2, 3])).toBe('$');
});

/** Members from the prototype are none. */
test('a reply cannot borrow what it lacks', () => {
  const schema: Schema = {
    type: 'object',
    properties: { toString: { type: 'string' } },
    required: ['toString'],
  };
  expect(schemaMismatch(schema, {})).toBe('$.toString');
  expect(
    schemaMismatch({ type: 'object', properties: {} }, JSON.parse('{"__proto__":{"a":1}}')),
  ).toBeUndefined();
});

/** zod's own reading of the same schema; tuples as it wants them, which draft 2020-12 says otherwise. */
const zodOf = (schema: Schema): z.ZodType =>
  z.fromJSONSchema(closedTuples(schema) as z.core.JSONSchema.JSONSchema);

function tuplesIn(value: unknown): readonly Schema[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(tuplesIn);
  return 'prefixItems' in value ? [value as Schema, ...inside] : inside;
}

function closedTuples(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedTuples);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closedTuples(one)]));
  return 'prefixItems' in members ? { ...members, items: false } : members;
}
