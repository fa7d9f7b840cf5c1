import type { ObjectEnv } from '../bindings.ts';
import { now } from '../../shared/clock.ts';
import { failure } from '../../shared/errors/failure.ts';
import { sub, ZERO } from '../../shared/money/fixed.ts';
import { pauseAt } from '../../shared/testing/fault-points.ts';
import { PolymarketMarketData } from '../../shared/venues/polymarket/market-data/clob-market-data.ts';
import type { VenueFailure } from '../../shared/venues/port.ts';
import { accountObject } from '../rpc/stubs.ts';
import { insufficientShares } from '../../shared/agents/insufficient-shares.ts';
import { refToAccount } from './account-ref.ts';
import type { Attempts } from './attempts.ts';
import type {
  Executed,
  MarketOrder,
  PortfolioView,
  PositionView,
  RedeemRow,
  SessionCaller,
  SessionRecord,
} from '../../shared/agents/session-model.ts';
import { attemptScope, type NameScope } from './names.ts';
import { interrupted } from '../../shared/agents/interrupted-command.ts';
import { execute, isOpen, type Outcome } from './orders.ts';
import { viewPositions } from './portfolio.ts';
import { quote, type Quoted } from './quote.ts';
import { isBroadcast, redeemNames, redeemPositions } from './redemptions.ts';
import { refusedUnlessRunning } from './states.ts';

export type Settled<T> = { readonly ok: true; readonly value: T } | VenueFailure;

export interface ActionsHost {
  readonly env: ObjectEnv;
  readonly storage: DurableObjectStorage;
  readonly attempts: Attempts;
  /** The session as it stands now. */
  readonly record: () => SessionRecord | undefined;
}

/** A command that is ready: the names under which the account will know it, and how it is done. */
export interface Ready<T> {
  readonly ok: true;
  readonly names: readonly string[];
  readonly run: () => Promise<Outcome<T>>;
  /** Whether anything of it has happened outside. */
  readonly effective: (value: T) => boolean;
}

const conflict = failure('ATTEMPT_CONFLICT');

/** What a session does to its wallet, and sees of it. */
export class Actions {
  readonly #host: ActionsHost;
  readonly data: PolymarketMarketData;

  constructor(host: ActionsHost) {
    this.#host = host;
    this.data = new PolymarketMarketData(host.env.POLYMARKET_CLOB_URL);
  }

  order(
    session: SessionRecord,
    order: MarketOrder,
    asked: string | undefined,
    caller: SessionCaller,
  ): Promise<Settled<Executed>> {
    return this.#attempt(session, asked, caller, async (key) => {
      const quoted = await this.quoted(session, order, caller);
      return quoted.ok ? this.readyOrder(session, quoted, attemptScope(session, key), caller) : quoted;
    });
  }

  redeem(
    session: SessionRecord,
    tokens: readonly string[],
    asked: string | undefined,
    caller: SessionCaller,
  ): Promise<Settled<readonly RedeemRow[]>> {
    return this.#attempt(session, asked, caller, (key) =>
      this.readyRedeem(session, tokens, attemptScope(session, key), caller),
    );
  }

  /** What an order meets now. One that asks for more than the session has is told so, also where the book has less. */
  async quoted(
    session: SessionRecord,
    order: MarketOrder,
    caller: SessionCaller,
  ): Promise<({ readonly ok: true } & Quoted) | VenueFailure> {
    const quoted = await quote(this.data, order, session.venue);
    if (quoted.ok || quoted.reason !== 'FOK_ORDER_NOT_FILLED_ERROR') return quoted;
    const affordable = await this.affordable(session, order, caller);
    return affordable.ok ? quoted : affordable;
  }

  readyOrder(
    session: SessionRecord,
    quoted: Quoted,
    scope: NameScope,
    caller: SessionCaller,
  ): Ready<Executed> {
    const name = scope('order');
    const run = (): Promise<Outcome<Executed>> => execute(this.#host.env, session, caller, quoted, name);
    return { ok: true, names: [name], run, effective: () => true };
  }

  async readyRedeem(
    session: SessionRecord,
    tokens: readonly string[],
    scope: NameScope,
    caller: SessionCaller,
  ): Promise<Ready<readonly RedeemRow[]> | VenueFailure> {
    const held = await this.held(session, tokens, caller);
    if (!held.ok) return held;
    const { env } = this.#host;
    return {
      ok: true,
      names: redeemNames(session, held.value, scope),
      run: () => redeemPositions(env, this.data, session, caller, held.value, scope),
      effective: isBroadcast,
    };
  }

  /** Positions of the session in these tokens; POSITION_NOT_HELD where it lacks one. */
  async held(
    session: SessionRecord,
    tokens: readonly string[],
    caller: SessionCaller,
  ): Promise<Settled<readonly PositionView[]>> {
    const part = await this.#part(session, caller);
    const holdings = tokens.flatMap(
      (token) => part?.holdings.find((holding) => holding.token === token) ?? [],
    );
    if (holdings.length < tokens.length) return failure('POSITION_NOT_HELD');
    return { ok: true, value: await viewPositions(this.#host.env, this.data, holdings) };
  }

  /** Whether the session has what an order would take, as it stands; INSUFFICIENT_BALANCE or _POSITION where not. */
  async affordable(
    session: SessionRecord,
    { tokenId, side, size }: MarketOrder,
    caller: SessionCaller,
  ): Promise<Settled<true>> {
    const part = await this.#part(session, caller);
    const { cash = ZERO } = part?.allocation ?? {};
    if (side === 'BUY') return size <= cash ? { ok: true, value: true } : failure('INSUFFICIENT_BALANCE');
    const held = part?.holdings.find(({ token }) => token === tokenId);
    const free = held ? sub(held.shares, held.sharesOut) : ZERO;
    return size <= free ? { ok: true, value: true } : insufficientShares(free, size);
  }

  async portfolio(session: SessionRecord, caller: SessionCaller): Promise<Settled<PortfolioView>> {
    const part = await this.#part(session, caller);
    const positions = await viewPositions(this.#host.env, this.data, part?.holdings ?? []);
    const { cash = ZERO, cashOut = ZERO } = part?.allocation ?? {};
    return { ok: true, value: { cash, cashOut, positions } };
  }

  async cash(
    session: SessionRecord,
    caller: SessionCaller,
  ): Promise<Settled<Pick<PortfolioView, 'cash' | 'cashOut'>>> {
    const { cash = ZERO, cashOut = ZERO } = (await this.#part(session, caller))?.allocation ?? {};
    return { ok: true, value: { cash, cashOut } };
  }

  /** How commands stand that were begun under these names and never written down as ended. */
  standing(
    session: SessionRecord,
    names: readonly string[],
    caller: SessionCaller,
  ): Promise<'none' | 'pending' | 'done'> {
    return this.#account(session).sessionCommandStatus(refToAccount(session, caller), names);
  }

  /**
   * One attempt under a key, or under one of our own that nobody can say again. The row comes before the account is asked, so that whoever comes after a crash finds
   * names to ask by; it goes again when nothing has happened outside.
   */
  async #attempt<T>(
    session: SessionRecord,
    asked: string | undefined,
    caller: SessionCaller,
    prepare: (key: string) => Promise<Ready<T> | VenueFailure>,
  ): Promise<Settled<T>> {
    const { attempts } = this.#host;
    const { run } = session;
    const key = asked ?? crypto.randomUUID();
    if (attempts.isRunning(run, key)) return conflict;
    return attempts.during(run, key, async () => {
      const before = attempts.state(run, key, now());
      if (before.kind === 'submitted') return conflict;
      if (before.kind === 'unsettled') {
        const standing = await this.standing(session, before.names, caller);
        if (standing === 'done') attempts.submitted(run, key);
        if (standing !== 'none') return conflict;
        attempts.released(run, key);
      }
      const ready = await prepare(key);
      if (!ready.ok) return ready;
      const changed = this.refusedNow(session);
      if (changed) return changed;
      attempts.begin(run, key, ready.names, now());
      await this.#host.storage.sync();
      if (INSTRUMENTED) await pauseAt('session/attempt/written');
      const outcome = await ready.run().catch(interrupted);
      if (INSTRUMENTED) await pauseAt('session/attempt/answered');
      const settled = this.#settle(run, key, outcome, ready.effective);
      if (asked === undefined) attempts.released(run, key);
      return settled;
    });
  }

  /** The run that is on. A stopped session is past all of its runs: what is open of them is cleared. */
  get run(): number {
    const { run = 0, status } = this.#host.record() ?? {};
    return status === 'stopped' ? Number.MAX_SAFE_INTEGER : run;
  }

  /** Why what was prepared must not be done: the session has been paused or stopped meanwhile, or another run began. */
  refusedNow(session: SessionRecord): VenueFailure | undefined {
    const current = this.#host.record();
    if (!current) return failure('SESSION_NOT_FOUND');
    const refused = refusedUnlessRunning(current);
    if (refused) return refused;
    return current.run === session.run
      ? undefined
      : failure('SESSION_STATE_CONFLICT', { message: 'The next run has begun' });
  }

  #settle<T>(run: number, key: string, outcome: Outcome<T>, effective: (value: T) => boolean): Settled<T> {
    const { attempts } = this.#host;
    if (outcome.ok) {
      if (outcome.replayed || effective(outcome.value)) attempts.submitted(run, key);
      else attempts.released(run, key);
      // Never a replay: whoever had the first reply knows, and whoever lost it looks at the positions.
      return outcome.replayed ? conflict : { ok: true, value: outcome.value };
    }
    if (!isOpen(outcome)) attempts.released(run, key);
    return outcome.reason === 'IDEMPOTENCY_CONFLICT_PENDING' ? conflict : outcome;
  }

  async #part(session: SessionRecord, caller: SessionCaller) {
    return this.#account(session).sessionFunds(refToAccount(session, caller));
  }

  #account(session: SessionRecord) {
    return accountObject(this.#host.env, session.account);
  }
}
