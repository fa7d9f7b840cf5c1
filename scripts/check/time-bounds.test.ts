import { describe, expect, test } from 'vitest';
import { timeBoundsIn } from './time-bounds.ts';

const refused = (text: string): readonly number[] => timeBoundsIn(text).map(({ line }) => line);

describe('a test with a time bound of its own is refused', () => {
  test.each([
    ['of a poll', 'await expect.poll(look, { timeout: 20_000 }).toBe(1);'],
    ['of a poll, by a name', 'await expect.poll(look, { timeout: SHORT_MS }).toBe(1);'],
    ['of a wait', 'await vi.waitUntil(look, { interval: 5, timeout: 50_000 });'],
    ['of a test', "test('x', { timeout: 60_000 }, async () => {"],
    ['of a test, after its body', '  }, 40_000);'],
    ['of a project', '          testTimeout: 60_000,'],
    ['of a socket', '      handshakeTimeout: 20_000,'],
    ['of a request', 'signal: AbortSignal.timeout(15_000),'],
    ['of a property', '          interruptAfterTimeLimit: 2_000,'],
  ])('%s', (_, line) => {
    expect(refused(`first\n${line}\nlast`)).toEqual([2]);
  });
});

test.each([
  ['the shared bound of a wait', 'await vi.waitUntil(look, { interval: 5, timeout: PATIENCE_MS });'],
  ['the shared bound of a test', '  testTimeout: TEST_MS,'],
  ['the shared bound of a request', 'signal: AbortSignal.timeout(PATIENCE_MS),'],
  ['a bound with its reason', '// Time bound: the venue hangs for longer.\n{ timeout: BEFORE_VENUE_MS }'],
  ['an option of the product', 'createClient({ timeoutMs: 5_000 });'],
  ['the end of a list', '  }, 40_000];'],
])('%s passes', (_, text) => {
  expect(refused(text)).toEqual([]);
});
