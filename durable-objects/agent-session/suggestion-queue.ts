import { now } from '../../shared/clock.ts';
import { failure, invalidMember, type Failure } from '../../shared/errors/failure.ts';
import { formatMicro } from '../../shared/money/fixed.ts';
import { pauseAt } from '../../shared/testing/fault-points.ts';
import type { VenueFailure } from '../../shared/venues/port.ts';
import type { Actions, Ready, Settled } from './actions.ts';
import type {
  Captured,
  Executed,
  MarketOrder,
  SessionCaller,
  SessionRecord,
  Suggestion,
} from '../../shared/agents/session-model.ts';
import { suggestionScope } from './names.ts';
import { interrupted } from '../../shared/agents/interrupted-command.ts';
import { isOpen, type Outcome } from './orders.ts';
import { lookUp } from './quote.ts';
import { isBroadcast } from './redemptions.ts';
import type { Suggestions } from './suggestions.ts';
import type { Approved } from './api.ts';

/** Suggestions that wait for an answer at most: more than anybody reads. */
const MOST_OPEN = 200;
const conflict = (message: string): Failure => failure('SUGGESTION_CONFLICT', { message });

/** Why a suggestion that is not open cannot be approved or rejected any more. */
const endings: Readonly<Record<Exclude<Suggestion['status'], 'open'>, string>> = {
  executing: 'The suggestion is being executed',
  executed: 'The suggestion has been executed',
  rejected: 'The suggestion has been rejected',
  cleared: 'The suggestion has been cleared, by the agent or because the next run began',
  expired: 'The suggestion has expired',
};

/** The manual mode: everything that moves value waits here for somebody's approval. */
export class SuggestionQueue {
  readonly #suggestions: Suggestions;
  readonly #actions: Actions;
  readonly #storage: DurableObjectStorage;
  readonly #executing = new Set<number>();

  constructor(suggestions: Suggestions, actions: Actions, storage: DurableObjectStorage) {
    this.#suggestions = suggestions;
    this.#actions = actions;
    this.#storage = storage;
  }

  /** Suggests an order. Its worst price is fixed here, by the book as it stands. */
  async suggestOrder(
    session: SessionRecord,
    order: MarketOrder,
    expiresAt: number | null,
    caller: SessionCaller,
  ): Promise<Settled<Captured<never>>> {
    if (expiresAt !== null && expiresAt <= now()) return invalidMember('expiresAt', 'is in the past');
    const quoted = await this.#actions.quoted(session, order, caller);
    if (!quoted.ok) return quoted;
    const portfolio = await this.#actions.affordable(session, quoted.order, caller);
    if (!portfolio.ok) return portfolio;
    return this.#suggest(session, { kind: 'order', order: quoted.order, worst: quoted.worst }, expiresAt);
  }

  async suggestRedeem(
    session: SessionRecord,
    tokens: readonly string[],
    caller: SessionCaller,
  ): Promise<Settled<Captured<never>>> {
    const held = await this.#actions.held(session, tokens, caller);
    return held.ok ? this.#suggest(session, { kind: 'redeem', tokens }, null) : held;
  }

  /** Executes a suggestion once. SUGGESTION_CONFLICT says what became of one that cannot be. */
  async approve(session: SessionRecord, id: number, caller: SessionCaller): Promise<Settled<Approved>> {
    const found = this.#suggestions.find(id, now());
    if (!found) return failure('SUGGESTION_NOT_FOUND');
    if (this.#executing.has(id)) return conflict(endings.executing);
    this.#executing.add(id);
    try {
      const stale = found.status === 'executing' ? await this.#settleStale(session, id, caller) : undefined;
      return stale ?? (await this.#execute(session, id, caller));
    } finally {
      this.#executing.delete(id);
    }
  }

  reject(id: number): Settled<number> {
    const found = this.#suggestions.find(id, now());
    if (!found) return failure('SUGGESTION_NOT_FOUND');
    if (found.status !== 'open') return conflict(endings[found.status]);
    this.#suggestions.end(id, 'rejected', now());
    return { ok: true, value: id };
  }

  /** One whose execution a crash has cut short: the account says whether anything came of it. */
  async #settleStale(
    session: SessionRecord,
    id: number,
    caller: SessionCaller,
  ): Promise<Failure | undefined> {
    const names = this.#suggestions.names(id, now());
    const standing = names ? await this.#actions.standing(session, names, caller) : 'done';
    if (standing === 'none') {
      this.#suggestions.reopen(id, this.#actions.run, now());
      return undefined;
    }
    if (standing === 'done') this.#suggestions.end(id, 'executed', now());
    return conflict(endings[standing === 'done' ? 'executed' : 'executing']);
  }

  async #execute(session: SessionRecord, id: number, caller: SessionCaller): Promise<Settled<Approved>> {
    const asked = this.#suggestions.find(id, now());
    if (!asked) return failure('SUGGESTION_NOT_FOUND');
    if (asked.status !== 'open') return conflict(endings[asked.status]);
    const { work } = asked;
    if (work.kind === 'order') {
      const ready = await this.#readyOrder(session, id, work, caller);
      const done = await this.#run(session, id, ready);
      if (done.ok) return { ok: true, value: { kind: 'order', executed: done.value } };
      return done.reason === 'FOK_ORDER_NOT_FILLED_ERROR'
        ? conflict(`The price has moved beyond the worst price of ${formatMicro(work.worst)}`)
        : done;
    }
    const scope = suggestionScope(session, id);
    const ready = await this.#actions.readyRedeem(session, work.tokens, scope, caller);
    const done = await this.#run(session, id, ready);
    if (!done.ok) return done;
    const status = isBroadcast(done.value) ? 'executed' : 'open';
    return { ok: true, value: { kind: 'redeem', rows: done.value, status } };
  }

  async #readyOrder(
    session: SessionRecord,
    id: number,
    { order, worst }: { readonly order: MarketOrder; readonly worst: SessionRecord['allocation'] },
    caller: SessionCaller,
  ): Promise<Ready<Executed> | VenueFailure> {
    const found = await lookUp(this.#actions.data, order, session.venue);
    if (!found.ok) return found;
    return this.#actions.readyOrder(session, { ...found, worst }, suggestionScope(session, id), caller);
  }

  async #run<T>(session: SessionRecord, id: number, ready: Ready<T> | VenueFailure): Promise<Settled<T>> {
    if (!ready.ok) return ready;
    // Others may have come while the market was asked: what stands now decides.
    const current = this.#suggestions.find(id, now());
    if (current?.status !== 'open') return conflict(endings[current?.status ?? 'cleared']);
    const changed = this.#actions.refusedNow(session);
    if (changed) return changed;
    this.#suggestions.execute(id, ready.names, now());
    await this.#storage.sync();
    if (INSTRUMENTED) await pauseAt('session/suggestion/executing');
    const outcome = await ready.run().catch(interrupted);
    if (INSTRUMENTED) await pauseAt('session/suggestion/answered');
    return this.#settle(id, outcome, ready.effective);
  }

  #settle<T>(id: number, outcome: Outcome<T>, effective: (value: T) => boolean): Settled<T> {
    if (outcome.ok) {
      if (outcome.replayed || effective(outcome.value)) this.#suggestions.end(id, 'executed', now());
      else this.#suggestions.reopen(id, this.#actions.run, now());
      return outcome.replayed ? conflict(endings.executed) : { ok: true, value: outcome.value };
    }
    if (!isOpen(outcome)) this.#suggestions.reopen(id, this.#actions.run, now());
    return outcome.reason === 'IDEMPOTENCY_CONFLICT_PENDING' ? conflict(endings.executing) : outcome;
  }

  #suggest(
    session: SessionRecord,
    work: Suggestion['work'],
    expiresAt: number | null,
  ): Settled<Captured<never>> {
    const at = now();
    const changed = this.#actions.refusedNow(session);
    if (changed) return changed;
    if (this.#suggestions.open(at) >= MOST_OPEN) {
      return failure('SESSION_STATE_CONFLICT', {
        message: `${MOST_OPEN} suggestions wait for an answer: clear some first`,
      });
    }
    return {
      ok: true,
      value: { kind: 'suggested', id: this.#suggestions.add({ run: session.run, work, expiresAt }, at) },
    };
  }
}
