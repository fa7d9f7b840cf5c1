export interface EmulatorProcess {
  /** As in messages on stderr: 'kalshi emulator'. */
  readonly name: string;
  readonly port: number;
  /** Starts the emulator. `ready` is what the ready line tells besides `ready: true`. */
  start(): Promise<{ readonly ready: object; close(): Promise<void> }>;
}

/**
 * Runs an emulator as a process: says on stdout, in one JSON line, where it listens; ends on SIGTERM, SIGINT or,
 * with EMULATOR_EXIT_WITH_PARENT=1, when stdin closes. Exits 1 with a sentence on stderr when it cannot start.
 */
export async function runEmulator(options: EmulatorProcess): Promise<void> {
  try {
    const emulator = await options.start();
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
    process.stdout.write(`${JSON.stringify({ ready: true, ...emulator.ready })}\n`);
  } catch (error) {
    fail(options.name, explain(error, options.port));
  }
}

export interface CommonOptions {
  readonly port: number;
  readonly seed?: number;
  readonly clock?: 'wall' | 'manual';
}

/** PORT, EMULATOR_SEED and EMULATOR_CLOCK. Exits 1 on nonsense. */
export function optionsFromEnvironment(name: string): CommonOptions {
  const { EMULATOR_CLOCK: clock } = process.env;
  const seed = integerOf(name, 'EMULATOR_SEED');
  return {
    port: integerOf(name, 'PORT') ?? 0,
    ...(seed === undefined ? {} : { seed }),
    ...(clock === 'manual' || clock === 'wall' ? { clock } : {}),
  };
}

function integerOf(name: string, variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) fail(name, `${variable} must be a non-negative integer`);
  return value;
}

function fail(name: string, message: string): never {
  process.stderr.write(`${name}: ${message}\n`);
  process.exit(1);
}

function explain(error: unknown, port: number): string {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!taken) return String(error);
  // An emulator may listen on more ports than the one of its options.
  const named = 'port' in error && typeof error.port === 'number' ? error.port : port;
  return `port ${named} is already in use`;
}
