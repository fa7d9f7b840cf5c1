/**
 * The relay as a process: `relay/README.md` has its environment. Says on stdout, in one JSON line, where it listens;
 * drains on SIGTERM or SIGINT; with RELAY_EXIT_WITH_PARENT=1 it ends when stdin closes. Logs go to stderr.
 */
import { readConfig } from './config/environment.ts';
import { startRelay } from './index.ts';

const HELP = 'relay/README.md says what each variable is, and how the keys are made.';

try {
  const relay = await startRelay(readConfig(process.env));
  let isEnding = false;
  const end = (stop: () => Promise<void>): void => {
    if (isEnding) return;
    isEnding = true;
    void stop().finally(() => process.exit(0));
  };
  process.on('SIGTERM', () => end(() => relay.drain()));
  process.on('SIGINT', () => end(() => relay.drain()));
  if (process.env['RELAY_EXIT_WITH_PARENT'] === '1') {
    process.stdin.resume();
    process.stdin.once('close', () => end(() => relay.close()));
  }
  process.stdout.write(`${JSON.stringify({ ready: true, url: relay.url, ops: relay.opsUrl })}\n`);
} catch (error) {
  process.stderr.write(`relay: ${error instanceof Error ? error.message : String(error)}\n${HELP}\n`);
  process.exitCode = 1;
  // A channel may have been opened by then.
  process.exit();
}
