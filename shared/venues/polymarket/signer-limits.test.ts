import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStubClob, STUB_CONDITION, stubSigner, type StubClob } from '../../../test/support/stub-clob.ts';
import { micro, valueOf } from '../../../test/support/venue-outcomes.ts';
import type { PolymarketSigner } from '../port/signer.ts';
import { SignerLimits } from './signer-limits.ts';

const told = (members: Readonly<Record<string, string>>): Headers =>
  new Headers(
    Object.entries(members).map(([name, value]): [string, string] => [`Poly-RateLimit-${name}`, value]),
  );

describe('what the venue tells of a signer’s tokens', () => {
  const NOW = 1_800_000_000_000;

  test.each([
    ['seconds', '2'],
    ['Unix seconds', String(NOW / 1000 + 2)],
    ['Unix ms', String(NOW + 2_000)],
  ])('holds commands back until the reset, told in %s', (_, reset) => {
    let now = NOW;
    const limits = new SignerLimits(() => now);
    limits.learn('0xAB', 'orders', told({ Remaining: '1', Reset: reset }));
    expect(limits.secondsToWait('0xab', 'orders', 1)).toBe(0);
    expect(limits.secondsToWait('0xab', 'orders', 2)).toBe(2);
    expect(limits.secondsToWait('0xab', 'cancels', 2)).toBe(0);
    expect(limits.secondsToWait('0xcd', 'orders', 2)).toBe(0);
    now += 2_000;
    expect(limits.secondsToWait('0xab', 'orders', 2)).toBe(0);
  });

  test('is not held against a signer while the venue only warns, or says nothing', () => {
    const limits = new SignerLimits(() => NOW);
    limits.learn('0xab', 'orders', told({ Remaining: '0', Reset: '5', Warning: 'not enforced' }));
    expect(limits.secondsToWait('0xab', 'orders', 1)).toBe(0);
    limits.learn('0xab', 'orders', told({ Remaining: '-3', Reset: '5' }));
    expect(limits.secondsToWait('0xab', 'orders', 1)).toBe(5);
    limits.learn('0xab', 'orders', new Headers());
    expect(limits.secondsToWait('0xab', 'orders', 1)).toBe(0);
  });

  test('is believed for a minute at most', () => {
    const limits = new SignerLimits(() => NOW);
    limits.learn('0xab', 'orders', told({ Remaining: '0', Reset: '86400' }));
    expect(limits.secondsToWait('0xab', 'orders', 1)).toBe(60);
  });
});

describe('commands within the limits', () => {
  let stub: StubClob;
  beforeAll(async () => {
    stub = await startStubClob();
  });
  afterAll(() => stub.close());

  const signerOf = (address: string): PolymarketSigner => ({
    ...stubSigner(address),
    l2Headers: () => Promise.resolve({ ok: true, headers: { POLY_ADDRESS: address } }),
    signOrder: () =>
      Promise.resolve({
        ok: true,
        body: '{}',
        headers: { POLY_ADDRESS: address },
        orderHash: `0x${'0f'.repeat(32)}`,
      }),
  });
  const idOf = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;
  const requestsTo = (path: string) => stub.seen.filter((request) => request.path === path);
  const cancelAll = (request: { readonly body: string }) => ({
    body: { canceled: JSON.parse(request.body) as unknown, not_canceled: {} },
  });

  test('an order that the bucket has no token for is not sent', async () => {
    const signer = signerOf(`0x${'01'.repeat(20)}`);
    const terms = {
      marketId: STUB_CONDITION,
      outcome: 'Yes',
      side: 'BUY',
      price: micro('0.5'),
      size: micro('10'),
      type: 'gtc',
      postOnly: false,
    } as const;
    stub.on('POST /order', {
      status: 429,
      body: { error: 'rate limit' },
      headers: { 'poly-ratelimit-remaining': '0', 'poly-ratelimit-reset': '9' },
    });
    const send = async () => stub.venue.send(valueOf(await stub.venue.prepare(terms, signer)));
    expect(await send()).toMatchObject({ tag: 'rate-limited' });
    expect(requestsTo('/order')).toHaveLength(1);
    expect(await send()).toMatchObject({ tag: 'rate-limited', retryAfter: 9 });
    expect(requestsTo('/order')).toHaveLength(1);
  });

  test('more cancels than the burst go out in several requests, as one answer', async () => {
    stub.on('DELETE /orders', cancelAll);
    const ids = Array.from({ length: 250 }, (_, n) => idOf(n + 1));
    const client = stub.venue.clob(signerOf(`0x${'02'.repeat(20)}`));
    const result = valueOf(await client.cancel({ ids }));
    expect(result).toEqual({ tag: 'accepted', canceled: ids, notCanceled: {} });
    const sizes = requestsTo('/orders').map(({ body }) => (JSON.parse(body) as unknown[]).length);
    expect(sizes).toEqual([120, 120, 10]);
  });

  test('what a later request did not cancel is told beside what went', async () => {
    const ids = Array.from({ length: 200 }, (_, n) => idOf(n + 1));
    let requests = 0;
    stub.on('DELETE /orders', (request) => {
      requests += 1;
      return requests === 1 ? cancelAll(request) : { status: 429, body: { error: 'rate limit' } };
    });
    const client = stub.venue.clob(signerOf(`0x${'03'.repeat(20)}`));
    const result = valueOf(await client.cancel({ ids }));
    if (result.tag !== 'accepted') throw new Error(result.tag);
    expect(result.canceled).toEqual(ids.slice(0, 120));
    expect(Object.keys(result.notCanceled)).toEqual(ids.slice(120));
    expect(new Set(Object.values(result.notCanceled))).toEqual(
      new Set(['not sent, because the exchange takes no more requests for now: repeat']),
    );
    requests = 1;
    expect(await client.cancel({ ids })).toMatchObject({ ok: true, value: { tag: 'rate-limited' } });
  });
});
