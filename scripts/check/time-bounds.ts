/**
 * Time bounds that a slow machine can cross, in the text of a test: a timeout of its own for a test, a hook, a poll or a
 * request, and a property that is cut off by time. Bounds stand in test/support/patience.ts alone. A line may have one
 * where the comment line above it begins with "Time bound:" and says why.
 */

export interface TimeBound {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

const SHARED = '(?:PATIENCE_MS|TEST_MS)\\b';

const patterns: readonly RegExp[] = [
  // Options of tests, hooks, polls and child processes. `timeout` of another kind is rare, and may say why.
  new RegExp(`\\b(?:test|hook|teardown|handshake)?[tT]imeout:\\s*(?!${SHARED})[\\w(]`),
  /\binterruptAfterTimeLimit\b/,
  /\bskipAllAfterTimeLimit\b/,
  new RegExp(`\\bAbortSignal\\.timeout\\((?!${SHARED})`),
  // The last argument of test(), beforeAll() and the like.
  /^\s*\}, \d[\d_]*\);$/,
];

const reasoned = /^\s*\/\/ Time bound: \S/;

/** What a test file holds of them, in order. */
export function timeBoundsIn(text: string): readonly TimeBound[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (reasoned.test(lines[index - 1] ?? '') || !patterns.some((one) => one.test(line))) return [];
    return [{ line: index + 1, text: line.trim() }];
  });
}
