import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnProgram } from '../../support/program.ts';
import type { Client } from './client.ts';
import { controlExchange, exchangeStats, lookUp, type Desk, type ExchangeStats } from './stage.ts';

const LOOK_MS = 50;
const RENEWALS = ['POST /auth/v1beta1/refresh', 'POST /oauth/token'] as const;

/** Waits until the exchange has nothing more to make. */
export async function workDone(program: OwnProgram, until: number): Promise<boolean> {
  while (Date.now() < until) {
    if ((await exchangeStats(program)).counts.jobs === 0) return true;
    await sleep(LOOK_MS);
  }
  return false;
}

/**
 * Waits until every client is connected, the desk's streams are open at the exchange, its copy is live, and whoever
 * resumed has been told all that the copy holds.
 */
export async function allUp(
  program: OwnProgram,
  desk: Desk,
  clients: readonly Client[],
  until: number,
): Promise<boolean> {
  const kinds = ['orders', 'positions', 'market_data'];
  while (Date.now() < until) {
    const open = new Set(streamsOf(await exchangeStats(program), desk).map(({ kind }) => kind));
    const isUp = clients.every(({ isConnected }) => isConnected) && kinds.every((kind) => open.has(kind));
    if (isUp && (await isCaughtUp(program, desk, clients))) return true;
    await sleep(LOOK_MS);
  }
  return false;
}

async function isCaughtUp(program: OwnProgram, desk: Desk, clients: readonly Client[]): Promise<boolean> {
  const [orders, positions] = await Promise.all([
    lookUp(program, desk, 'get_open_orders', {}),
    lookUp(program, desk, 'list_account_positions', { name: desk.account }),
  ]);
  if (orders.source !== 'stream' || positions.source !== 'stream') return false;
  return clients
    .filter(numbers)
    .every(
      ({ memory: { last } }) =>
        (last.get('orders') ?? 0) >= orders.seq && (last.get('positions') ?? 0) >= positions.seq,
    );
}

/** Whoever is told numbers, and so can be asked what it has heard. */
const numbers = ({ spec }: Client): boolean => spec.listens === 'socket';

/** While nothing dies, tokens end and are renewed: streams stay as they are, and nobody hears of it. */
export async function quietPhase(
  program: OwnProgram,
  desk: Desk,
  clients: readonly Client[],
  {
    ms,
    until,
    symbols,
  }: { readonly ms: number; readonly until: number; readonly symbols: readonly string[] },
): Promise<readonly string[]> {
  const gaps = (): number => clients.filter(numbers).reduce((sum, { memory }) => sum + memory.gaps, 0);
  const connections = (): number => clients.reduce((sum, one) => sum + one.connections, 0);
  const before = { stats: await exchangeStats(program), gaps: gaps(), connections: connections() };
  const work = { username: desk.username, account: desk.account, books: 200, executions: 20, symbols };
  await controlExchange(program, 'generate', { ...work, per_second: 100 });
  await sleep(ms);
  // A slow machine takes longer to renew a token than the token lives.
  while (renewalsIn(await exchangeStats(program)) === renewalsIn(before.stats) && Date.now() < until)
    await sleep(LOOK_MS);
  const after = await exchangeStats(program);
  const found: string[] = [];
  const [first, last] = [before.stats, after].map((one) => JSON.stringify(streamsOf(one, desk)));
  if (first !== last) found.push(`streams were opened anew while nothing died: ${first}, then ${last}`);
  if (gaps() !== before.gaps) found.push(`${gaps() - before.gaps} gaps were told while nothing died`);
  if (connections() !== before.connections) found.push('clients were cut off while nothing died');
  if (renewalsIn(after) === renewalsIn(before.stats)) found.push('no token was renewed in all that time');
  return found;
}

const streamsOf = ({ streams }: ExchangeStats, { account }: Desk): ExchangeStats['streams'] =>
  streams
    .filter(({ firm }) => account.startsWith(`firms/${firm}/`))
    .toSorted((a, b) => a.kind.localeCompare(b.kind));

const renewalsIn = ({ requests }: ExchangeStats): number =>
  RENEWALS.reduce((sum, path) => sum + (requests[path] ?? 0), 0);
