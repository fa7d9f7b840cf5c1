import { resolve } from 'node:path';
import { buildIfStale } from './lib/build-workers.ts';
import { launch, type PosternFile } from './lib/launch.ts';
import { isFree } from './lib/port.ts';

const DEFAULT_PORT = 8787;

/** `npm start`: builds, then runs the whole program on this machine until Ctrl-C. */
async function main(): Promise<void> {
  const port = Number(process.env['PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return fail(`PORT must be 0 to 65535, not "${process.env['PORT']}"`);
  if (!(await isFree(port)))
    return fail(`Port ${port} is taken: stop what runs there, or set PORT (0 picks a free one).`);
  const home = resolve(process.env['POSTERN_HOME'] ?? '.local');
  console.log('Starting ...');
  await buildIfStale();
  const running = await launch({ home, port, exchange: true, onEvent: (message) => console.log(message) });
  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await running.stop();
    process.exit(code);
  };
  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));
  console.log(summary(running.file, home));
  console.error(await running.failed);
  await stop(1);
}

function summary(file: PosternFile, home: string): string {
  const rows = [
    ['gateway', `${file.url}/v1`],
    ['documentation', `${file.url}/docs`],
    ['trader key', file.keys.trader],
    ['free key', file.keys.free],
    ['desk key', file.keys.desk],
    ['Polymarket here', file.emulators.polymarket],
    ['Kalshi here', file.emulators.kalshi],
    ['exchange here', file.emulators.exchange],
    ['relay', file.relayUrl],
    ['everything else', `${home}/postern.json`],
  ];
  const table = rows.map(([name = '', value = '']) => `  ${name.padEnd(16)}${value}`).join('\n');
  return `\nPostern is running. Ctrl-C stops it.\n\n${table}\n\nTry it:\n  curl -s ${file.url}/v1/account/balance -H 'X-API-Key: ${file.keys.trader}'\n`;
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

await main().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
