import { resolve } from 'node:path';
import { buildIfStale } from './build/build-workers.ts';
import { workerdOn } from './launch/home-in-use.ts';
import { launch, type PosternFile } from './launch/launch.ts';
import { isFree } from './launch/port.ts';

const DEFAULT_PORT = 8787;
/** How often it is looked whether npm is still there: a caller who has stopped it waits no longer for the port. */
const PARENT_LOOK_MS = 500;
/** As it was when this process began. */
const parent = process.ppid;

/** `npm start`: builds, then runs the whole program on this machine until Ctrl-C. */
async function main(): Promise<void> {
  const port = Number(process.env['PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return fail(`PORT must be 0 to 65535, not "${process.env['PORT']}"`);
  if (!(await isFree(port)))
    return fail(`Port ${port} is taken: stop what runs there, or set PORT (0 picks a free one).`);
  const home = resolve(process.env['POSTERN_HOME'] ?? '.local');
  const other = workerdOn(home);
  if (other !== undefined)
    return fail(
      `${home} is in use by process ${other}: stop that program, or set POSTERN_HOME to another folder.`,
    );
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
  whenOrphaned(() => void stop(0));
  console.log(summary(running.file, home));
  console.error(await running.failed);
  await stop(1);
}

/**
 * npm hands a SIGTERM on to the shell between it and this process, which ends and says nothing: then the parent is
 * another one. Started without npm, a process may outlive its parent.
 */
function whenOrphaned(act: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, PARENT_LOOK_MS);
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
