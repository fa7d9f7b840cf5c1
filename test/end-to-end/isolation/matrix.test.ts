import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startInstrumented } from '../../support/instruments.ts';
import { askersOn, type Asker } from './askers.ts';
import { labelOf, nameOf, slotsOf, type Slot } from './ids.ts';
import { askFor, malformedIds, unknownIds, type ComparableReply } from './request.ts';
import { IsolationStage } from './stage.ts';
import { victimsOn, type Victim } from './victims.ts';
import { operationsOf } from '../support/operations.ts';

const { slots: named, strange } = slotsOf(await operationsOf(inject('postern').url));
/**
 * A cancel of whatever rests takes the asker's own orders under the name, and that is the asker's from then on: the row
 * would say nothing of others'. All cancels look their key up in one place (`cancel-name.ts`), and others are asked.
 */
const slots = named.filter(
  ({ kind, operation }) => kind !== 'command' || !operation.path.startsWith('/v1/cancel-'),
);

/** What one kind of caller was told about an id of each kind of owner, one of nobody, and texts that are none. */
interface Row {
  readonly asker: string;
  readonly foreign: readonly (readonly [owner: string, told: ComparableReply])[];
  readonly unknown: ComparableReply;
  readonly malformed: readonly ComparableReply[];
}

let stage: IsolationStage;
let before: { readonly states: readonly (readonly string[])[]; readonly audits: readonly string[] };
let victims: readonly Victim[];
const rows = new Map<string, Row[]>();
beforeAll(async () => {
  stage = await IsolationStage.on(await startInstrumented());
  const cast = await victimsOn(stage);
  victims = cast.victims;
  const askers = await askersOn(stage, cast.builder);
  before = { states: await states(), audits: await audits() };
  // Side by side: nobody sees what the others do.
  await Promise.all(askers.map(askEverything));
});
afterAll(() => stage.program.stop());

const states = (): Promise<readonly (readonly string[])[]> =>
  Promise.all(victims.map(({ state }) => state()));
const audits = (): Promise<readonly string[]> => Promise.all(victims.map(({ audit }) => audit()));

async function askEverything(asker: Asker): Promise<void> {
  for (const slot of slots) {
    const unknown = await askFor(stage, slot, unknownIds[slot.kind], asker);
    const foreign: (readonly [string, ComparableReply])[] = [];
    for (const { kind, ids } of victims) {
      const id = ids[slot.kind];
      if (id !== undefined) foreign.push([kind, await askFor(stage, slot, id, asker)]);
    }
    const malformed: ComparableReply[] = [];
    for (const id of isSocket(slot) ? [] : (malformedIds[slot.kind] ?? []))
      malformed.push(await askFor(stage, slot, id, asker));
    const known = rows.get(labelOf(slot)) ?? [];
    rows.set(labelOf(slot), [...known, { asker: asker.kind, foreign, unknown, malformed }]);
  }
}

const isSocket = ({ operation }: Slot): boolean => operation.path.startsWith('/v1/ws/');
const isOperators = ({ operation }: Slot): boolean => operation.path.startsWith('/admin/');

/** How the contract refuses an id that is not the caller's; a status alone is a reply that shows nothing. */
function refusalOf(slot: Slot): readonly [status: number, code: string | null] {
  if (isSocket(slot)) return [4001, null];
  switch (slot.kind) {
    case 'order':
      return slot.place === 'path' ? [404, 'ORDER_NOT_FOUND'] : [200, null];
    case 'wallet':
      return [404, 'WALLET_NOT_FOUND'];
    case 'key':
      return [404, 'NOT_FOUND'];
    case 'customer':
      return slot.place === 'header' ? [403, 'CUSTOMER_FORBIDDEN'] : [404, 'CUSTOMER_NOT_FOUND'];
    case 'command':
      // The name is free, so the order is looked at; it is beyond the caller's means.
      if (nameOf(slot.operation).endsWith('/batch')) return [200, null];
      // Of a cancel: the order that it is for is nobody's.
      if (slot.operation.method === 'DELETE')
        return slot.operation.path.endsWith('/{id}') ? [404, 'ORDER_NOT_FOUND'] : [200, null];
      // On chain an account of one's own does nothing without a wallet.
      if (slot.operation.path.includes('/ctf/')) return [403, 'CREDENTIALS_REQUIRED'];
      return [slot.operation.path.startsWith('/api/v1/') ? 402 : 400, 'INSUFFICIENT_BALANCE'];
    case 'external_id':
      // Each builder has its own.
      return [201, null];
    case 'trader_user':
      return slot.place === 'query' ? [200, null] : [404, 'NOT_FOUND'];
    case 'session':
    case 'suggestion':
      return [404, 'SESSION_NOT_FOUND'];
    case 'partner_account':
    case 'tenant':
    case 'account':
    case 'escrow':
      return [404, 'NOT_FOUND'];
  }
}

/** Callers that may not ask at all are told so, whatever they name. */
const unasked = new Set([
  'MISSING_API_KEY',
  'MISSING_AUTH',
  'INVALID_TOKEN',
  'INSUFFICIENT_PERMISSION',
  'IMPERSONATION_NEEDS_KEY',
]);

/** For whom is no partner there is no such surface. */
const isUnasked = ({ operation }: Slot, { code }: ComparableReply): boolean =>
  unasked.has(code ?? '') || (operation.path.startsWith('/v1/partner/') && code === 'NOT_FOUND');

const shown = ({ status, code, text, names }: ComparableReply): unknown => ({ status, code, text, names });
/** A customer that was made has ids and a key of its own. */
const shape = ({ status, code, names, text }: ComparableReply): unknown => ({
  status,
  code,
  names,
  members: Object.keys(JSON.parse(text) as object),
});

test('the matrix knows what every name of the document names', () => {
  expect(strange).toEqual([]);
  expect(slots.length).toBeGreaterThan(60);
});

describe("another's object is told from one that nobody has by nothing", () => {
  test.each(slots.map((slot) => [labelOf(slot), slot] as const))('%s', (label, slot) => {
    const [status, code] = refusalOf(slot);
    const seen = rows.get(label) ?? [];
    expect(seen).toHaveLength(11);
    const compared = slot.kind === 'external_id' ? shape : shown;
    for (const { asker, foreign, unknown, malformed } of seen) {
      const refused = unknown.status === status && unknown.code === code;
      expect(refused || isUnasked(slot, unknown), `${asker}: ${JSON.stringify(unknown)}`).toBe(true);
      for (const [owner, told] of foreign)
        expect(compared(told), `${asker} names what is of ${owner}`).toEqual(compared(unknown));
      for (const told of malformed) expect(shown(told), `${asker}, malformed`).toEqual(shown(unknown));
    }
    const reached = seen.filter(({ unknown }) => unknown.status === status && unknown.code === code);
    // Operators are not asked: nobody else gets as far as a lookup.
    expect(reached.length > 0, 'nobody got as far as the lookup').toBe(!isOperators(slot));
    expect(seen.some(({ foreign }) => foreign.length > 0)).toBe(true);
  });
});

test('the gateway takes as many hops for it', async () => {
  // Not of orders: they fetch quotes when the last ones have become old, whoever asks for what.
  const compared = slots.filter(({ kind }) => kind !== 'command').map(labelOf);
  const told = compared.flatMap((label) =>
    (rows.get(label) ?? []).map(({ asker, foreign, unknown }) => ({ label, asker, foreign, unknown })),
  );
  const wanted = told.flatMap(({ foreign, unknown }) => [unknown, ...foreign.map(([, one]) => one)]);
  let hops = new Map<string, number>();
  const missing = (): number => {
    hops = hopsByRequest();
    return wanted.filter(({ request }) => !hops.has(request)).length;
  };
  await expect.poll(missing, { interval: 200 }).toBe(0);
  const uneven = told.flatMap(({ label, asker, foreign, unknown }) => {
    const expected = hops.get(unknown.request);
    return foreign
      .filter(([, { request }]) => hops.get(request) !== expected)
      .map(([owner, { request }]) => `${label}: ${asker} -> ${owner}: ${hops.get(request)}, not ${expected}`);
  });
  expect(uneven).toEqual([]);
});

/** What the access log says of each request. */
function hopsByRequest(): Map<string, number> {
  const log = readFileSync(join(stage.program.home, 'logs/gateway.log'), 'utf8');
  const entries = log.split('\n').flatMap((text): readonly (readonly [string, number])[] => {
    if (!text.includes('"hops":')) return [];
    const line = JSON.parse(text.slice(text.indexOf('{'))) as { request_id: string; hops: number };
    return [[line.request_id, line.hops]];
  });
  return new Map(entries);
}

test('nothing of theirs has changed, and none of their credentials was used', async () => {
  // The chains first: reading some of the state adds to them.
  const after = { audits: await audits(), states: await states() };
  for (const [index, { kind }] of victims.entries()) {
    expect(after.audits[index], kind).toBe(before.audits[index]);
    expect(after.states[index], kind).toEqual(before.states[index]);
  }
  expect(before.audits.filter((text) => text.includes('createWallet'))).toHaveLength(2);
});
