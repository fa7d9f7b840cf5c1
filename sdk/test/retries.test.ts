import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { request, type Failed, type OperationName, type Result } from '../src/index.ts';
import { http, refusal, startRawServer, type Answer, type RawServer } from './raw-server.ts';

/** A read, a command that the gateway knows again by its name, and one that may be done twice. */
const commands = {
  read: ['GET /api/v1/exchanges', {}],
  named: [
    'POST /api/v1/orders',
    { exchange: 'paper', market_id: 'm', outcome: 'yes', side: 'buy', price: 0.5, size: 1 },
  ],
  once: ['POST /v1/platforms/polymarket/market-order', { tokenId: '1', size: 1, side: 'BUY' }],
} as const satisfies Record<string, readonly [OperationName, unknown]>;
type Kind = keyof typeof commands;

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());

/** No attempt of these tests takes as long as this, but the one that is answered with silence. */
const PATIENCE_MS = 30_000;
const SILENCE_MS = 100;

function run(kind: Kind, timeoutMs = PATIENCE_MS, signal?: AbortSignal): Promise<Result<unknown>> {
  const [name, input] = commands[kind];
  const options = { session: 1, signal, timeoutMs };
  const client = { url: server.url, apiKey: 'key', backoffMs: 1 };
  return request(client, name, input, kind === 'once' ? options : { signal, timeoutMs });
}

const reset: Answer = { bytes: Buffer.alloc(0), after: 'reset' };
const cut: Answer = {
  bytes: Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id"'),
  after: 'reset',
};
const page = http(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' });
const silence: Answer = { bytes: Buffer.alloc(0), after: 'silence' };

/** README, "What is repeated": attempts of a read, of a named command and of one that may be done twice. */
const table: readonly (readonly [string, Answer, number, number, number, 'none' | 'unknown'])[] = [
  ['429 with Retry-After', refusal(429, 'RATE_LIMIT_EXCEEDED', { 'retry-after': '0' }), 3, 3, 3, 'none'],
  ['429 without it', refusal(429, 'RATE_LIMIT_EXCEEDED'), 1, 1, 1, 'none'],
  ['429 with a long one', refusal(429, 'RATE_LIMIT_EXCEEDED', { 'retry-after': '60' }), 1, 1, 1, 'none'],
  ['503, nothing was sent', refusal(503, 'VENUE_UNAVAILABLE', { 'retry-after': '0' }), 3, 3, 3, 'none'],
  ['503, sent and not known', refusal(503, 'PERSISTENCE_UNKNOWN'), 3, 3, 1, 'unknown'],
  ['500', refusal(500, 'INTERNAL_ERROR'), 3, 3, 1, 'unknown'],
  ['409, still in progress', refusal(409, 'IDEMPOTENCY_CONFLICT_PENDING'), 1, 3, 1, 'unknown'],
  ["409, an agent's attempt", refusal(409, 'ATTEMPT_CONFLICT'), 1, 3, 1, 'unknown'],
  ['409 of another kind', refusal(409, 'IDEMPOTENCY_KEY_REUSE'), 1, 1, 1, 'none'],
  ['400', refusal(400, 'INSUFFICIENT_BALANCE'), 1, 1, 1, 'none'],
  ['401', refusal(401, 'INVALID_KEY'), 1, 1, 1, 'none'],
  ['501', refusal(501, 'NOT_SUPPORTED'), 1, 1, 1, 'none'],
  ['a page of a proxy', page, 3, 3, 1, 'unknown'],
  ['a connection that breaks', reset, 3, 3, 1, 'unknown'],
  ['a reply that is cut', cut, 3, 3, 1, 'unknown'],
  ['a reply of another kind', http(200, '{"surprise":true}'), 1, 1, 1, 'unknown'],
  ['silence', silence, 3, 3, 1, 'unknown'],
];

describe.each(table)('%s', (name, answer, read, named, once, effect) => {
  test.each([
    ['read', read, 'none'],
    ['named', named, effect],
    ['once', once, effect],
  ] as const)('%s: %i attempts, effect %s', async (kind, attempts, told) => {
    server.answer(() => answer);
    const result = await run(kind, name === 'silence' ? SILENCE_MS : PATIENCE_MS);
    expect(result).toMatchObject({
      success: false,
      effect: told,
      error: expect.stringMatching(/./) as unknown,
    });
    expect(server.seen()).toHaveLength(attempts);
    const names = server.seen().map(({ headers, body }) => nameIn(headers) ?? nameIn(body));
    expect(new Set(names)).toEqual(new Set([kind === 'read' ? undefined : result.idempotencyKey]));
  });
});

const nameIn = (text: string): string | undefined => /idempotency-?key"?: ?"?(\w+)/i.exec(text)?.[1];

const order = {
  id: '1',
  market_id: 'm',
  outcome: 'yes',
  side: 'buy',
  price: 0.5,
  size: 1,
  filled: 1,
  status: 'filled',
  created_at: '',
  updated_at: '',
};

test('an order whose reply broke off is said again under its name, and has its first outcome', async () => {
  const replayed = http(200, JSON.stringify(order), { 'idempotency-replayed': 'true', 'x-request-id': 'r1' });
  server.answer((number) => (number === 0 ? reset : replayed));
  expect(await run('named')).toMatchObject({ success: true, data: order, replayed: true, requestId: 'r1' });
});

test('a refusal after an attempt that may have been done does not unsay it', async () => {
  server.answer((number) => (number === 0 ? reset : refusal(401, 'INVALID_KEY')));
  expect(await run('named')).toMatchObject({ code: 'a_code', reason: 'INVALID_KEY', effect: 'unknown' });
});

test.each(['read', 'named', 'once'] as const)(
  'a gateway that is not there: a command of the kind %s is tried again, and has no effect',
  async (kind) => {
    const gone = await startRawServer();
    await gone.close();
    let asked = 0;
    const counted = (url: string, init: RequestInit): Promise<Response> => {
      asked += 1;
      return fetch(url, init);
    };
    const [name, input] = commands[kind];
    const client = { url: gone.url, apiKey: 'key', backoffMs: 1, fetch: counted };
    const failed = {
      success: false,
      code: 'unreachable',
      status: 0,
      effect: 'none',
    } satisfies Partial<Failed>;
    expect(await request(client, name, input, kind === 'once' ? { session: 1 } : {})).toMatchObject(failed);
    expect(asked).toBe(3);
  },
);

describe('a signal', () => {
  test('that has come already: nothing is sent', async () => {
    server.answer(() => reset);
    expect(await run('once', PATIENCE_MS, AbortSignal.abort())).toMatchObject({
      code: 'aborted',
      effect: 'none',
    });
    expect(server.seen()).toEqual([]);
  });

  test('during an attempt: it ends, and whether it was done is not known', async () => {
    const caller = new AbortController();
    server.answer(() => {
      caller.abort();
      return silence;
    });
    expect(await run('named', PATIENCE_MS, caller.signal)).toMatchObject({
      code: 'aborted',
      effect: 'unknown',
    });
    expect(server.seen()).toHaveLength(1);
  });

  test('during a wait: no further attempt', async () => {
    const caller = new AbortController();
    server.answer(() => {
      // Once the reply has been read the call waits for the second that it asks for.
      setTimeout(() => caller.abort(), 50);
      return refusal(429, 'RATE_LIMIT_EXCEEDED', { 'retry-after': '9' });
    });
    expect(await run('named', PATIENCE_MS, caller.signal)).toMatchObject({ code: 'aborted', effect: 'none' });
    expect(server.seen()).toHaveLength(1);
  });
});
