import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as kalshi from '../../../emulators/kalshi/test/support.ts';
import * as polymarket from '../../../emulators/polymarket/test/support.ts';
import { micro, sentNow, valueOf } from '../../../test/support/venue-outcomes.ts';
import { kalshiSigner, polymarketSigner } from '../../../test/support/venue-signers.ts';
import { VenueEndpoint } from '../http/endpoint.ts';
import { KALSHI_PROBE } from '../kalshi/api.ts';
import { KalshiVenue } from '../kalshi/venue.ts';
import { CLOB_PROBE } from '../polymarket/api.ts';
import { PolymarketVenue } from '../polymarket/venue.ts';
import type { OrderTerms, PreparedOrder, Reconciled, VenueResult } from '../port.ts';

/** Longer than a busy machine takes to answer on loopback; a hang is waited for once per venue. */
const TIMEOUT_MS = 2_500;

/** One venue with its signer bound: the table below is the same for all. */
interface Bench {
  readonly control: (path: string, body?: unknown) => Promise<unknown>;
  readonly placePath: string;
  prepare(): Promise<PreparedOrder>;
  send(prepared: PreparedOrder): ReturnType<PolymarketVenue['send']>;
  reconcile(prepared: PreparedOrder): Promise<Reconciled>;
  balance(): Promise<VenueResult<unknown>>;
  /** Requests that met a fault. */
  fired(): Promise<number>;
  /** Orders that the venue has under this dedupe value. */
  count(value: string): Promise<number>;
  close(): Promise<void>;
}

const common = { side: 'BUY', size: micro('10'), type: 'gtc', postOnly: false } as const;
const rows = z.array(z.looseObject({}));
const countIn = async (url: string, member: string, value: string): Promise<number> => {
  const orders = rows.parse(await (await fetch(`${url}/__control/orders`)).json());
  return orders.filter((order) => order[member] === value).length;
};

const firedAt = async (url: string): Promise<number> => {
  const stats = await (await fetch(`${url}/__control/stats`)).json();
  return z.object({ counts: z.object({ faults_fired: z.number() }) }).parse(stats).counts.faults_fired;
};

/** A test may have ended its venue already. */
function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => (closed ??= close());
}

let made = 0;

async function kalshiBench(): Promise<Bench> {
  const emulator = await kalshi.startForTest();
  const { url } = emulator;
  const signer = kalshiSigner(kalshi.ALICE);
  const line = new VenueEndpoint({
    baseUrl: url,
    probe: KALSHI_PROBE,
    timeoutMs: TIMEOUT_MS,
  });
  const venue = new KalshiVenue({ url }, line);
  await kalshi.knownBook(emulator);
  return {
    control: (path, body) => emulator.control(path, body),
    placePath: '/portfolio/events/orders',
    prepare: async () => {
      made += 1;
      const terms: OrderTerms = {
        ...common,
        marketId: kalshi.MARKET,
        outcome: 'Yes',
        price: micro('0.30'),
        clientOrderId: `fault-${made}`,
      };
      return valueOf(await venue.prepare(terms, signer));
    },
    send: (prepared) => venue.send(prepared),
    reconcile: (prepared) => venue.reconcile(sentNow(prepared), signer),
    balance: () => venue.balance(signer),
    fired: () => firedAt(url),
    count: (value) => countIn(url, 'client_order_id', value),
    close: once(() => emulator.close()),
  };
}

async function polymarketBench(): Promise<Bench> {
  const emulator = await polymarket.startForTest();
  const { url } = emulator;
  const market = await polymarket.marketOf(emulator, 'plain');
  const signer = await polymarketSigner(url, polymarket.ALICE.privateKey);
  const line = new VenueEndpoint({ baseUrl: url, probe: CLOB_PROBE, timeoutMs: TIMEOUT_MS });
  const settings = { clobUrl: url, gammaUrl: `${url}/gamma`, dataUrl: `${url}/data-api`, chainId: 137 };
  const venue = new PolymarketVenue(settings, line);
  return {
    control: (path, body) => emulator.control(path, body),
    placePath: '/order',
    prepare: async () => {
      const terms: OrderTerms = {
        ...common,
        marketId: market.conditionId,
        outcome: 'Yes',
        price: micro('0.30'),
      };
      return valueOf(await venue.prepare(terms, signer));
    },
    send: (prepared) => venue.send(prepared),
    reconcile: (prepared) => venue.reconcile(sentNow(prepared), signer),
    balance: () => venue.balance(signer),
    fired: () => firedAt(url),
    count: (value) => countIn(url, 'hash', value),
    close: once(() => emulator.close()),
  };
}

/** What happens to the one request, how `send` tells it, what the venue has, what `reconcile` then finds. */
const TABLE = [
  ['reset before the request is read', { kind: 'drop_before' }, 'unknown', 0, 'absent'],
  ['reset after the request is read', { kind: 'drop_after' }, 'unknown', 1, 'found'],
  ['500 before it takes effect', { kind: 'status', status: 500 }, 'unknown', 0, 'absent'],
  [
    '502 after it took effect',
    { kind: 'status', status: 502, after_processing: true },
    'unknown',
    1,
    'found',
  ],
  ['429', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, 'rate-limited', 0, 'absent'],
  ['a hang', { kind: 'hang', after_processing: true }, 'unknown', 1, 'found'],
  ['malformed JSON', { kind: 'malformed', after_processing: true }, 'unknown', 1, 'found'],
  ['408', { kind: 'status', status: 408, after_processing: true }, 'unknown', 1, 'found'],
] as const;

describe.each([
  ['kalshi', kalshiBench],
  ['polymarket', polymarketBench],
] as const)('faults of %s', (_name, start) => {
  let bench: Bench;
  // A new venue and a new line each: what one test breaks, no other sees.
  beforeEach(async () => {
    bench = await start();
  });
  afterEach(() => bench.close());

  test.each(TABLE)('%s: told as it is, and never two orders', async (_case, fault, tag, orders, found) => {
    const prepared = await bench.prepare();
    await bench.control('faults', { method: 'POST', path: bench.placePath, ...fault });
    const outcome = await bench.send(prepared);
    expect(outcome).toMatchObject({ tag, ...(tag === 'rate-limited' && { retryAfter: 7 }) });
    expect(await bench.count(prepared.dedupe.value)).toBe(orders);
    expect(await bench.reconcile(prepared)).toMatchObject({ tag: found });
  });

  test('a venue that is gone after it was heard: unknown, then not-sent, and reconcile does not guess', async () => {
    const [first, second] = [await bench.prepare(), await bench.prepare()];
    await bench.close();
    expect(await bench.send(first)).toEqual({ tag: 'unknown' });
    expect(await bench.send(second)).toEqual({ tag: 'not-sent' });
    expect(await bench.reconcile(first)).toEqual({ tag: 'unknown' });
  });

  test('the same order twice is refused by the venue, and the first is found', async () => {
    const prepared = await bench.prepare();
    expect(await bench.send(prepared)).toMatchObject({ tag: 'accepted' });
    expect(await bench.send(prepared)).toMatchObject({ tag: 'refused', reason: 'DUPLICATE_CLIENT_ORDER_ID' });
    expect(await bench.count(prepared.dedupe.value)).toBe(1);
    expect(await bench.reconcile(prepared)).toMatchObject({ tag: 'found' });
  });

  test('reads are tried three times, commands once', async () => {
    await bench.control('faults', { path: '/*', kind: 'status', status: 503, times: 2 });
    expect(await bench.balance()).toMatchObject({ ok: true });
    const prepared = await bench.prepare();
    await bench.control('faults', {
      method: 'POST',
      path: bench.placePath,
      kind: 'status',
      status: 503,
      times: 3,
    });
    expect(await bench.send(prepared)).toEqual({ tag: 'unknown' });
    expect(await bench.fired()).toBe(3);
  });

  test.each([5_000, -5_000, 90_000])('a clock that is off by %i ms signs by the venue’s', async (offset) => {
    await bench.control('clock', { offset_ms: offset });
    const before = Date.now();
    const prepared = await bench.prepare();
    const after = Date.now();
    const { headers } = prepared.request;
    const stamped = Number(headers['KALSHI-ACCESS-TIMESTAMP'] ?? `${headers['POLY_TIMESTAMP']}000`);
    // Clocks are told in whole seconds, once in the answer and once in the signature.
    expect(stamped).toBeGreaterThan(before + offset - 2_000);
    expect(stamped).toBeLessThan(after + offset + 2_000);
    expect(await bench.send(prepared)).toMatchObject({ tag: 'accepted' });
    expect(await bench.count(prepared.dedupe.value)).toBe(1);
  });
});

test('a venue that nobody has heard and that refuses connections is sent nothing', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const line = new VenueEndpoint({ baseUrl: `http://127.0.0.1:${port}`, probe: KALSHI_PROBE });
  const venue = new KalshiVenue({ url: line.baseUrl }, line);
  const prepared: PreparedOrder = {
    venue: 'kalshi',
    kind: 'place',
    request: { method: 'POST', url: `${line.baseUrl}/portfolio/events/orders`, headers: {}, body: '{}' },
    dedupe: { kind: 'client-order-id', value: 'never' },
    terms: { ...common, marketId: 'KX', outcome: 'Yes', price: micro('0.30') },
  };
  for (let attempt = 0; attempt < 7; attempt += 1)
    expect(await venue.send(prepared)).toEqual({ tag: 'not-sent' });
  expect(line.circuit.closedIn).toBeGreaterThan(0);
});
