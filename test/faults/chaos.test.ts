import { expect, test } from 'vitest';
import { runChaos } from '../chaos/run.ts';
import { PATIENCE_MS } from '../support/patience.ts';

/** Printed by vitest where something does not hold: `npm run chaos -- <seed>` begins with the same numbers. */
const SEED = 20_231_121;

test('a small storm: orders at the venues are the acknowledged and the reconciled, none twice, none absent, fees exact', async () => {
  const { violations, said, kills, acknowledged, fees } = await runChaos({
    seed: SEED,
    accounts: 10,
    commands: 60,
    // What only an account's alarm settles takes longer than a test should.
    unnamed: false,
    kills: 2,
    active: 10,
    commandsPerFault: 8,
    hangs: false,
    stormMs: PATIENCE_MS,
    settleMs: 2 * PATIENCE_MS,
    tell: () => undefined,
  });
  expect(violations).toEqual([]);
  expect([said, kills]).toEqual([60, 2]);
  expect(acknowledged).toBeGreaterThan(30);
  expect(fees).toBeGreaterThan(0);
});
