import { randomBytes } from 'node:crypto';
import { boundedPush } from '../lib/bounded-collections.ts';
import type { ApiClient, User } from './auth/users.ts';
import type { Effects, ExecutionRecord } from './engine/effects.ts';
import { createEffects } from './engine/effects.ts';
import { accountOf, createEngine, type Engine } from './engine/engine.ts';
import type { Instrument } from './engine/instrument.ts';
import { createHub, publish, type Hub } from './grpc/hub.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';

/** The whole exchange: the engine, who may use it, and who is told. */
export interface Venue {
  readonly seed: number;
  readonly engine: Engine;
  readonly users: Map<string, User>;
  /** By client id. */
  readonly clients: Map<string, ApiClient>;
  /** Ids of registration tokens and client assertions that were used. */
  readonly usedTokenIds: Map<string, true>;
  readonly tokenSecret: Buffer;
  /** Every token that was given out, oldest first: tests look for them where none may be. */
  readonly issued: string[];
  /** Executions of everybody, oldest first: what drop copies replay. */
  readonly log: ExecutionRecord[];
  readonly hub: Hub;
  readonly rateLimits: RateLimits;
  /** Symbols whose quotes the market maker leaves alone. */
  readonly frozen: Set<string>;
  /** Best synthetic bid by symbol, in ticks. */
  readonly mids: Map<string, number>;
  /** Host names and URLs that assertions and tokens of the v1 dialect may be meant for. */
  readonly audiences: Set<string>;
  ticks: number;
  clockOffsetMs: number;
  /** Tokens of v1beta1 and v1 that are issued from now on live so long. */
  accessTtlMs: number;
  refreshTtlMs: number;
  v1TtlMs: number;
}

/** Documented: an hour and a week in v1beta1, three minutes in v1. */
const ACCESS_TTL_MS = 3_600_000;
const REFRESH_TTL_MS = 7 * 24 * 3_600_000;
const V1_TTL_MS = 180_000;

/** About a gigabyte of a long load test; a drop copy that resumes from before is refused. */
const MAX_LOG = 200_000;

/**
 * An exchange never gives an id twice, and clients tell executions apart by them. So a run's ids begin beyond those of
 * the run before, which cannot have given so many in each of its milliseconds.
 */
const IDS_PER_MS = 1000;

/** The real auth domains, so that a client needs no other settings here. */
const AUDIENCES = [
  'https://pmx-preprod.us.auth0.com/oauth/token',
  'https://pmx-prod.us.auth0.com/oauth/token',
  'https://api.preprod.polymarketexchange.com',
  'https://api.prod.polymarketexchange.com',
];

/** Whom the market maker trades as. Endless cash, so that only users can run out. */
export const MAKER = {
  firm: 'Synthetic',
  participant: 'firms/Synthetic/users/maker',
  account: 'firms/Synthetic/accounts/maker',
  synthetic: true,
} as const;

export function createVenue(seed: number, catalogue: readonly Instrument[]): Venue {
  return {
    seed,
    engine: createEngine(catalogue, Date.now() * IDS_PER_MS),
    users: new Map(),
    clients: new Map(),
    usedTokenIds: new Map(),
    tokenSecret: randomBytes(32),
    issued: [],
    log: [],
    hub: createHub(),
    rateLimits: createRateLimits(),
    frozen: new Set(),
    mids: new Map(),
    audiences: new Set(AUDIENCES),
    ticks: 0,
    clockOffsetMs: 0,
    accessTtlMs: ACCESS_TTL_MS,
    refreshTtlMs: REFRESH_TTL_MS,
    v1TtlMs: V1_TTL_MS,
  };
}

/** The exchange's own clock; tests shift it. */
export function nowMs(venue: Venue): number {
  return Date.now() + venue.clockOffsetMs;
}

/** Runs one command of the engine, records what it did and tells the streams. */
export function carryOut<T>(venue: Venue, command: (effects: Effects) => T): T {
  const effects = createEffects(nowMs(venue));
  const result = command(effects);
  for (const execution of effects.executions) boundedPush(venue.log, execution, MAX_LOG);
  publish(venue.hub, effects);
  return result;
}

/** Adds test money, in millionths of a dollar. */
export function deposit(venue: Venue, account: string, amount: bigint): bigint {
  const held = accountOf(venue.engine, account, nowMs(venue));
  held.cash += amount;
  held.updateMs = nowMs(venue);
  return held.cash;
}
