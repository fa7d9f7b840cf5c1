import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { valuesOf, type Schema as Drawn } from '../../test/end-to-end/support/from-schema.ts';
import { operations } from '../src/generated/operations.ts';
import { schemaMismatch } from '../src/schema-mismatch.ts';
import { createRouter, createSessions, request, type OperationName, type Result } from '../src/index.ts';
import { http, startRawServer, type Answer, type RawServer } from './raw-server.ts';

const KEY = 'pst_test_planted-and-secret';
const names = Object.keys(operations) as readonly OperationName[];

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());

const client = () => ({
  url: server.url,
  apiKey: KEY,
  backoffMs: 0,
  timeoutMs: 10_000,
  maxReplyBytes: 20_000,
});

/** What a result breaks of what every method promises, whatever happens; nothing of the key is in it. */
function broken(result: Result<unknown>, name: OperationName): string | undefined {
  if (JSON.stringify(result)?.includes(KEY)) return 'it tells the key';
  if (result.success) {
    const { reply } = operations[name];
    return reply ? schemaMismatch(reply, result.data) : (result.data ?? undefined) && 'data of nothing';
  }
  const { success, error, code, effect, status } = result;
  const told =
    Object.is(success, false) && [error, code].every((text) => typeof text === 'string' && text !== '');
  return told && Number.isInteger(status) && /^(?:none|unknown)$/.test(effect) ? undefined : 'a failure';
}

/** Mostly none: a reply that is spoilt in one way reaches further than one that is in all. */
const mostly = <T>(good: T, bad: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: bad });

const statuses = mostly(200, fc.constantFrom(201, 204, 301, 304, 400, 401, 404, 409, 429, 500, 502, 503));
const headers = fc.record(
  {
    'retry-after': fc.constantFrom('0', '-1', 'soon', '99999999'),
    'x-polysim-code': fc.constantFrom('VENUE_UNAVAILABLE', 'ATTEMPT_CONFLICT', 'é'),
    'content-type': fc.constant('text/html'),
    'content-length': fc.constantFrom('0', '3', '-1', '99999999'),
    'content-encoding': fc.constantFrom('gzip', 'br'),
    location: fc.constant('/elsewhere'),
  },
  { requiredKeys: [] },
);

/** Of one operation: its reply as the document has it or nearly, another JSON, or what is none. */
const bodiesOf = (name: OperationName): fc.Arbitrary<string | Buffer> => {
  const { reply, enveloped } = operations[name];
  const data = valuesOf((reply ?? {}) as Drawn, {});
  const replies = data.map((value) => (enveloped ? { success: true, data: value, error: null } : value));
  return fc.oneof(
    { weight: 12, arbitrary: replies.map((value) => JSON.stringify(value) ?? '') },
    { weight: 2, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.constantFrom('<!doctype html><h1>502</h1>', '', 'null', '['.repeat(19_000)) },
    { weight: 1, arbitrary: fc.constant('x'.repeat(30_000)) },
  );
};

/** What the server does: an HTTP reply, one that is cut, or no HTTP at all. */
const answersTo = (name: OperationName): fc.Arbitrary<Answer> =>
  fc
    .record({
      status: statuses,
      body: bodiesOf(name),
      given: mostly({}, headers),
      spoilt: mostly('not', fc.constantFrom('reset', 'end', 'bare')),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ status, body, given, spoilt, share }) => {
      const answer = http(status, body, given);
      const cut = answer.bytes.subarray(0, Math.floor(answer.bytes.length * share));
      if (spoilt === 'reset' || spoilt === 'end') return { bytes: cut, after: spoilt };
      return spoilt === 'bare' ? { bytes: Buffer.from(body), after: 'end' } : answer;
    });

test('whatever a server answers, every operation resolves to a result that keeps its promise', async () => {
  const drawn = fc
    .constantFrom(...names)
    .chain((name) => fc.tuple(fc.constant(name), fc.array(answersTo(name), { minLength: 1, maxLength: 3 })));
  const outcomes = { good: 0, bad: 0 };
  await fc.assert(
    fc.asyncProperty(drawn, async ([name, answers]) => {
      server.answer((number) => answers[number % answers.length] ?? http(200, ''));
      // No value of these is a cursor, a credential or a session of anybody: the server does not look.
      const input = Object.fromEntries(operations[name].path.map((member) => [member, '1']));
      const result = await request(client(), name, input as never);
      expect(broken(result, name)).toBeUndefined();
      outcomes[result.success ? 'good' : 'bad'] += 1;
    }),
    { numRuns: 250 },
  );
  expect(Math.min(outcomes.good, outcomes.bad)).toBeGreaterThan(20);
});

/** Values that a caller without types may give. */
const hostile = (): readonly unknown[] => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  return [
    undefined,
    null,
    5,
    'text',
    [],
    cycle,
    { size: 1n, id: Symbol('id'), exchange: {} },
    { id: '\ud800', customer_id: '..', order_id: '' },
    { idempotencyKey: { a: 1 }, exchange: null },
    {
      get id(): never {
        throw new Error(KEY);
      },
    },
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error(KEY);
        },
      },
    ),
  ];
};

test('whatever a caller gives, every operation resolves', async () => {
  const values = hostile();
  const fetch = (): Promise<Response> => Promise.resolve(new Response('{}', { status: 400 }));
  for (const name of names) {
    for (const value of values) {
      const result = await request({ ...client(), fetch }, name, value as never, value as never);
      expect(broken(result, name)).toBeUndefined();
    }
  }
});

test('whatever options a caller gives, every method resolves', async () => {
  const fetch = (): Promise<Response> => Promise.resolve(new Response('{}', { status: 400 }));
  const given = { ...client(), fetch };
  const router = createRouter(given);
  const session = createSessions(given).session(1);
  for (const value of hostile() as readonly never[]) {
    const results = [
      router.orders(value, value),
      router.with(value).exchanges(),
      session.start(value),
      session.resumeRun(value),
      session.suggestions.list(value, value),
    ];
    for (const result of await Promise.all(results)) expect(result.success).toBe(false);
  }
});

test.each([
  ['no url', { apiKey: KEY }],
  ['a url that is none', { url: 'gateway', apiKey: KEY }],
  ['a url of another kind', { url: 'file:///etc/passwd', apiKey: KEY }],
  ['no key', { url: 'http://127.0.0.1:9' }],
  ['a key that no header can hold', { url: 'http://127.0.0.1:9', apiKey: `${KEY}\nX: y` }],
  ['nothing', undefined],
])('a client with %s resolves to invalid_request', async (_, options) => {
  const router = createRouter(options as never);
  const session = createSessions(options as never).session(1);
  for (const result of [await router.exchanges(), await session.nextRun(), await session.resumeRun()]) {
    expect(result).toMatchObject({ success: false, code: 'invalid_request', effect: 'none' });
    expect(JSON.stringify(result)).not.toContain(KEY);
  }
});

test.each([
  [
    'throws',
    () => {
      throw new Error(KEY);
    },
  ],
  ['rejects with nothing', () => Promise.reject()], // oxlint-disable-line prefer-promise-reject-errors
  ['gives no response', () => Promise.resolve(undefined)],
  ['gives half a response', () => Promise.resolve({ status: 200, body: null })],
  ['never ends', () => new Promise(() => undefined)],
  ['is none', 5],
])('a fetch that %s resolves to a failure', async (_, fetch) => {
  const router = createRouter({ ...client(), fetch: fetch as never, timeoutMs: 20, maxRetries: 1 });
  for (const result of [await router.exchanges(), await router.placeOrder({} as never)]) {
    expect(result.success).toBe(false);
    expect(JSON.stringify(result)).not.toContain(KEY);
  }
});

test('a reply larger than the limit is not read to its end', async () => {
  server.answer(() => http(200, JSON.stringify('x'.repeat(1_000_000))));
  expect(await createRouter(client()).exchanges()).toMatchObject({ code: 'unexpected_reply', status: 200 });
});

test('a redirect is not followed: the key stays with its gateway', async () => {
  const thief = await startRawServer();
  server.answer(() => http(302, '', { location: `${thief.url}/` }));
  expect(await createRouter(client()).exchanges()).toMatchObject({ success: false, status: 302 });
  expect(thief.seen()).toEqual([]);
  await thief.close();
});

test('an id cannot lead to another path, and an option that a call does not take is not dropped', async () => {
  server.answer(() => http(400, '{}'));
  const router = createRouter(client());
  const refused = { code: 'invalid_request', effect: 'none' };
  expect(await router.order({ id: '..', exchange: 'paper' })).toMatchObject(refused);
  expect(await router.with({ venue: 'paper' }).exchanges()).toMatchObject(refused);
  expect(server.seen()).toEqual([]);
  await router.order({ id: 'a/../b?c', exchange: 'paper' });
  expect(server.seen()[0]?.line).toBe('GET /api/v1/orders/a%2F..%2Fb%3Fc?exchange=paper HTTP/1.1');
});
