import { join } from 'node:path';
import { startChild, type Child } from '../launch/child.ts';
import type { ExchangeKeys } from './exchange-keys.ts';
import { inProject } from '../lib/paths.ts';

/** The exchange that this machine plays, and the relay in front of it. */
export interface LocalExchange {
  readonly exchange: {
    readonly child: Child;
    readonly url: string;
    readonly grpc: string;
    /** A user that every new emulator knows. */
    readonly login: ExchangeLogin;
  };
  readonly relay: SupervisedRelay;
}

export interface ExchangeLogin {
  readonly username: string;
  readonly password: string;
}

export interface SupervisedRelay {
  /** Where the gateway reaches it. */
  readonly url: string;
  /** Its `/health` and `/metrics`. */
  readonly ops: string;
  /** Settles when it ended too often to be started once more. */
  readonly gaveUp: Promise<void>;
  pid(): number;
  /** Told of each new pid. */
  onRestart(listener: (pid: number) => void): void;
  stop(): Promise<void>;
}

export interface ExchangeSpec {
  /** Folder of the logs. */
  readonly home: string;
  /** For tests: EMULATOR_CLOCK, EMULATOR_SEED. */
  readonly env: Readonly<Record<string, string>>;
  readonly keys: ExchangeKeys;
  /** That the relay speaks; the emulator speaks both. */
  readonly dialect: 'v1beta1' | 'v1';
  readonly readyTimeoutMs: number;
  readonly onEvent?: ((message: string) => void) | undefined;
}

/** Name of the exchange's environment on this machine, and so part of its desks' names. */
const LOCAL_ENVIRONMENT = 'local';

/** Starts the exchange, then the relay. When one fails, none is left running. */
export async function startExchangeAndRelay(spec: ExchangeSpec): Promise<LocalExchange> {
  const exchange = await startExchange(spec);
  try {
    return { exchange, relay: await startRelay(spec, exchange) };
  } catch (error) {
    await exchange.child.stop();
    throw error;
  }
}

/** What tells the gateway where the relay is and how to know it. */
export function exchangeVars({ relay }: LocalExchange, keys: ExchangeKeys): Readonly<Record<string, string>> {
  return {
    RELAY_URL: relay.url,
    RELAY_SIGNING_KEY: keys.relayPublic,
    RELAY_SEALING_KEY: keys.sealingPublic,
    EXCHANGE_ENVIRONMENT: LOCAL_ENVIRONMENT,
  };
}

/** What tells the vault for whom it seals and signs. */
export function exchangeVaultVars(
  { exchange }: LocalExchange,
  keys: ExchangeKeys,
): Readonly<Record<'RELAY_SEALING_KEY' | 'EXCHANGE_TOKEN_URL', string>> {
  return { RELAY_SEALING_KEY: keys.sealingPublic, EXCHANGE_TOKEN_URL: `${exchange.url}/oauth/token` };
}

async function startExchange(spec: ExchangeSpec): Promise<LocalExchange['exchange']> {
  const { child, ready } = await startChild({
    name: 'exchange emulator',
    command: process.execPath,
    args: [inProject('emulators/exchange/main.ts')],
    env: { ...process.env, PORT: '0', EMULATOR_EXIT_WITH_PARENT: '1', ...spec.env },
    logFile: join(spec.home, 'logs/exchange-emulator.log'),
    ready: { fd: 1, read: readyLine },
    readyTimeoutMs: spec.readyTimeoutMs,
  });
  // The emulator's own ready line.
  const { url, grpc, users, password } = JSON.parse(ready) as {
    readonly url: string;
    readonly grpc: string;
    readonly users: readonly { readonly name: string }[];
    readonly password: string;
  };
  return { child, url, grpc, login: { username: users[0]?.name ?? '', password } };
}

/** A relay that ends more often than this is broken, not unlucky. */
const MAX_RESTARTS = 50;

async function startRelay(spec: ExchangeSpec, exchange: LocalExchange['exchange']): Promise<SupervisedRelay> {
  let { child, url, ops } = await relayProcess(spec, exchange, { port: '0', opsPort: '0' });
  const ports = { port: new URL(url).port, opsPort: new URL(ops).port };
  let stopping = false;
  let restarted: (pid: number) => void = () => undefined;
  const watch = async (): Promise<void> => {
    for (let restarts = 0; restarts < MAX_RESTARTS; restarts += 1) {
      await child.ended;
      if (stopping) return;
      spec.onEvent?.('The relay ended unexpectedly; starting it again. See logs/relay.log.');
      ({ child } = await relayProcess(spec, exchange, ports));
      if (stopping) return child.stop();
      restarted(child.pid);
    }
  };
  const watched = watch().catch((error: unknown) => spec.onEvent?.(String(error)));
  return {
    url,
    ops,
    gaveUp: watched,
    pid: () => child.pid,
    onRestart: (listener) => (restarted = listener),
    stop: async () => {
      stopping = true;
      await child.stop();
      await watched;
    },
  };
}

async function relayProcess(
  { home, keys, dialect, readyTimeoutMs }: ExchangeSpec,
  exchange: LocalExchange['exchange'],
  { port, opsPort }: { readonly port: string; readonly opsPort: string },
): Promise<{ child: Child; url: string; ops: string }> {
  const { child, ready } = await startChild({
    name: 'relay',
    command: process.execPath,
    args: [inProject('relay/main.ts')],
    env: {
      ...process.env,
      RELAY_DIALECT: dialect,
      RELAY_REST_URL: exchange.url,
      // The emulator has TLS on both ports or on none.
      RELAY_GRPC_URL: `${new URL(exchange.url).protocol}//${exchange.grpc}`,
      RELAY_EDGE_KEYS: JSON.stringify({ keys: [{ ...JSON.parse(keys.edgePublic), kid: 'gateway' }] }),
      RELAY_SIGNING_KEY: keys.relayPrivate,
      RELAY_SEALING_KEY: keys.sealingPrivate,
      RELAY_PORT: port,
      RELAY_OPS_PORT: opsPort,
      // Whoever stops the program waits no longer than for its other processes.
      RELAY_DRAIN_S: '1',
      RELAY_EXIT_WITH_PARENT: '1',
    },
    logFile: join(home, 'logs/relay.log'),
    ready: { fd: 1, read: readyLine },
    readyTimeoutMs,
  });
  // The relay's own ready line.
  const { url, ops } = JSON.parse(ready) as { readonly url: string; readonly ops: string };
  return { child, url, ops };
}

const readyLine = (line: string): string | undefined => (line.includes('"ready":true') ? line : undefined);
