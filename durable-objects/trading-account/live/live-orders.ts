import { now } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { pauseAt, reach } from '../../../shared/testing/fault-points.ts';
import type { LiveVenue } from '../../../shared/venues/venue-names.ts';
import type { OrderQuery, VenueFill, VenueOrder, VenueResult } from '../../../shared/venues/port.ts';
import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import { KEY_RETENTION_MS } from '../../../shared/limits/key-retention.ts';
import { SWEEP_ROWS } from '../journal/journal.ts';
import { asStated, fillAsStated, inCallersTerms, labelled } from './order-as-stated.ts';
import { pauseAfter } from './backoff.ts';
import type { LiveAccess, LiveCommand, LiveReply, LiveState, SentCommand, LiveSettlement } from './model.ts';
import { liveCommandNames, lookUpLiveCommand, identified } from './command-names.ts';
import { cancelResting } from './cancel-resting.ts';
import type { LiveOrdersDependencies } from './dependencies.ts';
import { LiveDeadManSwitch } from './live-dead-man-switch.ts';
import { Reconciler } from './reconciler.ts';
import { mapConcurrently } from '../../../shared/concurrency/map-concurrently.ts';
import { prepareCommand, type PreparedCommand } from './prepare-command.ts';
import type { LiveRow } from './command-rows.ts';
import { LiveTables } from './live-tables.ts';
import { LEASE_MS, SEND_TIMEOUT_MS } from './command-times.ts';

/** Commands of one request that go out at once: as many connections as one invocation may have open. */
const SIDE_BY_SIDE = 5;

/** What there is to say to a command: nothing yet, its reply, or what the venue must be asked first. */
type Known = 'new' | LiveReply | { readonly unsettled: LiveRow };

/** How a command takes part in the number of writes that may be in flight. */
interface Slot {
  /** Why it must wait. */
  readonly room: () => Failure | undefined;
  readonly hold: (work: () => Promise<LiveReply>) => Promise<LiveReply>;
}

/** Commands on live venues, each done at most once (docs/consistency.md). */
export class LiveOrders {
  readonly #host: LiveOrdersDependencies;
  readonly #tables: LiveTables;
  readonly #reconciler: Reconciler;
  readonly #switch: LiveDeadManSwitch;

  constructor(host: LiveOrdersDependencies) {
    this.#host = host;
    this.#tables = new LiveTables(host.storage.sql, [host.escrows, host.guard?.claims]);
    this.#reconciler = new Reconciler(this.#tables, host.open, host.settleCtf);
    this.#switch = new LiveDeadManSwitch({
      kv: host.storage.kv,
      open: host.open,
      lastUnsettled: () => this.#tables.lastUnsettled('polymarket'),
    });
    // The alarm that was set with them may be half a minute away.
    if (this.#reconciler.recover()) void host.setAlarm(now());
  }

  /** Runs a command that is new; otherwise answers for it, once the venue has said what became of it. */
  submit(command: LiveCommand): Promise<LiveReply> {
    const { writes } = this.#host;
    return this.#submit(command, {
      room: () => writes.full(command.maxWrites),
      hold: (work) => writes.during(work),
    });
  }

  /** Several commands of one request: each with its own outcome, one write in flight together. */
  submitAll(commands: readonly LiveCommand[]): Promise<readonly LiveReply[]> {
    const { writes } = this.#host;
    const full = writes.full(commands[0]?.maxWrites ?? 0);
    const slot: Slot = { room: () => full, hold: (work) => work() };
    // One key names them all: used for another request, it stops all of them, also those that nobody has said.
    const reused = commands.map((command) => this.#known(command)).find(isReuse);
    if (reused) return Promise.resolve(commands.map(() => reused));
    return writes.during(() =>
      mapConcurrently(commands, SIDE_BY_SIDE, (command) => this.#submit(command, slot)),
    );
  }

  async #submit(command: LiveCommand, { room, hold }: Slot): Promise<LiveReply> {
    const session = this.#host.open(command.access);
    await this.#reconciler.settleWaiting(command.access, session);
    const who = await this.#whoAsks(command, session);
    if (who?.ok === false) return { ok: false, reason: 'SIGNER_REFUSED', signer: who };
    const asked = this.#known(command, who?.identity);
    if (asked !== 'new' && 'unsettled' in asked) await this.#reconciler.settle(asked.unsettled, session);
    // No wait from here to the row: of two that are the same, one comes first.
    const known = this.#known(command, who?.identity);
    if (known !== 'new') {
      return 'unsettled' in known ? failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 }) : known;
    }
    const refused = this.#host.closed() ?? room();
    if (refused) return refused;
    return hold(() => this.#run(command, session));
  }

  /** Whether a key was used here: paper and live share them. */
  isNameUsed(name: string): boolean {
    return this.#tables.fingerprintsOf(name).length > 0;
  }

  /** How the command of a name stands, once the venue has been asked where that is not known. */
  async commandStatus(access: LiveAccess, name: string): Promise<LiveState | undefined> {
    const row = this.#tables.named(name)?.row;
    if (row?.state === 'unknown') await this.#reconciler.settleNow(row, this.#host.open(access));
    return this.#tables.named(name)?.row.state;
  }

  /** Asks after sessions' orders that the venue took and had not executed. */
  async settleClaims(): Promise<void> {
    await this.#host.guard?.settle((id) => this.#tables.row(id), this.#host.open);
  }

  async order(access: LiveAccess, id: string): Promise<VenueResult<VenueOrder>> {
    const session = this.#host.open(access);
    await this.#reconciler.settleWaiting(access, session);
    const found = await session.order(id);
    if (!found.ok) return found;
    this.#host.escrows?.ordered(found.value);
    return { ok: true, value: asStated(this.#tables, access.venue, found.value) };
  }

  async orders(access: LiveAccess, query: OrderQuery): Promise<VenueResult<readonly VenueOrder[]>> {
    const session = this.#host.open(access);
    await this.#reconciler.settleWaiting(access, session);
    const found = await session.orders(query);
    if (!found.ok) return found;
    return { ok: true, value: found.value.map((order) => asStated(this.#tables, access.venue, order)) };
  }

  /** Fills that the venue has told, in the words of their orders. */
  fills(venue: LiveVenue, told: readonly VenueFill[]): readonly VenueFill[] {
    return told.map((fill) => fillAsStated(this.#tables, venue, fill));
  }

  /** Sets the dead man's switch of what rests on Polymarket. Returns the deadline. */
  async heartbeat(access: LiveAccess, intervalMs: number): Promise<VenueResult<number>> {
    const deadline = await this.#switch.beat(access, intervalMs);
    await this.#host.setAlarm(this.nextLook());
    return deadline;
  }

  /**
   * Cancels all that rests at a venue with the stored credential, once the account takes no more commands. Returns
   * whether nothing is left there, nor on its way: false asks to be called again.
   */
  async cancelAll(access: LiveAccess): Promise<boolean> {
    const session = this.#host.open(access);
    const arriving = now() - session.capabilities.absenceHoldsAfterMs;
    return (await cancelResting(session)) && this.#tables.lastUnsettled(access.venue) <= arriving;
  }

  /** Looks after what is due. Rejects never: what it could not find out it looks at again. */
  async alarm(): Promise<void> {
    const looked = await Promise.allSettled([
      this.#reconciler.alarm(),
      this.#switch.alarm(),
      this.settleClaims(),
    ]);
    for (const one of looked) if (one.status === 'rejected') logFault('alarm', one.reason);
    await this.#host.setAlarm(this.nextLook());
  }

  nextLook(): number {
    const claimAt = this.#host.guard?.nextLook() ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#tables.nextLook(), this.#switch.nextAt, claimAt);
  }

  /** Returns when to come again. */
  sweep(at: number): number {
    const oldest = this.#tables.sweep(at - KEY_RETENTION_MS, SWEEP_ROWS);
    return oldest === undefined ? Number.POSITIVE_INFINITY : oldest + KEY_RETENTION_MS;
  }

  /**
   * Whose orders the credential sees, of a command that seems to have been said before. Undefined where that can only be
   * the account's own, or nobody need know.
   */
  async #whoAsks(command: LiveCommand, session: VenueClient) {
    const known = lookUpLiveCommand(this.#tables, this.#host.paper, identified(command), now());
    if (known.kind !== 'done' && known.kind !== 'unknown') return undefined;
    return command.access.source.kind === 'stored' && known.row.stored ? undefined : session.identity();
  }

  #known(command: LiveCommand, who?: string): Known {
    const known = lookUpLiveCommand(this.#tables, this.#host.paper, identified(command), now(), who);
    if (known.kind === 'new') return 'new';
    if (known.row && known.assumed) this.#tables.noteAssumed(known.row.id, known.assumed, now());
    if (known.kind === 'refused') return known.failure;
    if (known.kind === 'unknown') return { unsettled: known.row };
    return known.row.order
      ? { ok: true, replayed: true, order: labelled(known.row.order, known.row.sent) }
      : failure('EXECUTION_ERROR');
  }

  async #run(command: LiveCommand, session: VenueClient): Promise<LiveReply> {
    const at = now();
    const id = this.#tables.admit(command.access, liveCommandNames(identified(command)), at, at + LEASE_MS);
    const short = this.#host.guard?.hold(id, command);
    if (short) return this.#release(id, short);
    const alarm = this.#host.setAlarm(at + LEASE_MS);
    reach('account/live/admitted');
    try {
      await alarm;
      const ready = await prepareCommand(command.work, session);
      if (INSTRUMENTED) await pauseAt('account/live/prepared');
      if (!('sent' in ready)) return this.#release(id, ready);
      const who = await session.identity();
      if (!who.ok) return this.#release(id, { ok: false, reason: 'SIGNER_REFUSED', signer: who });
      const ours = { id, ready, wallet: who.identity };
      const send = (): Promise<LiveReply> => this.#send(command, ours, session);
      return await (this.#host.guard?.serialized(command, who.identity, send) ?? send());
    } catch (error) {
      return this.#broken(id, error, command.access.source.kind === 'stored');
    }
  }

  async #send(
    command: LiveCommand,
    { id, ready, wallet }: { readonly id: number; readonly ready: PreparedCommand; readonly wallet: string },
    session: VenueClient,
  ): Promise<LiveReply> {
    const theirs = await this.#host.guard?.refusal(command, ready, wallet, session);
    if (theirs) return this.#release(id, theirs);
    const closed = this.#host.closed();
    if (closed) return this.#release(id, closed);
    const unpaid = await this.#takeFee(id, command, ready.sent);
    if (unpaid) return this.#release(id, unpaid);
    const sentAt = now();
    if (!this.#tables.markSent(id, wallet, ready.sent, sentAt, sentAt + SEND_TIMEOUT_MS)) {
      // The alarm released it while its fee was being pulled, and could not know of that.
      this.#host.escrows?.released(id);
      return failure('VENUE_UNAVAILABLE', { message: 'It took too long: nothing was sent', retryAfter: 1 });
    }
    reach('account/live/sent-written');
    // Durable before the first outside byte (docs/consistency.md): a fault here ends this instance unsent.
    await this.#host.storage.sync();
    if (INSTRUMENTED) await pauseAt('account/live/sent-durable');
    const settled = await ready.send();
    if (INSTRUMENTED) await pauseAt('account/live/answered');
    const told = inCallersTerms(this.#tables, command.access.venue, settled, ready.sent);
    return await this.#settle(id, told, command.access.source.kind === 'stored');
  }

  /** Undefined: there is none to take, or the escrow holds it. */
  async #takeFee(id: number, { access, work }: LiveCommand, sent: SentCommand): Promise<Failure | undefined> {
    if (work.kind !== 'place' || sent.kind !== 'place' || work.fee === undefined) return undefined;
    if (!this.#host.escrows) return failure('NOT_SUPPORTED', { message: 'Fees cannot be escrowed here' });
    return this.#host.escrows.pull(id, access.caller, work.fee, sent.terms);
  }

  async #settle(id: number, settled: LiveSettlement, stored: boolean): Promise<LiveReply> {
    const at = now();
    switch (settled.state) {
      case 'done':
        this.#tables.markDone(id, settled.order, at, 'outcome');
        reach('account/live/outcome-written');
        if (settled.order.status === 'pending') await this.#host.setAlarm(this.nextLook());
        return { ok: true, replayed: false, order: settled.order };
      case 'released':
        return this.#release(id, settled.failure);
      case 'unknown': {
        const lookAt = stored ? at + pauseAfter(0) : null;
        this.#tables.markUnknown(id, lookAt, 'unknown');
        if (lookAt !== null) await this.#host.setAlarm(lookAt);
        return failure('PERSISTENCE_UNKNOWN');
      }
      default:
        return settled satisfies never;
    }
  }

  #release(id: number, reply: LiveReply & { readonly ok: false }): LiveReply {
    this.#tables.markReleased(id, now());
    return reply;
  }

  /** A fault of ours: before the row says `sent` nothing has left; after it, who knows. */
  async #broken(id: number, error: unknown, stored: boolean): Promise<LiveReply> {
    logFault('command', error);
    if (this.#tables.row(id)?.state !== 'pending') return this.#settle(id, { state: 'unknown' }, stored);
    return this.#release(id, failure('EXECUTION_ERROR'));
  }
}

const isReuse = (known: Known): known is Failure =>
  known !== 'new' && !('unsettled' in known) && !known.ok && known.reason === 'IDEMPOTENCY_KEY_REUSE';

function logFault(what: string, error: unknown): void {
  const message = String(error).slice(0, 300);
  console.error(JSON.stringify({ level: 'error', event: 'live_fault', what, message }));
}
