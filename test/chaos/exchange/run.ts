import type { OwnProgram } from '../../support/program.ts';
import { Random } from '../random.ts';
import { allUp, quietPhase, workDone } from './quiet-phase.ts';
import { Client } from './client.ts';
import { Lane, type SentCommand } from './commands.ts';
import { compareCopies } from './copies.ts';
import { Killer, victims } from './killer.ts';
import { findLeaks } from './leaks.ts';
import { Ledger } from './ledger.ts';
import type { StormOptions, StormReport } from './options.ts';
import {
  controlExchange,
  exchangeStats,
  issuedTokens,
  openDesk,
  type Desk,
  type ExchangeState,
} from './stage.ts';
import { settle, storm } from './storm.ts';
import { judgeCommands, judgeOrders, MOST_TOLD } from './verdict.ts';

const TELL_MS = 5_000;
/** Longest wait for all to be well again: some deaths are to strike what has not recovered. */
const RECOVERY_MS = 5_000;
/** Of its last phase: comparing the copies. */
const COMPARE_MS = 20_000;

/** Everything that takes part. */
interface Cast {
  readonly desk: Desk;
  readonly clients: readonly Client[];
  readonly lanes: readonly Lane[];
  readonly killer: Killer;
  /** Of commands, by the gateway's word for them. */
  readonly replies: Map<string, number>;
  readonly random: Random;
}

/**
 * A storm over the way to the institutional exchange: executions, books and commands, while relay, exchange connections,
 * connector and gateway die. Then what every client was told, the copies, the commands and the logs are judged.
 */
export async function runExchangeStorm(program: OwnProgram, options: StormOptions): Promise<StormReport> {
  const { tell, tokenMs } = options;
  const until = Date.now() + options.wholeMs;
  await controlExchange(program, 'tokens', { access_ttl_ms: tokenMs, v1_ttl_ms: tokenMs });
  const cast = gather(program, await openDesk(program, options.dialect), options);
  const { clients, lanes } = cast;
  const ticks = async (): Promise<number> => (await exchangeStats(program)).counts.ticks;
  const before = await ticks();
  const telling = setInterval(() => tell(progress(cast)), TELL_MS);
  try {
    const weather = await phases(program, options, cast, until);
    const compared = await compareCopies(program, cast.desk, clients, options.symbols, until);
    const tokens = await issuedTokens(program);
    const said = saidBy(lanes);
    return {
      kills: cast.killer.kills,
      executions: compared.state.executions.length,
      books: (await ticks()) - before,
      said: said.length,
      tries: sum(said, ({ tries }) => tries),
      replies: cast.replies,
      connections: sum(clients, ({ connections }) => connections),
      events: sum(clients, ({ memory }) => memory.events),
      bookEvents: sum(clients, ({ memory }) => memory.bookEvents),
      gaps: sum(clients, ({ memory }) => memory.gaps),
      tokens: tokens.length,
      violations: [
        ...weather,
        ...compared.violations,
        ...judgeStreams(clients, compared.state),
        ...judgeCommands(said, compared.state),
        ...victims
          .filter((victim) => cast.killer.kills[victim] < options.kills)
          .map((victim) => `${victim} was killed only ${cast.killer.kills[victim]} times`),
        ...findLeaks(program.home, cast.desk, tokens),
      ],
    };
  } finally {
    clearInterval(telling);
    await Promise.all([...clients.map((client) => client.stop()), ...lanes.map((lane) => lane.stop(0))]);
  }
}

/** Storm, calm and settling. Returns what broke meanwhile. */
async function phases(
  program: OwnProgram,
  options: StormOptions,
  cast: Cast,
  until: number,
): Promise<readonly string[]> {
  const { tell, symbols } = options;
  const { desk, clients, lanes, killer, random } = cast;
  const allBy = (moment: number) => allUp(program, desk, clients, Math.min(until, moment));
  for (const client of clients) client.start();
  if (!(await allBy(until))) throw new Error('the clients never came up');
  for (const lane of lanes) lane.start();
  tell(`${clients.length} clients listen`);
  const recovered = () => allBy(Date.now() + RECOVERY_MS);
  await storm(program, options, killer, { desk, random: random.fork(), recovered });
  tell(`${progress(cast)}: the storm is over`);
  const isBack = (await workDone(program, until)) && (await allBy(until));
  const found = isBack
    ? await quietPhase(program, desk, clients, { ms: options.calmMs, until, symbols })
    : ['streams and clients did not come back'];
  tell('calm');
  await settle(program, lanes, until - COMPARE_MS);
  await workDone(program, until);
  tell('settled; comparing');
  return found;
}

function gather(program: OwnProgram, desk: Desk, options: StormOptions): Cast {
  const { seed, symbols } = options;
  const { url } = program.file;
  const random = new Random(seed);
  const [own = '', ...shared] = desk.keys;
  const clients = options.clients.map((listens, nth) => {
    const follows = [symbols[nth % symbols.length], symbols[(nth + 3) % symbols.length]];
    return new Client({
      name: `client ${nth} (${listens})`,
      listens,
      url,
      key: shared[nth % shared.length] ?? '',
      symbols: follows.filter((symbol) => symbol !== undefined),
      random: random.fork(),
    });
  });
  const replies = new Map<string, number>();
  const counter = { url, key: own, symbols, replies };
  const lanes = Array.from({ length: options.lanes }, () => new Lane(counter, random.fork()));
  return { desk, clients, lanes, killer: new Killer(program, desk), replies, random };
}

function judgeStreams(clients: readonly Client[], state: ExchangeState): readonly string[] {
  const ledger = new Ledger(state);
  return clients.flatMap(({ spec: { name, listens }, memory }) => [
    ...memory.violations.slice(0, MOST_TOLD).map((what) => `${name}: ${what}`),
    ...(listens === 'socket' || listens === 'orders' ? judgeOrders(name, memory.orders, ledger) : []),
  ]);
}

const progress = ({ killer, lanes, clients }: Cast): string =>
  `${killer.count} kills, ${saidBy(lanes).length} commands, ${sum(clients, ({ memory }) => memory.events)} events, ${sum(clients, ({ memory }) => memory.gaps)} gaps`;
const saidBy = (lanes: readonly Lane[]): readonly SentCommand[] => lanes.flatMap(({ said }) => said);
const sum = <T>(list: readonly T[], of: (one: T) => number): number =>
  list.reduce((total, one) => total + of(one), 0);
