import { randomInt } from 'node:crypto';
import { buildIfStale } from '../../scripts/build/build-workers.ts';
import { exchangeMain } from './exchange/main.ts';
import { runChaos } from './run.ts';

/**
 * `npm run chaos [-- seed]`: 2,000 commands over 50 accounts while the venues fail at random and workerd is killed 20
 * times (docs/consistency.md). Ends within three minutes; exit code 1 when anything does not hold. With `exchange` as its
 * first argument it is the storm over the institutional exchange instead.
 */
async function main(): Promise<void> {
  const seed = process.argv[2] === undefined ? randomInt(2 ** 31) : Number(process.argv[2]);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Error('npm run chaos [-- seed], where the seed is a whole number');
  const started = Date.now();
  const tell = (line: string): void =>
    console.log(`[${((Date.now() - started) / 1000).toFixed(0).padStart(3)} s] ${line}`);
  tell(`seed ${seed}`);
  await buildIfStale('instrumented');
  const report = await runChaos({
    seed,
    accounts: 50,
    commands: 2_000,
    unnamed: true,
    kills: 20,
    active: 12,
    commandsPerFault: 8,
    hangs: true,
    stormMs: 125_000,
    settleMs: 160_000,
    tell,
  });
  const { said, tries, kills, armed, fees, acknowledged, reconciled, violations } = report;
  tell(`${said} commands said ${tries} times, ${kills} kills, ${armed} faults`);
  const replies = [...report.replies].map(
    ([word, { count, ms }]) => `${word} ${count} (${Math.round(ms / count)} ms)`,
  );
  tell(`replies: ${replies.join(', ')}`);
  tell(`orders: ${acknowledged} acknowledged, ${reconciled} found by the journal alone; ${fees} fees pulled`);
  for (const violation of violations) console.error(`VIOLATION ${violation}`);
  tell(violations.length === 0 ? 'everything holds' : `${violations.length} violations (seed ${seed})`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

const isExchange = process.argv[2] === 'exchange';
await (isExchange ? exchangeMain(process.argv[3], process.argv[4]) : main()).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
