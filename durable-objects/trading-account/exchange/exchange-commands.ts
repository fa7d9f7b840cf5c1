import { now } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { pauseAt, reach } from '../../../shared/testing/fault-points.ts';
import type { ExchangeConnectorApi } from '../../exchange-connector/api.ts';
import { meaningOf } from '../../../shared/relay/exchange-replies.ts';
import type { Remote } from '../../rpc/stubs.ts';
import { KEY_RETENTION_MS } from '../../../shared/limits/key-retention.ts';
import { SWEEP_ROWS } from '../journal/journal.ts';
import { pauseAfter } from '../live/backoff.ts';
import { LEASE_MS, SEND_TIMEOUT_MS } from '../live/command-times.ts';
import type { WriteCap } from '../journal/write-cap.ts';
import { lookUpExchangeCommand, exchangeCommandNames } from './command-names.ts';
import { settleExchangeCommand, withClordIds, type FindOrder } from './settle-command.ts';
import { DESK, ExchangeTables, type ExchangeRow } from './exchange-tables.ts';
import type { ExchangeCommand, ExchangeReply } from '../api.ts';

/** Rows that one alarm looks at: each is a question or two. */
const ROWS_PER_ALARM = 20;

/** What the account lends. */
export interface ExchangeDependencies {
  readonly storage: DurableObjectStorage;
  readonly writes: WriteCap;
  connector(tenant: string): Pick<Remote<ExchangeConnectorApi>, 'ask' | 'findOrder'>;
  /** Whether an `Idempotency-Key` was used elsewhere in this account. */
  isNameUsed(key: string): boolean;
  setAlarm(at: number): Promise<void>;
  closed(): Failure | undefined;
}

/**
 * Commands to the institutional exchange, each done at most once (docs/consistency.md): a work kind of its own, because
 * its orders are scaled integers with terms that no other venue has, and a list is one command.
 */
export class ExchangeCommands {
  readonly #host: ExchangeDependencies;
  readonly #tables: ExchangeTables;

  constructor(host: ExchangeDependencies) {
    this.#host = host;
    this.#tables = new ExchangeTables(host.storage.sql);
    // Of an instance that died: nothing that was not sent ever will be, the rest must be asked for.
    const left = this.#tables.unfinished();
    for (const row of left) this.#abandon(row);
    if (left.length > 0) void host.setAlarm(now());
  }

  async submit(command: ExchangeCommand): Promise<ExchangeReply> {
    const asked = lookUpExchangeCommand(this.#tables, command, now());
    if (asked.kind === 'unknown') await this.#settle(asked.row, command.auth);
    // No wait from here to the row: of two that are the same, one comes first.
    const known = lookUpExchangeCommand(this.#tables, command, now());
    switch (known.kind) {
      case 'refused':
        return known.failure;
      case 'unknown':
        return failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 });
      case 'done':
        return { ok: true, replayed: true, body: JSON.parse(known.row.reply ?? '{}') };
      case 'new':
        break;
      default:
        return known satisfies never;
    }
    const { key } = command.commandIdentity;
    if (key !== undefined && this.#host.isNameUsed(`key:${key}`)) return failure('IDEMPOTENCY_KEY_REUSE');
    const refused = this.#host.closed() ?? this.#host.writes.full(command.maxWrites);
    if (refused) return refused;
    return this.#host.writes.during(() => this.#run(command));
  }

  /** Whether a name was used here. */
  isNameUsed(name: string): boolean {
    return this.#tables.named(name) !== undefined;
  }

  /** Looks after what is due. Rejects never: what it could not find out it looks at again. */
  async alarm(): Promise<void> {
    const at = now();
    const asked = this.#tables.due(at, ROWS_PER_ALARM).filter((row) => {
      if (row.state !== 'unknown') {
        this.#abandon(row);
        return false;
      }
      // Set before the exchange is asked: when this process dies, the next one comes back for it.
      this.#tables.noteTry(row.id, at + pauseAfter(row.tries + 1));
      return true;
    });
    await Promise.allSettled(asked.map((row) => this.#settle(row, 'desk')));
    await this.#host.setAlarm(this.nextLook());
  }

  nextLook(): number {
    return this.#tables.nextLook();
  }

  /** Returns when to come again. */
  sweep(at: number): number {
    const oldest = this.#tables.sweep(at - KEY_RETENTION_MS, SWEEP_ROWS);
    return oldest === undefined ? Number.POSITIVE_INFINITY : oldest + KEY_RETENTION_MS;
  }

  async #run(command: ExchangeCommand): Promise<ExchangeReply> {
    const { rpc, body, refs, auth, caller } = command;
    const at = now();
    const id = this.#tables.admit(command, exchangeCommandNames(command), at, at + LEASE_MS);
    reach('account/exchange/admitted');
    const isStored = auth === 'desk';
    try {
      await this.#host.setAlarm(at + LEASE_MS);
      const sentAt = now();
      if (!this.#tables.markSent(id, sentAt, sentAt + SEND_TIMEOUT_MS)) {
        return failure('VENUE_UNAVAILABLE', { message: 'It took too long: nothing was sent', retryAfter: 1 });
      }
      // Durable before the first outside byte (docs/consistency.md).
      await this.#host.storage.sync();
      if (INSTRUMENTED) await pauseAt('account/exchange/sent-durable');
      const { tenant, keyId, requestId } = caller;
      const path = `/api/v1beta1/${rpc}`;
      const reply = await this.#host.connector(tenant).ask({ path, body, auth, actor: { keyId, requestId } });
      if (INSTRUMENTED) await pauseAt('account/exchange/answered');
      if (!reply.ok) return this.#release(id, reply);
      const meaning = meaningOf(reply);
      switch (meaning.kind) {
        case 'body': {
          const told = withClordIds(rpc, meaning.body, refs);
          this.#tables.markDone(id, JSON.stringify(told), now());
          reach('account/exchange/outcome-written');
          return { ok: true, replayed: false, body: told };
        }
        case 'refused':
          return this.#release(id, meaning.failure);
        case 'unknown':
          return await this.#unknown(id, isStored);
        default:
          return meaning satisfies never;
      }
    } catch (error) {
      const message = String(error).slice(0, 300);
      console.error(JSON.stringify({ level: 'error', event: 'exchange_fault', message }));
      if (this.#tables.row(id)?.state === 'pending') return this.#release(id, failure('EXECUTION_ERROR'));
      return this.#unknown(id, isStored);
    }
  }

  /** Asks the exchange what became of a command; never sends it again. */
  async #settle(row: ExchangeRow, auth: ExchangeCommand['auth']): Promise<void> {
    // To another user's token its orders are nobody's, and that would pass for absence.
    if (row.identity !== (auth === 'desk' ? DESK : auth.identity)) return;
    const { tenant, keyId, requestId } = row.caller;
    const connector = this.#host.connector(tenant);
    const sentAt = row.sentAt ?? 0;
    const find: FindOrder = (ref) => connector.findOrder(ref, { keyId, requestId }, auth, sentAt);
    const settled = await settleExchangeCommand(row, find, now());
    switch (settled.state) {
      case 'done':
        this.#tables.markDone(row.id, JSON.stringify(settled.reply), now());
        return;
      case 'released':
        this.#tables.markReleased(row.id, now());
        return;
      case 'unknown':
        return;
      default:
        settled satisfies never;
    }
  }

  async #unknown(id: number, isStored: boolean): Promise<Failure> {
    const lookAt = isStored ? now() + pauseAfter(0) : null;
    this.#tables.markUnknown(id, lookAt);
    if (lookAt !== null) await this.#host.setAlarm(lookAt);
    return failure('PERSISTENCE_UNKNOWN');
  }

  #release(id: number, reply: Failure): Failure {
    this.#tables.markReleased(id, now());
    return reply;
  }

  #abandon(row: ExchangeRow): void {
    if (row.state === 'pending') this.#tables.markReleased(row.id, now());
    else this.#tables.markUnknown(row.id, row.identity === DESK ? now() : null);
  }
}
