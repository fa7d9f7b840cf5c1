import type { Random } from './random.ts';

const chaosVenues = ['polymarket', 'kalshi', 'paper'] as const;
export type ChaosVenue = (typeof chaosVenues)[number];
export type ChaosMode = 'stored' | 'managed' | 'request' | 'customer';
/** How a command is named. `sdk`: only its retries say what they are; `none`: said once, whatever comes of it. */
export type ChaosIdempotency = 'key' | 'client' | 'sdk' | 'none';

/** An account to be made. */
export interface PlannedAccount {
  readonly venue: ChaosVenue;
  readonly mode: ChaosMode;
}

/** A command to be said. Its size is its own in the whole run: by it the order is found at the venue. */
export interface Planned {
  readonly n: number;
  readonly account: number;
  /** A cancel of an order that rests then; where none does, an order is placed instead. */
  readonly cancels: boolean;
  readonly commandIdentity: ChaosIdempotency;
  /** Key and client order id, where it has one. */
  readonly name: string;
  readonly price: number;
  readonly size: number;
  /** Whether its order brings a fee, where the account is one whose orders may. */
  readonly fee: boolean;
  /** Whether its first reply is thrown away, as if it had been lost on the way to the caller. */
  readonly losesReply: boolean;
}

export interface Plan {
  readonly accounts: readonly PlannedAccount[];
  readonly commands: readonly Planned[];
}

export interface PlanSize {
  readonly accounts: number;
  readonly commands: number;
  /** Whether some commands have no name that outlives them: only the account's own alarm settles those. */
  readonly unnamed: boolean;
}

/** Of five accounts two are on each live venue and one is on paper. */
const venueOf = (index: number): ChaosVenue =>
  index % 5 < 2 ? 'polymarket' : index % 5 < 4 ? 'kalshi' : 'paper';
/** Kalshi makes no wallets, and paper needs no credentials. */
const modes: Readonly<Record<ChaosVenue, readonly ChaosMode[]>> = {
  polymarket: ['stored', 'managed', 'request', 'customer'],
  kalshi: ['stored', 'request', 'customer'],
  paper: ['stored'],
};

/** The venues' smallest order is of five shares. */
const FIRST_SIZE = 5;
export const sizeOf = (n: number): number => FIRST_SIZE + n;
/** At this price the books have asks; below it nothing. */
export const ASK = 0.6;

export function makePlan(random: Random, { accounts, commands, unnamed }: PlanSize): Plan {
  const nth: Record<ChaosVenue, number> = { polymarket: 0, kalshi: 0, paper: 0 };
  const planned = Array.from({ length: accounts }, (_, index): PlannedAccount => {
    const venue = venueOf(index);
    const mode = modes[venue][nth[venue]++ % modes[venue].length] ?? 'stored';
    return { venue, mode };
  });
  return {
    accounts: planned,
    commands: Array.from({ length: commands }, (_, n): Planned => {
      const account = n % accounts;
      return {
        n,
        account,
        cancels: random.chance(0.25),
        commandIdentity: random.pick([
          ['key', 50],
          ['client', planned[account]?.venue === 'polymarket' ? 0 : 25],
          ['sdk', unnamed ? 20 : 0],
          ['none', unnamed ? 10 : 0],
        ]),
        name: random.uuid(),
        // Most rest; some take what the book offers and are filled at once.
        price: random.chance(0.15) ? ASK : random.between(10, 40) / 100,
        size: sizeOf(n),
        fee: random.chance(0.7),
        losesReply: random.chance(0.08),
      };
    }),
  };
}
