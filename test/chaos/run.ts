import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '../../scripts/launch/launch.ts';
import type { OwnProgram } from '../support/program.ts';
import type { SentCommand } from './sent-command.ts';
import type { ClientContext, ReplyCounts } from './send-command.ts';
import { liveOrders, paperBooks, type VenueOrderState } from './venue-orders.ts';
import { chainStock } from './chain-stock.ts';
import { judgeFees } from './fees-verdict.ts';
import { readJournals } from './journals.ts';
import { makePlan, type PlanSize } from './plan.ts';
import { Random } from './random.ts';
import { replayAcknowledged, settle } from './settle.ts';
import { openAccounts, openMarkets } from './stage.ts';
import type { ChaosAccount } from './accounts.ts';
import { ended, Killer, storm } from './storm.ts';
import { VenueFaults } from './venue-faults.ts';
import { judge, type Verdict } from './verdict.ts';

export interface ChaosOptions extends PlanSize {
  readonly seed: number;
  /** Of workerd, by SIGKILL. */
  readonly kills: number;
  /** Accounts that talk at the same time. */
  readonly active: number;
  /** At the venues: one for so many commands, however fast the machine is. */
  readonly commandsPerFault: number;
  /** Whether some of them keep the gateway waiting for its ten seconds. */
  readonly hangs: boolean;
  /** From the start of the run: when the storm is over at the latest, and settling after it. */
  readonly stormMs: number;
  readonly settleMs: number;
  readonly tell: (line: string) => void;
}

export interface ChaosReport extends Verdict {
  readonly said: number;
  readonly tries: number;
  readonly kills: number;
  /** Faults at the venues. */
  readonly armed: number;
  /** Fees that were pulled. */
  readonly fees: number;
  /** By the gateway's word for them. */
  readonly replies: ReadonlyMap<string, ReplyCounts>;
}

/** Between two lines of progress. */
const TELL_MS = 5_000;
/** Saying some commands again takes a second or two; it must not fail because settling took all its time. */
const REPLAY_MS = 8_000;

/** A storm over the real program: commands, faults of the venues, deaths of workerd. Then what must hold is judged. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const home = mkdtempSync(join(tmpdir(), 'postern-chaos-'));
  // Paper has as much as the accounts at the venues are given.
  const vars = { PAPER_STARTING_BALANCE: '10000000.00' };
  const running = await launch({ home, port: 0, build: 'instrumented', vars });
  try {
    return await judged({ ...running, home }, options);
  } finally {
    await running.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function judged(program: OwnProgram, options: ChaosOptions): Promise<ChaosReport> {
  const begun = Date.now();
  const until = begun + options.stormMs;
  const random = new Random(options.seed);
  const plan = makePlan(random.fork(), options);
  const faults = new VenueFaults(program, random.fork(), options.hangs);
  const killer = new Killer(program, options.kills, random.fork());
  const [markets, accounts] = await Promise.all([openMarkets(program), openAccounts(program, plan.accounts)]);
  const street: ClientContext = { url: program.file.url, markets, replies: new Map() };
  const said: SentCommand[] = [];
  const progress = (): string =>
    `${said.length} commands said, ${ended(said)} certain, ${killer.kills} kills, ${faults.armed} faults`;
  options.tell(`${accounts.length} accounts are open`);

  const telling = setInterval(() => options.tell(progress()), TELL_MS);
  faults.start(() => said.length / options.commandsPerFault);
  const talk = storm(street, accounts, plan, said, { active: options.active, until });
  const share = (): number => said.length / options.commands;
  const over = talk.then(() => (killer.over = true));
  await Promise.all([over, killer.run(share)]);
  await faults.stop();
  clearInterval(telling);
  options.tell(`${progress()}: the storm is over`);

  const settled = begun + options.settleMs;
  const inStorm = said.length;
  const unsaid = plan.commands.length - inStorm;
  await settle(program, street, accounts, said, settled);
  const replayed = await replayAcknowledged(street, said, settled + REPLAY_MS);
  options.tell('settled; taking stock');
  const paper = await takeStock(program, accounts);
  const standing = [...(await liveOrders(program, markets)), ...paper.orders];
  const chain = await chainStock(program, said);
  // The journals are read when nobody writes them.
  await program.stop();
  const journals = readJournals(program);
  if (!journals) throw new Error('the journals cannot be read');
  const verdict = judge(said, standing, journals.commands);
  const fees = judgeFees(said, standing, journals.escrows, chain);
  return {
    ...verdict,
    fees: fees.pulled,
    violations: [
      ...verdict.violations,
      ...fees.violations,
      ...replayed,
      ...paper.violations,
      ...(unsaid > 0 ? [`${unsaid} commands were not said in time`] : []),
      ...(killer.kills < options.kills ? [`workerd was killed only ${killer.kills} times`] : []),
    ],
    said: inStorm,
    tries: said.reduce((sum, { tries }) => sum + tries, 0),
    kills: killer.kills,
    armed: faults.armed,
    replies: street.replies,
  };
}

/** Orders of the paper accounts, whose cash must be what their orders hold. Ids are an account's own. */
async function takeStock(
  program: OwnProgram,
  accounts: readonly ChaosAccount[],
): Promise<{ readonly orders: readonly VenueOrderState[]; readonly violations: readonly string[] }> {
  const orders: VenueOrderState[] = [];
  const violations: string[] = [];
  for (const account of accounts) {
    if (account.venue !== 'paper') continue;
    const books = await paperBooks(program, account);
    orders.push(...books.orders);
    if (books.held !== books.reserved)
      violations.push(`${account.book} reserves ${books.reserved} cents for orders of ${books.held}`);
  }
  return { orders, violations };
}
