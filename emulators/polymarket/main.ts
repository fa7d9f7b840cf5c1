import { startPolymarketEmulator, type PolymarketEmulatorOptions } from './index.ts';

/**
 * Reads PORT, EMULATOR_SEED, EMULATOR_CLOCK, EMULATOR_VERSION and EMULATOR_EXIT_WITH_PARENT; says
 * on stdout, in one JSON line, where it listens; ends on SIGTERM, SIGINT or, if asked, with its
 * parent.
 */
function optionsFromEnvironment(): PolymarketEmulatorOptions {
  const { EMULATOR_CLOCK: clock } = process.env;
  return {
    port: integerOf('PORT') ?? 0,
    ...definedSeed(integerOf('EMULATOR_SEED')),
    ...(clock === 'manual' || clock === 'wall' ? { clock } : {}),
    version: process.env['EMULATOR_VERSION'] === '1' ? 1 : 2,
  };
}

function definedSeed(seed: number | undefined): { seed?: number } {
  return seed === undefined ? {} : { seed };
}

function integerOf(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) fail(`${name} must be a non-negative integer`);
  return value;
}

function fail(message: string): never {
  process.stderr.write(`polymarket emulator: ${message}\n`);
  process.exit(1);
}

function explain(error: unknown, port: number): string {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  return taken ? `port ${port} is already in use` : String(error);
}

const options = optionsFromEnvironment();

try {
  const emulator = await startPolymarketEmulator(options);
  const stop = (): void => {
    void emulator.close().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.env['EMULATOR_EXIT_WITH_PARENT'] === '1') {
    process.stdin.resume();
    process.stdin.once('end', stop);
    process.stdin.once('close', stop);
  }
  const { url, gammaUrl, dataUrl } = emulator;
  process.stdout.write(`${JSON.stringify({ ready: true, url, gammaUrl, dataUrl })}\n`);
} catch (error) {
  fail(explain(error, options.port ?? 0));
}
