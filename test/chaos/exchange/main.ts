import { randomInt } from 'node:crypto';
import { buildIfStale } from '../../../scripts/build/build-workers.ts';
import { startExchangeProgram } from './program.ts';
import { runExchangeStorm } from './run.ts';
import { SYMBOLS } from './symbols.ts';

/**
 * `npm run chaos -- exchange [seed] [v1]`: 5,000 executions and 50,000 books to 20 clients, with orders and cancels, while
 * relay, exchange connections, connector and gateway die 20 times each (docs/consistency.md). Ends within five minutes;
 * exit code 1 when anything does not hold.
 */
export async function exchangeMain(
  argument: string | undefined,
  dialect: string | undefined = 'v1beta1',
): Promise<void> {
  const seed = argument === undefined ? randomInt(2 ** 31) : Number(argument);
  if (!Number.isSafeInteger(seed) || seed < 0 || (dialect !== 'v1' && dialect !== 'v1beta1'))
    throw new Error('npm run chaos -- exchange [seed] [v1], where the seed is a whole number');
  const started = Date.now();
  const tell = (line: string): void =>
    console.log(`[${((Date.now() - started) / 1000).toFixed(0).padStart(3)} s] ${line}`);
  tell(`seed ${seed}, ${dialect}`);
  await buildIfStale('instrumented');
  const starting = startExchangeProgram(dialect);
  // Ctrl-C at any moment leaves no process and no folder behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      const end = (): never => process.exit(130);
      starting.then((program) => program.stop()).then(end, end);
    });
  const program = await starting;
  try {
    const report = await runExchangeStorm(program, {
      seed,
      dialect,
      clients: [
        ...Array.from({ length: 14 }, () => 'socket' as const),
        ...(['orders', 'orders', 'orders', 'orders', 'positions', 'market_data'] as const),
      ],
      symbols: SYMBOLS,
      books: 50_000,
      executions: 5_000,
      perSecond: 600,
      kills: 20,
      lanes: 6,
      tokenMs: 30_000,
      calmMs: 35_000,
      stormMs: 200_000,
      wholeMs: 290_000,
      tell,
    });
    const { kills, violations, replies } = report;
    tell(
      `killed: ${Object.entries(kills)
        .map(([victim, times]) => `${victim} ${times}`)
        .join(', ')}`,
    );
    tell(`${report.executions} executions, ${report.books} books made; ${report.tokens} tokens given out`);
    tell(
      `${report.said} commands said ${report.tries} times; ${[...replies].map(([word, times]) => `${word} ${times}`).join(', ')}`,
    );
    tell(
      `clients: ${report.events} events (${report.bookEvents} books), ${report.gaps} gaps, ${report.connections} connections`,
    );
    for (const violation of violations) console.error(`VIOLATION ${violation}`);
    tell(violations.length === 0 ? 'everything holds' : `${violations.length} violations (seed ${seed})`);
    process.exitCode = violations.length === 0 ? 0 : 1;
  } finally {
    await program.stop();
  }
}
