import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Wallet } from 'ethers';
import { FEE_ESCROW } from '../../emulators/chain/contracts/addresses.ts';
import type { Build } from '../build/build-workers.ts';
import { startChild, type Child } from './child.ts';
import { startEmulators, venueVars, type Emulators } from '../local-venues/emulators.ts';
import {
  exchangeVars,
  exchangeVaultVars,
  startExchangeAndRelay,
  type LocalExchange,
} from '../local-venues/exchange-and-relay.ts';
import { localJwt, localSecrets, sampleToken, type LocalSecrets } from './local-secrets.ts';
import type { PosternFile } from './launch-file.ts';
import { startOutbox } from './outbox.ts';
import { seedDesk } from '../seed/seed-desk.ts';
import { SAMPLE_OWNER, seedKeys } from '../seed/seed-tenants.ts';
import { workerdBinary } from './workerd-binary.ts';
import { SOCKET, workerdConfig } from './workerd-config.ts';

export type { PosternFile } from './launch-file.ts';

export interface LaunchOptions {
  /** Folder of state, secrets and logs. */
  readonly home: string;
  /** Port of the gateway; 0 picks a free one. */
  readonly port: number;
  /** Which bundles to serve; production's unless a test asks for the instrumented ones. */
  readonly build?: Build;
  /** Values instead of those in wrangler.toml, for tests. */
  readonly vars?: Readonly<Record<string, string>>;
  /** The same for the vault's. */
  readonly vaultVars?: Readonly<Record<string, string>>;
  /** Environment of the emulator, for tests: EMULATOR_CLOCK, EMULATOR_SEED. */
  readonly emulatorEnv?: Readonly<Record<string, string>>;
  /** Generation of the exchange's API that the relay speaks; the local desk has a login in v1beta1 alone. */
  readonly dialect?: 'v1beta1' | 'v1';
  /** Also the institutional exchange and the relay to it: two more processes, which few tests need. */
  readonly exchange?: boolean;
  /** Told when workerd died and was started again, or could not be. */
  readonly onEvent?: (message: string) => void;
}

export interface Running {
  /** As first written; `pids.workerd` changes when workerd is started again. */
  readonly file: PosternFile;
  workerdPid(): number;
  /** Settles when something that cannot be restarted has ended. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/** The bundles are small and local; a slow machine under load still starts within this. */
const READY_TIMEOUT_MS = 300_000;
/** A gateway that dies more often than this in a row is broken, not unlucky. */
const MAX_RESTARTS = 50;

/**
 * Starts the embedded default: the venues' emulators, then gateway and vault under workerd; seeds local tenants
 * and writes `postern.json`. Bundles must have been built. workerd is started again, on its port, when it dies.
 */
export async function launch(options: LaunchOptions): Promise<Running> {
  const home = resolve(options.home);
  for (const folder of ['objects', 'logs']) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
  const secrets = localSecrets(home);
  const children: Pick<Child, 'stop'>[] = [];
  const outbox = await startOutbox(join(home, 'outbox'));
  try {
    const [venues, local] = await Promise.allSettled([
      startEmulators({
        home,
        env: options.emulatorEnv ?? {},
        kalshiKey: secrets.kalshi,
        wallet: new Wallet(secrets.walletKey).address,
        relayer: new Wallet(secrets.relayerKey).address,
        readyTimeoutMs: READY_TIMEOUT_MS,
      }),
      options.exchange === true ? startExchange(home, options, secrets) : undefined,
    ]);
    // What has started is stopped, whatever else has not.
    if (venues.status === 'fulfilled') children.push(...childrenOf(venues.value));
    if (local.status === 'fulfilled' && local.value !== undefined)
      children.push(local.value.exchange.child, local.value.relay);
    const emulators = valueOf(venues);
    const exchange = valueOf(local);
    const vaultVars = {
      ESCROW_CONTRACT: FEE_ESCROW,
      ...(exchange && exchangeVaultVars(exchange, secrets.exchange)),
      ...options.vaultVars,
    };
    const gateway = await superviseGateway(home, { ...options, vaultVars }, secrets, {
      ...venueVars(emulators),
      ...(exchange && exchangeVars(exchange, secrets.exchange)),
      MAIL_URL: outbox.url,
    });
    children.push(gateway.current());
    let file = await describe(home, secrets, gateway, { ...emulators, exchange }, outbox.folder);
    if (exchange && options.dialect !== 'v1')
      await seedDesk(file.url, file.keys.desk, exchange.exchange.login);
    const note = (pids: Partial<PosternFile['pids']>): void => {
      file = { ...file, pids: { ...file.pids, ...pids } };
      writePosternFile(home, file);
    };
    gateway.onRestart((pid) => note({ workerd: pid }));
    exchange?.relay.onRestart((pid) => note({ relay: pid }));
    let stopping = false;
    const failed = Promise.race([
      emulators.polymarket.child.ended.then(() => 'The Polymarket emulator ended'),
      emulators.kalshi.child.ended.then(() => 'The Kalshi emulator ended'),
      emulators.chain.child.ended.then(() => 'The chain emulator ended'),
      emulators.dataVenues.child.ended.then(() => 'The data venues emulator ended'),
      gateway.gaveUp.then(() => 'The gateway keeps ending'),
      ...(exchange === undefined
        ? []
        : [
            exchange.exchange.child.ended.then(() => 'The exchange emulator ended'),
            exchange.relay.gaveUp.then(() => 'The relay keeps ending'),
          ]),
    ]).then((reason) => (stopping ? new Promise<string>(() => undefined) : reason));
    const stop = async (): Promise<void> => {
      stopping = true;
      await gateway.stop();
      await exchange?.relay.stop();
      await exchange?.exchange.child.stop();
      await Promise.all(childrenOf(emulators).map((child) => child.stop()));
      await outbox.close();
    };
    return { file, workerdPid: () => gateway.current().pid, failed, stop };
  } catch (error) {
    await Promise.all(children.map((child) => child.stop()));
    await outbox.close();
    throw error;
  }
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

const childrenOf = (emulators: Emulators): readonly Child[] => {
  const all: readonly { readonly child: Child }[] = Object.values(emulators);
  return all.map(({ child }) => child);
};

const startExchange = (home: string, options: LaunchOptions, secrets: LocalSecrets): Promise<LocalExchange> =>
  startExchangeAndRelay({
    home,
    env: options.emulatorEnv ?? {},
    keys: secrets.exchange,
    dialect: options.dialect ?? 'v1beta1',
    readyTimeoutMs: READY_TIMEOUT_MS,
    onEvent: options.onEvent,
  });

interface Gateway {
  readonly url: string;
  readonly gaveUp: Promise<void>;
  current(): Child;
  onRestart(listener: (pid: number) => void): void;
  stop(): Promise<void>;
}

/** Starts workerd and keeps it running on the port it got first. */
async function superviseGateway(
  home: string,
  options: LaunchOptions,
  secrets: LocalSecrets,
  venues: Readonly<Record<string, string>>,
): Promise<Gateway> {
  let { child, port } = await startWorkerd(home, options.port, options, secrets, venues);
  let stopping = false;
  let restarted: (pid: number) => void = () => undefined;
  const watch = async (): Promise<void> => {
    for (let restarts = 0; restarts < MAX_RESTARTS; restarts += 1) {
      await child.ended;
      if (stopping) return;
      options.onEvent?.('The gateway ended unexpectedly; starting it again. See logs/gateway.log.');
      ({ child } = await startWorkerd(home, port, options, secrets, venues));
      if (stopping) return child.stop();
      restarted(child.pid);
    }
  };
  const watched = watch().catch((error: unknown) => options.onEvent?.(String(error)));
  return {
    url: `http://127.0.0.1:${port}`,
    gaveUp: watched,
    current: () => child,
    onRestart: (listener) => (restarted = listener),
    stop: async () => {
      stopping = true;
      await child.stop();
      await watched;
    },
  };
}

async function startWorkerd(
  home: string,
  port: number,
  options: LaunchOptions,
  secrets: LocalSecrets,
  venues: Readonly<Record<string, string>>,
): Promise<{ child: Child; port: number }> {
  const vars = {
    ...venues,
    CLIENT_IP_HEADER: '',
    KEY_MODE: 'test',
    JWT_ISSUER: localJwt.issuer,
    JWT_AUDIENCE: localJwt.audience,
    ...options.vars,
  };
  const configFile = join(home, 'workerd.capnp');
  const { build = 'production' } = options;
  const { vaultVars = {} } = options;
  const extraSecrets = options.exchange === true ? ['RELAY_EDGE_KEY'] : [];
  const local = { folder: home, objects: join(home, 'objects'), port, build, vars, vaultVars, extraSecrets };
  writeFileSync(configFile, workerdConfig(local), { mode: 0o600 });
  const { child, ready } = await startChild({
    name: 'workerd',
    command: workerdBinary,
    args: ['serve', configFile, '--control-fd=3'],
    env: {
      ADMIN_TOKEN: secrets.adminToken,
      L2_ROOT_SECRET: secrets.l2RootSecret,
      JWT_SECRET: secrets.jwtSecret,
      MAIL_SECRET: 'unused',
      // workerd gives it to the vault alone: no binding of the gateway names it.
      VAULT_ROOT_KEYS: JSON.stringify(secrets.vaultRootKeys),
      RELAYER_KEY: secrets.relayerKey,
      RELAY_EDGE_KEY: secrets.exchange.edgePrivate,
    },
    logFile: join(home, 'logs/gateway.log'),
    ready: {
      fd: 3,
      read: (line) => (line.includes('"listen"') && line.includes(`"${SOCKET}"`) ? line : undefined),
    },
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  // workerd's own control message: {"event":"listen","socket":"http","port":8787}.
  return { child, port: (JSON.parse(ready) as { readonly port: number }).port };
}

async function describe(
  home: string,
  secrets: LocalSecrets,
  gateway: Gateway,
  { exchange, ...emulators }: Emulators & { readonly exchange: LocalExchange | undefined },
  outbox: string,
): Promise<PosternFile> {
  const stateFile = posternFile(home);
  const { address } = new Wallet(secrets.walletKey);
  const keys = await seedKeys(gateway.url, secrets.adminToken, address, stateFile);
  const file: PosternFile = {
    url: gateway.url,
    adminToken: secrets.adminToken,
    keys,
    polymarket: { privateKey: secrets.walletKey, address },
    kalshi: secrets.kalshi,
    relayer: new Wallet(secrets.relayerKey).address,
    outbox,
    jwt: { ...localJwt, sample: sampleToken(secrets.jwtSecret, SAMPLE_OWNER) },
    emulators: {
      polymarket: emulators.polymarket.url,
      kalshi: emulators.kalshi.url,
      chain: emulators.chain.url,
      ...emulators.dataVenues.urls,
      ...(exchange && { exchange: exchange.exchange.url, exchangeGrpc: exchange.exchange.grpc }),
    },
    ...(exchange && { relayUrl: exchange.relay.url, relayOps: exchange.relay.ops }),
    pids: {
      workerd: gateway.current().pid,
      polymarket: emulators.polymarket.child.pid,
      kalshi: emulators.kalshi.child.pid,
      chain: emulators.chain.child.pid,
      dataVenues: emulators.dataVenues.child.pid,
      ...(exchange && { exchange: exchange.exchange.child.pid, relay: exchange.relay.pid() }),
    },
  };
  writePosternFile(home, file);
  return file;
}

const posternFile = (home: string): string => join(home, 'postern.json');

/** Written beside and renamed, so that nobody ever reads half a file. */
function writePosternFile(home: string, file: PosternFile): void {
  const draft = `${posternFile(home)}.new`;
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, posternFile(home));
}
