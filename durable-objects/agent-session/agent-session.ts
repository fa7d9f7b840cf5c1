import { DurableObject } from 'cloudflare:workers';
import type { ObjectEnv } from '../bindings.ts';
import { machineTime, now } from '../../shared/clock.ts';
import { failure } from '../../shared/errors/failure.ts';
import { pauseAt } from '../../shared/testing/fault-points.ts';
import { migrate } from '../storage/migrate.ts';
import { accountObject } from '../rpc/stubs.ts';
import { Actions, type Settled } from './actions.ts';
import type {
  Captured,
  Executed,
  MarketOrder,
  PortfolioView,
  RedeemRow,
  SessionCaller,
  SessionRecord,
  Suggestion,
} from '../../shared/agents/session-model.ts';
import { migrations } from './schema.ts';
import { Suggestions } from './suggestions.ts';
import { SuggestionQueue } from './suggestion-queue.ts';
import { Attempts } from './attempts.ts';
import { refToAccount } from './account-ref.ts';
import {
  refusedAgent,
  refusedChange,
  refusedUnlessRunning,
  statusAfter,
  type SessionVerb,
} from './states.ts';
import type { AgentSessionApi, Approved, Done } from './api.ts';

const RECORD = 'session';
/** Set while the account may not know yet that the session has stopped. */
const RELEASING = 'releasing';
/** Pause before the account is told again. */
const RETRY_MS = 1_000;
const gone = failure('SESSION_NOT_FOUND');

/**
 * An agent's session (contract: agents): its mode, its run, its attempts and its suggestions. What
 * it has of the wallet stands in its account, where alone it can be checked against what others have. An object that
 * was never opened is nobody's session, and stores nothing.
 */
export class AgentSession extends DurableObject<ObjectEnv> implements AgentSessionApi {
  readonly #env: ObjectEnv;
  readonly #suggestions: Suggestions;
  readonly #attempts: Attempts;
  readonly #actions: Actions;
  readonly #queue: SuggestionQueue;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    this.#env = env;
    // Whoever invents a number wakes an object: only one that was opened has tables.
    if (this.#record()) migrate(ctx.storage, migrations);
    this.#suggestions = new Suggestions(ctx.storage.sql);
    this.#attempts = new Attempts(ctx.storage.sql);
    this.#actions = new Actions({
      env,
      storage: ctx.storage,
      attempts: this.#attempts,
      record: () => this.#record(),
    });
    this.#queue = new SuggestionQueue(this.#suggestions, this.#actions, ctx.storage);
  }

  /** Opens the session with its part of the account's money. INSUFFICIENT_BALANCE where there is less. */
  async open(record: SessionRecord, caller: SessionCaller): Promise<Done<SessionRecord>> {
    // Before the account is asked: money that is set aside must belong to a session that can be stopped.
    this.ctx.storage.kv.put(RECORD, record);
    migrate(this.ctx.storage, migrations);
    await this.ctx.storage.sync();
    if (INSTRUMENTED) await pauseAt('session/open/recorded');
    const allocated = await accountObject(this.#env, record.account).allocate(
      refToAccount(record, caller),
      record.allocation,
    );
    if (allocated.ok) {
      const current = this.#record() ?? record;
      // Whoever lists the sessions sees its number already: stopped meanwhile, it keeps nothing.
      if (current.status === 'stopped') await this.#release(current);
      return { ok: true, value: current };
    }
    this.ctx.storage.kv.delete(RECORD);
    return allocated;
  }

  view(caller: SessionCaller): Done<SessionRecord> {
    const session = this.#of(caller);
    return session ? { ok: true, value: session } : gone;
  }

  /** start, pause or stop. What is so already stays so; SESSION_STATE_CONFLICT where there is no way. */
  async change(verb: SessionVerb, caller: SessionCaller): Promise<Done<SessionRecord>> {
    const session = this.#of(caller);
    if (!session) return gone;
    const refused = refusedChange(verb, session);
    if (refused) return refused;
    const next = { ...session, status: statusAfter[verb] };
    this.ctx.storage.kv.put(RECORD, next);
    if (verb === 'stop') await this.#release(next);
    return { ok: true, value: next };
  }

  /** Begins the next run: what nobody has approved is cleared, and keys are free again. */
  async nextRun(
    caller: SessionCaller,
  ): Promise<
    Done<{ readonly session: SessionRecord; readonly cleared: number; readonly portfolio: PortfolioView }>
  > {
    const session = this.#of(caller);
    if (!session) return gone;
    const refused = refusedAgent(session, caller) ?? refusedUnlessRunning(session);
    if (refused) return refused;
    const next = { ...session, run: session.run + 1 };
    this.ctx.storage.kv.put(RECORD, next);
    const cleared = this.#suggestions.clear(now());
    this.#attempts.sweep(next.run);
    const portfolio = await this.#actions.portfolio(next, caller);
    return portfolio.ok
      ? { ok: true, value: { session: next, cleared, portfolio: portfolio.value } }
      : portfolio;
  }

  async portfolio(caller: SessionCaller): Promise<Done<PortfolioView>> {
    const session = this.#of(caller);
    return session ? this.#actions.portfolio(session, caller) : gone;
  }

  /** What of its money the session may still spend, and what its orders hold back. */
  async cash(caller: SessionCaller): Promise<Done<Pick<PortfolioView, 'cash' | 'cashOut'>>> {
    const session = this.#of(caller);
    return session ? this.#actions.cash(session, caller) : gone;
  }

  /** Executes a market order, or in manual mode suggests it until `expiresAt`, Unix ms. */
  async marketOrder(
    order: MarketOrder,
    options: { readonly key?: string | undefined; readonly expiresAt: number | null },
    caller: SessionCaller,
  ): Promise<Done<Captured<Executed>>> {
    const session = this.#of(caller);
    if (!session) return gone;
    const refused = refusedAgent(session, caller) ?? refusedUnlessRunning(session);
    if (refused) return refused;
    if (session.mode === 'manual') return this.#queue.suggestOrder(session, order, options.expiresAt, caller);
    return captured(await this.#actions.order(session, order, options.key, caller));
  }

  /** Redeems positions, or in manual mode suggests it. POSITION_NOT_HELD: nothing is redeemed. */
  async redeem(
    tokens: readonly string[],
    options: { readonly key?: string | undefined },
    caller: SessionCaller,
  ): Promise<Done<Captured<readonly RedeemRow[]>>> {
    const session = this.#of(caller);
    if (!session) return gone;
    const refused = refusedAgent(session, caller) ?? refusedUnlessRunning(session);
    if (refused) return refused;
    const asked = [...new Set(tokens)];
    if (session.mode === 'manual') return this.#queue.suggestRedeem(session, asked, caller);
    return captured(await this.#actions.redeem(session, asked, options.key, caller));
  }

  /** Suggestions, newest first, after the last one of the page before. */
  suggestions(
    query: { readonly all: boolean; readonly before?: number | undefined; readonly limit: number },
    caller: SessionCaller,
  ): Done<readonly Suggestion[]> {
    if (!this.#of(caller)) return gone;
    return { ok: true, value: this.#suggestions.page(query.all, query.before, query.limit, now()) };
  }

  clearSuggestions(caller: SessionCaller): Done<number> {
    const session = this.#of(caller);
    if (!session) return gone;
    return refusedAgent(session, caller) ?? { ok: true, value: this.#suggestions.clear(now()) };
  }

  async approve(id: number, caller: SessionCaller): Promise<Done<Approved>> {
    const session = this.#of(caller);
    if (!session) return gone;
    return refusedUnlessRunning(session) ?? this.#queue.approve(session, id, caller);
  }

  reject(id: number, caller: SessionCaller): Done<number> {
    return this.#of(caller) ? this.#queue.reject(id) : gone;
  }

  /** Tells the account of a session that has stopped, until it knows. */
  override async alarm(): Promise<void> {
    const session = this.#record();
    if (session && this.ctx.storage.kv.get<boolean>(RELEASING) === true) await this.#release(session);
  }

  /** The account may be away: the alarm goes on. */
  async #release({ account, id }: SessionRecord): Promise<void> {
    this.ctx.storage.kv.put(RELEASING, true);
    this.#suggestions.clear(now());
    await this.ctx.storage.setAlarm(machineTime(now() + RETRY_MS));
    await this.ctx.storage.sync();
    if (INSTRUMENTED) await pauseAt('session/stop/recorded');
    await accountObject(this.#env, account).deallocate(id);
    this.ctx.storage.kv.delete(RELEASING);
    await this.ctx.storage.deleteAlarm();
  }

  #record(): SessionRecord | undefined {
    return this.ctx.storage.kv.get<SessionRecord>(RECORD);
  }

  /** The session, for a caller of its own account: a builder's customers are strangers to each other. */
  #of({ account }: SessionCaller): SessionRecord | undefined {
    const session = this.#record();
    return session?.account === account ? session : undefined;
  }
}

const captured = <T>(settled: Settled<T>): Done<Captured<T>> =>
  settled.ok ? { ok: true, value: { kind: 'done', value: settled.value } } : settled;
