import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import type { DataVenueName } from '../../emulators/data-venues/index.ts';
import { FEE_ESCROW } from '../../emulators/chain/contracts/addresses.ts';
import { startChild, type Child } from '../launch/child.ts';
import type { KalshiKey } from '../launch/launch-file.ts';
import { inProject } from '../lib/paths.ts';

/** A venue that this machine plays, as a process of its own. */
export interface Emulator {
  readonly child: Child;
  readonly url: string;
}

export interface Emulators {
  readonly polymarket: Emulator;
  /** Its url is the API's base, `…/trade-api/v2`. */
  readonly kalshi: Emulator;
  /** Its url is the JSON-RPC URL of the chain that Polymarket settles on. */
  readonly chain: Emulator;
  readonly dataVenues: DataVenuesEmulator;
}

/** The data-only venues share a process: each process more costs every start of the program. */
export interface DataVenuesEmulator {
  readonly child: Child;
  readonly urls: Readonly<Record<DataVenueName, string>>;
}

export interface EmulatorsSpec {
  /** Folder of the logs. */
  readonly home: string;
  /** For tests: EMULATOR_CLOCK, EMULATOR_SEED. */
  readonly env: Readonly<Record<string, string>>;
  /** Known to the Kalshi emulator from its start. */
  readonly kalshiKey: KalshiKey;
  /** Has test money on the chain from its start. */
  readonly wallet: string;
  /** May move escrowed fees on it. */
  readonly relayer: string;
  readonly readyTimeoutMs: number;
}

/** The account of the local key on the Kalshi emulator. */
const KALSHI_ACCOUNT = 'local';

/** Starts all side by side. When one of them fails, none is left running. */
export async function startEmulators(spec: EmulatorsSpec): Promise<Emulators> {
  const [polymarket, kalshi, chain, dataVenues] = await Promise.allSettled([
    startEmulator('polymarket', spec),
    startKalshi(spec),
    startChain(spec),
    startDataVenues(spec),
  ]);
  const settled = [polymarket, kalshi, chain, dataVenues];
  if (
    polymarket.status === 'fulfilled' &&
    kalshi.status === 'fulfilled' &&
    chain.status === 'fulfilled' &&
    dataVenues.status === 'fulfilled'
  ) {
    const [poly, kal, evm] = [polymarket.value, kalshi.value, chain.value];
    return { polymarket: poly, kalshi: kal, chain: evm, dataVenues: dataVenues.value };
  }
  const started = settled.filter((one) => one.status === 'fulfilled');
  await Promise.all(started.map((one) => one.value.child.stop()));
  throw settled.find((one) => one.status === 'rejected')?.reason;
}

/** What tells the gateway where its venues are. */
export function venueVars({
  polymarket,
  kalshi,
  chain,
  dataVenues,
}: Emulators): Readonly<Record<string, string>> {
  return {
    POLYMARKET_CLOB_URL: polymarket.url,
    POLYMARKET_GAMMA_URL: `${polymarket.url}/gamma`,
    POLYMARKET_DATA_URL: `${polymarket.url}/data-api`,
    POLYMARKET_WS_URL: `${polymarket.url.replace(/^http/, 'ws')}/ws`,
    KALSHI_URL: kalshi.url,
    LIMITLESS_URL: dataVenues.urls.limitless,
    OPINION_URL: dataVenues.urls.opinion,
    PREDICTFUN_URL: dataVenues.urls.predictfun,
    // Its emulator takes any.
    PREDICTFUN_API_KEY: 'local',
    CHAIN_RPC_URL: chain.url,
    // Its blocks are never taken back.
    CHAIN_CONFIRMATIONS: '1',
    ESCROW_CONTRACT: FEE_ESCROW,
  };
}

async function startEmulator(
  name: 'polymarket' | 'kalshi' | 'chain',
  spec: EmulatorsSpec,
): Promise<Emulator> {
  const { child, ready } = await startProcess(name, spec);
  // The emulator's own ready line.
  return { child, url: (JSON.parse(ready) as { readonly url: string }).url };
}

async function startDataVenues(spec: EmulatorsSpec): Promise<DataVenuesEmulator> {
  const { child, ready } = await startProcess('data-venues', spec);
  // The emulator's own ready line.
  return { child, urls: (JSON.parse(ready) as Pick<DataVenuesEmulator, 'urls'>).urls };
}

/** The process of `emulators/<name>`, and its ready line. */
function startProcess(name: string, spec: EmulatorsSpec): ReturnType<typeof startChild> {
  return startChild({
    name: `${name} emulator`,
    command: process.execPath,
    args: [inProject(`emulators/${name}/main.ts`)],
    env: { ...process.env, PORT: '0', EMULATOR_EXIT_WITH_PARENT: '1', ...spec.env },
    logFile: join(spec.home, `logs/${name}-emulator.log`),
    ready: { fd: 1, read: (line) => (line.includes('"ready":true') ? line : undefined) },
    readyTimeoutMs: spec.readyTimeoutMs,
  });
}

/** An emulator forgets its accounts when it ends, so the local key is told to each one. */
async function startKalshi(spec: EmulatorsSpec): Promise<Emulator> {
  const emulator = await startEmulator('kalshi', spec);
  const { apiKeyId, privateKeyPem } = spec.kalshiKey;
  const public_key = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' });
  const body = { account: KALSHI_ACCOUNT, name: 'local', api_key_id: apiKeyId, public_key };
  return prepared(emulator, 'api-key', body);
}

/** What the local wallet has on the chain, micro-USD: 10,000 USDC, all of it allowed to every contract. */
const WALLET_USDC = '10000000000';

/** A new chain knows nobody, so the local wallet is given its test money each time. */
async function startChain(spec: EmulatorsSpec): Promise<Emulator> {
  const emulator = await startEmulator('chain', spec);
  const allowances = { escrow: WALLET_USDC, ctf: WALLET_USDC, neg_risk_adapter: WALLET_USDC };
  await prepared(emulator, 'operator', { address: spec.relayer });
  return prepared(emulator, 'fund', { address: spec.wallet, usdc: WALLET_USDC, allowances });
}

/** Tells an emulator something before anyone uses it; stops it when it refuses. */
async function prepared(emulator: Emulator, control: string, body: object): Promise<Emulator> {
  try {
    const request = { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${emulator.url}/__control/${control}`, request);
    if (!response.ok) throw new Error(`an emulator refused its ${control}: ${await response.text()}`);
  } catch (error) {
    await emulator.child.stop();
    throw error;
  }
  return emulator;
}
