import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inProject } from '../../scripts/lib/paths.ts';
import { openMarket } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { createTenant, operate, type TenantSpec } from '../support/tenants.ts';

const missing = spawnSync('python3', ['--version']).status !== 0;
// A build machine has python3: there its absence fails, so that nobody loses these tests unseen.
const skipped = missing && process.env['CI'] === undefined;
if (skipped) console.warn('python3 is not installed: the Python clients are not tested here');

const run = async (script: string, ...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    'python3',
    [inProject(`test/clients/python/${script}`), ...args],
    {
      timeout: PATIENCE_MS,
      // No folder of compiled files beside the sources.
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    },
  );
  return stdout.trim();
};

let program: OwnProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.stop());

const keyOf = async (spec: TenantSpec = {}): Promise<string> =>
  (await createTenant(program.file, spec)).keys[0]?.raw_key ?? '';

describe.skipIf(skipped)('a Python bot', () => {
  test('quotes both sides: its naked SELL is refused, its two BUYs rest', async () => {
    const { yes, no } = await openMarket(program.file);
    const refused = { status: 400, code: 'INSUFFICIENT_POSITION', keys: ['error'] };
    const rests = { status: 200, state: 'live', order: expect.stringMatching(/^\d+$/) as unknown };
    expect(JSON.parse(await run('quote.py', program.file.url, await keyOf(), yes, no))).toEqual({
      quotes: [
        { short: refused, bids: [rests, rests] },
        { short: refused, bids: [rests, rests] },
      ],
      open: 4,
    });
  });

  test('at the gate of the closed beta it branches on the code in the header', async () => {
    const { url } = program.file;
    const outsider = await keyOf({ admission: 'none', tier: 'pro' });
    expect(await run('first_key.py', url, outsider)).toBe('closed beta: join the waitlist');
    await operate(program.file, 'PATCH', '/settings', { self_serve: true });
    expect(await run('first_key.py', url, outsider)).toBe('paying plans are admitted in cohorts: wait');
    await operate(program.file, 'PATCH', '/settings', { self_serve: false });
    expect(await run('first_key.py', url, await keyOf())).toMatch(/^issued pst_test_\w+$/);
  });
});
