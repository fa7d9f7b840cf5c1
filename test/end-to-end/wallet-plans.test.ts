import { afterAll, beforeAll, expect, test } from 'vitest';
import { moveClock, startInstrumented } from '../support/instruments.ts';
import type { OwnProgram } from '../support/program.ts';
import { member, type Answer } from './support/ask.ts';
import { newTrader, type Trader } from './support/trader.ts';

let program: OwnProgram;
beforeAll(async () => {
  // Small plans have small rates: time is let go by instead of waited for.
  program = await startInstrumented();
});
afterAll(() => program.stop());

const upgrade = {
  error: 'UPGRADE_REQUIRED',
  feature_key: 'wallets.sandbox_baseline',
  upgrade_url: '/pricing',
};

/** Opens a wallet in a second of its own. */
async function open(trader: Trader, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  await moveClock(program, { kind: 'advance', ms: 1_000 });
  return trader.call('POST', '/v1/me/wallets', {}, headers);
}

test.each([
  ['free', 1],
  ['pro', 3],
  ['pro_plus', 5],
  ['enterprise', 10],
] as const)('%s has %i wallets; one more is 402 with exactly its three members', async (tier, cap) => {
  const trader = await newTrader(program.file, { tier });
  for (let made = 0; made < cap; made += 1) expect((await open(trader)).status).toBe(201);
  for (const answer of [await open(trader), await open(trader, { 'x-polysim-verbose': 'true' })]) {
    expect([answer.status, answer.code]).toEqual([402, 'UPGRADE_REQUIRED']);
    expect(answer.json).toEqual(upgrade);
  }
});

test('many at once never make one too many', async () => {
  const trader = await newTrader(program.file, { tier: 'pro' });
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => trader.call('POST', '/v1/me/wallets', {})),
  );
  const made = answers.filter(({ status }) => status === 201);
  expect(made).toHaveLength(3);
  expect(new Set(made.map((answer) => member(answer, 'id'))).size).toBe(3);
});
