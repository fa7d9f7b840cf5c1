import type { User } from '../auth/users.ts';
import { ownerOf } from '../commands/caller.ts';
import { opposite, priceOf, restingOf } from '../engine/book.ts';
import { insertOrder } from '../engine/insert-order.ts';
import type { InstrumentBook, OrderTerms, Side } from '../engine/types.ts';
import { carryOut, type Venue } from '../state.ts';
import { requote } from './maker.ts';

/** Work for load and kill tests: so many book updates and executions, at once or at a rate. */
export interface Job {
  /** Left to do. */
  books: number;
  executions: number;
  /** Of both together; 0 means at once. */
  readonly perSecond: number;
  /** Who trades, where executions are wanted. */
  readonly user: User;
  readonly account: string;
  readonly instruments: readonly { readonly index: number; readonly book: InstrumentBook }[];
  round: number;
  /** Part of one that the rate has come to. */
  owed: number;
}

export interface Generator {
  readonly jobs: Set<Job>;
  stop(): void;
}

/** How often jobs with a rate get on: in small steps, because a busy exchange does not speak in bursts. */
const STEP_MS = 2;

export function createGenerator(venue: Venue): Generator {
  const jobs = new Set<Job>();
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    for (const job of jobs) {
      // By the time that has passed: the timer is late on a busy machine. What is less than one is owed.
      job.owed += (job.perSecond * (now - last)) / 1000;
      const share = Math.floor(job.owed);
      job.owed -= share;
      if (!work(venue, job, share)) jobs.delete(job);
    }
    last = now;
  }, STEP_MS);
  return { jobs, stop: () => clearInterval(timer) };
}

/** Does at most `budget` of a job. @returns whether anything is left. */
export function work(venue: Venue, job: Job, budget: number): boolean {
  for (let done = 0; done < budget && job.books + job.executions > 0;) {
    const chosen = job.instruments[job.round % job.instruments.length];
    if (chosen === undefined) return false;
    job.round += 1;
    if (job.books > 0) {
      // Sizes depend on it, so that each update differs from the one before.
      venue.ticks += 1;
      requote(venue, chosen.index, chosen.book);
      job.books -= 1;
      done += 1;
    }
    if (job.executions > 0) {
      const made = tradeOnce(venue, job, chosen.book);
      if (made === 0) requote(venue, chosen.index, chosen.book);
      job.executions = Math.max(0, job.executions - made);
      done += Math.max(1, made);
    }
  }
  return job.books + job.executions > 0;
}

/** One lot, bought and sold in turns. @returns how many executions the trader was told of. */
function tradeOnce(venue: Venue, job: Job, book: InstrumentBook): number {
  const side: Side = Math.floor(job.round / job.instruments.length) % 2 === 0 ? 'SIDE_BUY' : 'SIDE_SELL';
  const best = restingOf(book, opposite(side))[0];
  if (best === undefined) return 0;
  return carryOut(venue, (effects) => {
    const owner = ownerOf(job.user, job.account);
    insertOrder(venue.engine, owner, lot(venue, book, side, priceOf(best)), effects);
    return effects.executions.filter(({ owner: { account } }) => account === job.account).length;
  });
}

function lot(venue: Venue, { instrument }: InstrumentBook, side: Side, price: bigint): OrderTerms {
  return {
    symbol: instrument.symbol,
    side,
    type: 'ORDER_TYPE_LIMIT',
    orderQty: instrument.minimumQuantity,
    cashOrderQty: undefined,
    price,
    stopPrice: undefined,
    minQty: 0n,
    timeInForce: 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL',
    goodTillMs: undefined,
    postOnly: false,
    clordId: `generated-${venue.engine.orderCount}`,
    allOrNone: false,
    selfMatchId: '',
    selfMatchInstruction: 'SELF_MATCH_PREVENTION_INSTRUCTION_REJECT_AGGRESSOR',
    labels: {},
  };
}
