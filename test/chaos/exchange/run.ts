import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnProgram } from '../../support/program.ts';
import { Random } from '../random.ts';
import { allUp, calm, workDone } from './calm.ts';
import { Client, type Listens } from './client.ts';
import { Lane, type Said } from './commands.ts';
import { compareCopies } from './copies.ts';
import { killPlan, Killer, victims, type Victim } from './killer.ts';
import { findLeaks } from './leaks.ts';
import { Ledger } from './ledger.ts';
import {
  controlExchange,
  controlGateway,
  exchangeStats,
  issuedTokens,
  openDesk,
  type Desk,
} from './stage.ts';
import { judgeCommands, judgeOrders } from './verdict.ts';

export interface StormOptions {
  readonly seed: number;
  /** How each client listens. */
  readonly clients: readonly Listens[];
  /** Those whose books move; each client follows two of them. */
  readonly symbols: readonly string[];
  readonly books: number;
  readonly executions: number;
  /** Of both together, while nothing holds the exchange up. */
  readonly perSecond: number;
  /** Of each victim. */
  readonly kills: number;
  /** Orders and cancels go on in so many lanes. */
  readonly lanes: number;
  /** Life of an access token. */
  readonly tokenMs: number;
  /** Without any death, at the end: longer than a token lives. */
  readonly calmMs: number;
  /** When the storm must be over, and when everything must, from the start. */
  readonly stormMs: number;
  readonly wholeMs: number;
  readonly tell: (line: string) => void;
}

export interface StormReport {
  readonly kills: Readonly<Record<Victim, number>>;
  /** That the exchange made for the desk. */
  readonly executions: number;
  readonly books: number;
  readonly said: number;
  readonly tries: number;
  readonly replies: ReadonlyMap<string, number>;
  readonly connections: number;
  /** Events that clients were told, books among them, and gaps. */
  readonly events: number;
  readonly bookEvents: number;
  readonly gaps: number;
  readonly tokens: number;
  readonly violations: readonly string[];
}

const TELL_MS = 5_000;
/** Absence at the exchange is believed after half a minute (docs/consistency.md). */
const ABSENCE_HOLDS_MS = 31_000;
/** What commands have to become certain by themselves before that. */
const SETTLE_MS = 1_500;
/** Longest wait for all to be well again: some deaths are to strike what has not recovered. */
const RECOVERY_MS = 5_000;
/** Of its last phase: comparing the copies. */
const COMPARE_MS = 20_000;

/**
 * A storm over the way to the institutional exchange: executions, books and commands, while relay, exchange connections,
 * connector and gateway die. Then what every client was told, the copies, the commands and the logs are judged.
 */
export async function runExchangeStorm(program: OwnProgram, options: StormOptions): Promise<StormReport> {
  const { tell, symbols, tokenMs } = options;
  const until = Date.now() + options.wholeMs;
  const random = new Random(options.seed);
  await controlExchange(program, 'tokens', { access_ttl_ms: tokenMs });
  const desk = await openDesk(program);
  const killer = new Killer(program, desk);
  const { url } = program.file;
  const clients = options.clients.map((listens, nth) => {
    const follows = [symbols[nth % symbols.length], symbols[(nth + 3) % symbols.length]];
    return new Client({
      name: `client ${nth} (${listens})`,
      listens,
      url,
      // The last is the commands' own.
      key: desk.keys[nth % (desk.keys.length - 1)] ?? '',
      symbols: follows.filter((symbol) => symbol !== undefined),
      random: random.fork(),
    });
  });
  const replies = new Map<string, number>();
  const counter = { url, key: desk.keys.at(-1) ?? '', symbols, replies };
  const lanes = Array.from({ length: options.lanes }, () => new Lane(counter, random.fork()));
  const begun = await exchangeStats(program);
  const progress = (): string =>
    `${killer.count} kills, ${saidBy(lanes).length} commands, ${sum(clients, ({ memory }) => memory.events)} events, ${sum(clients, ({ memory }) => memory.gaps)} gaps`;
  const telling = setInterval(() => tell(progress()), TELL_MS);
  const violations: string[] = [];
  try {
    for (const client of clients) client.start();
    if (!(await allUp(program, desk, clients, until))) throw new Error('the clients never came up');
    for (const lane of lanes) lane.start();
    tell(`${clients.length} clients listen`);
    const recovered = () => allUp(program, desk, clients, Math.min(until, Date.now() + RECOVERY_MS));
    await storm(program, options, killer, { desk, random: random.fork(), recovered });
    tell(`${progress()}: the storm is over`);
    const isUp = (await workDone(program, until)) && (await allUp(program, desk, clients, until));
    if (!isUp) violations.push('streams and clients did not come back');
    violations.push(...(await calm(program, desk, clients, { ms: options.calmMs, symbols })));
    tell('calm');
    await settle(program, lanes, until - COMPARE_MS);
    tell('settled; comparing');
    await workDone(program, until);
    const compared = await compareCopies(
      program,
      desk,
      clients,
      symbols,
      Math.min(until, Date.now() + COMPARE_MS),
    );
    violations.push(...compared.violations);
    const ledger = new Ledger(compared.state);
    for (const { spec, memory } of clients) {
      violations.push(...memory.violations.slice(0, 5).map((what) => `${spec.name}: ${what}`));
      if (spec.listens === 'socket' || spec.listens === 'orders')
        violations.push(...judgeOrders(spec.name, memory.orders, ledger));
    }
    const said = saidBy(lanes);
    violations.push(...judgeCommands(said, compared.state));
    for (const victim of victims)
      if (killer.kills[victim] < options.kills)
        violations.push(`${victim} was killed only ${killer.kills[victim]} times`);
    const tokens = await issuedTokens(program);
    violations.push(...findLeaks(program.home, desk, tokens));
    const ended = await exchangeStats(program);
    return {
      kills: killer.kills,
      executions: ledger.length,
      books: ended.counts.ticks - begun.counts.ticks,
      said: said.length,
      tries: sum(said, ({ tries }) => tries),
      replies,
      connections: sum(clients, ({ connections }) => connections),
      events: sum(clients, ({ memory }) => memory.events),
      bookEvents: sum(clients, ({ memory }) => memory.bookEvents),
      gaps: sum(clients, ({ memory }) => memory.gaps),
      tokens: tokens.length,
      violations,
    };
  } finally {
    clearInterval(telling);
    await Promise.all([...clients.map((client) => client.stop()), ...lanes.map((lane) => lane.stop(0))]);
  }
}

interface StormHost {
  readonly desk: Desk;
  readonly random: Random;
  /** Settles when everything is up, or has not been for long. */
  readonly recovered: () => Promise<unknown>;
}

/** For each death its share of the work, and the death somewhere within it: every other time after all has recovered. */
async function storm(
  program: OwnProgram,
  options: StormOptions,
  killer: Killer,
  { desk, random, recovered }: StormHost,
): Promise<void> {
  const { books, executions, perSecond, symbols, stormMs } = options;
  const until = Date.now() + stormMs;
  const plan = killPlan(options.kills, random);
  const share = (whole: number): number => Math.ceil(whole / plan.length);
  const turnMs = ((share(books) + share(executions)) / perSecond) * 1000;
  for (const victim of plan) {
    if (random.chance(0.5)) await recovered();
    if (Date.now() >= until) return;
    const work = { username: desk.username, account: desk.account, symbols };
    await controlExchange(program, 'generate', {
      ...work,
      books: share(books),
      executions: share(executions),
      per_second: perSecond,
    });
    const turn = Date.now();
    await sleep(random.unit() * turnMs);
    await killer.kill(victim, until);
    await sleep(Math.max(0, turn + turnMs - Date.now()));
  }
}

/** Lets what was left open become certain; where nothing but time can tell, half a minute passes by the gateway's clock. */
async function settle(program: OwnProgram, lanes: readonly Lane[], until: number): Promise<void> {
  const stopped = Promise.all(lanes.map((lane) => lane.stop(until)));
  const isDone = await Promise.race([stopped.then(() => true), sleep(SETTLE_MS, false)]);
  if (isDone) return;
  await controlGateway(program, 'POST', 'clock', { kind: 'advance', ms: ABSENCE_HOLDS_MS });
  await stopped;
}

const saidBy = (lanes: readonly Lane[]): readonly Said[] => lanes.flatMap(({ said }) => said);
const sum = <T>(list: readonly T[], of: (one: T) => number): number =>
  list.reduce((total, one) => total + of(one), 0);
