import { afterEach, expect, test, vi } from 'vitest';
import { Upstream } from './upstream.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a venue that takes the connection and never answers is lost after 10 s, and tried again', async () => {
  vi.useFakeTimers();
  let tries = 0;
  let lost = 0;
  vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) => {
    tries += 1;
    return new Promise((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(new Error('aborted'))),
    );
  });
  const upstream = new Upstream('ws://venue', [], {
    message: () => undefined,
    lost: () => {
      lost += 1;
    },
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lost).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tries).toBe(2);
  upstream.stop();
});
