import { now } from '../../../shared/clock.ts';
import { polygon } from '../../../shared/chain/polygon-contracts.ts';
import type { EscrowChain } from '../../../shared/chain/port.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { applyEscrowEvent, type EscrowEvent } from '../../../shared/escrow/apply-event.ts';
import { openEscrow, stateOf, type EscrowRecord } from '../../../shared/escrow/record.ts';
import { pullFee, runNextAction, type EscrowContext } from '../../../shared/escrow/run-next-action.ts';
import type { Hex } from '../../../shared/signing/checks.ts';
import { pauseAt } from '../../../shared/testing/fault-points.ts';
import type { OrderTerms, VenueOrder } from '../../../shared/venues/port.ts';
import { pauseAfter } from '../live/backoff.ts';
import type { LiveCaller } from '../live/model.ts';
import { isTerminal } from '../live/settlement.ts';
import { authorize, pullRefusal, refusedByChain, orderIdUsed, type FeeRequest } from './fee-request.ts';
import { EscrowTable, type EscrowRow, type NewEscrow } from './escrow-table.ts';

/** Escrows that one alarm tends: each is a few reads of the chain and a transfer at most. */
const ROWS_PER_ALARM = 10;
/** Longest pause between two questions after the fills of an order that rests: what was filled is paid within it. */
const POLL_AT_LEAST_EVERY_MS = 60_000;
/** A pull is looked after by its own command this long; only what that leaves behind is the alarm's. */
const COMMAND_MS = 30_000;

/** What the account lends. */
export interface EscrowDependencies {
  readonly storage: DurableObjectStorage;
  /** The contract, in the caller's name; undefined where the deployment has no fee escrow. */
  chain(caller: LiveCaller): EscrowChain | undefined;
  /** Whether no other account of the tenant's has used the order id; from then on none can. */
  claim(orderId: Hex, caller: LiveCaller): Promise<boolean>;
  /** The order at the venue; undefined when nobody could say. */
  order(caller: LiveCaller, id: string): Promise<VenueOrder | undefined>;
  contract(): Hex | undefined;
  setAlarm(at: number): Promise<void>;
  /** Pause between two looks whether a pull is mined, ms; `pullFee`'s own where it is not said. */
  readonly pullLookMs?: number;
}

/**
 * Fees of the account's orders (contract: router, "Fee escrow"; docs/escrow.md). What happens to an order is told in
 * the very writes that record it; moving the money is the alarm's alone, so that a death costs nothing but time.
 */
export class Escrows {
  readonly #host: EscrowDependencies;
  readonly #table: EscrowTable;

  constructor(host: EscrowDependencies) {
    this.#host = host;
    this.#table = new EscrowTable(host.storage.sql);
  }

  /** Pulls the fee of an order that is about to be sent. A failure: it must not be sent, and nothing of it was. */
  async pull(
    command: number,
    caller: LiveCaller,
    request: FeeRequest,
    terms: OrderTerms,
  ): Promise<Failure | undefined> {
    const contract = this.#host.contract();
    const chain = this.#host.chain(caller);
    if (contract === undefined || !chain) {
      return failure('NOT_SUPPORTED', { message: 'This deployment has no fee escrow' });
    }
    const domain = { chainId: polygon.chainId, contract };
    const authorized = await authorize(request, terms, { domain, nowMs: now() });
    if (!authorized.ok) return authorized;
    const { orderId, payer, fee } = authorized.value;
    if (this.#isUsed(orderId)) return orderIdUsed;
    const refused = await refusedByChain(chain, authorized.value);
    if (refused) return refused;
    if (!(await this.#host.claim(orderId, caller))) return orderIdUsed;
    if (this.#isUsed(orderId)) return orderIdUsed;
    this.#table.remove(orderId);
    const opened = openEscrow({ orderId, payer, fee, size: terms.size });
    const keeper = this.#keeper(chain, { command, caller, createdAt: now() });
    const pulled = await pullFee(opened, authorized.value, keeper, this.#host.pullLookMs);
    if (INSTRUMENTED) await pauseAt('account/escrow/fee-held');
    return pulled.ok ? undefined : pullRefusal(pulled);
  }

  /** A command's order was taken, or is known to have been; also how an order stands that was cancelled or read. */
  ordered(order: VenueOrder, command?: number): void {
    const rows = command === undefined ? [] : this.#table.ofCommand(command);
    for (const { record } of rows) this.#table.name(record.orderId, order.id);
    for (const { record } of this.#table.ofOrder(order.id)) {
      this.#tell(record.orderId, [
        { kind: 'submitted' },
        { kind: 'filled', total: order.filled },
        ...(isTerminal(order) ? [{ kind: 'ended' } as const] : []),
      ]);
    }
  }

  /** A command came to nothing: its order is not at the venue and never will be. */
  released(command: number): void {
    for (const { record } of this.#table.ofCommand(command)) this.#tell(record.orderId, [{ kind: 'ended' }]);
  }

  /** Does what is due: asks after fills, moves money. Rejects never. */
  async alarm(): Promise<void> {
    const due = this.#table.due(now(), ROWS_PER_ALARM);
    // Set before anything is asked: when this process dies, the next one comes back for it.
    for (const { record, tries } of due)
      this.#table.wake(record.orderId, now() + this.#pause(tries + 1), tries + 1);
    await Promise.all(due.map((row) => this.#look(row).catch(logFault)));
    await this.#host.setAlarm(this.nextLook());
  }

  nextLook(): number {
    return this.#table.nextLook();
  }

  row(orderId: Hex): EscrowRow | undefined {
    return this.#table.get(orderId);
  }

  async #look({ record: { orderId }, caller, venueOrder, tries }: EscrowRow): Promise<void> {
    const chain = this.#host.chain(caller);
    if (!chain) return;
    const before = this.#table.get(orderId)?.record;
    if (before?.order === 'live' && venueOrder !== null) {
      const found = await this.#host.order(caller, venueOrder);
      if (found) this.ordered(found);
    }
    const tended = await runNextAction(orderId, this.#keeper(chain));
    if (INSTRUMENTED) await pauseAt('account/escrow/tended');
    const after = this.#table.get(orderId)?.record;
    if (!tended || !after) return;
    if (tended.wakeAt === undefined) return this.#table.wake(orderId, null, 0);
    const news = after.filled !== before?.filled || after.order !== before.order;
    const asked = news ? 0 : tries + 1;
    const poll = after.order === 'live' ? now() + this.#pause(asked) : Number.POSITIVE_INFINITY;
    this.#table.wake(orderId, Math.min(tended.wakeAt, poll), asked);
  }

  /** Events of one order in one synchronous step, and the alarm for what follows from them. */
  #tell(orderId: Hex, events: readonly EscrowEvent[]): void {
    const row = this.#table.get(orderId);
    if (!row) return;
    const next = events.reduce<EscrowRecord>((record, event) => {
      const advanced = applyEscrowEvent(record, event);
      return advanced.ok ? advanced.record : record;
    }, row.record);
    if (next.order === row.record.order && next.filled === row.record.filled) return;
    this.#table.save(next);
    this.#table.wake(orderId, now(), 0);
    void this.#host.setAlarm(now());
  }

  /** What was never taken, and never will be, has used nothing up. */
  #isUsed(orderId: Hex): boolean {
    const record = this.#table.get(orderId)?.record;
    return record !== undefined && stateOf(record) !== 'void';
  }

  #pause(tries: number): number {
    return Math.min(pauseAfter(tries), POLL_AT_LEAST_EVERY_MS);
  }

  /** `fresh`: the row that a record which is new here gets. */
  #keeper(chain: EscrowChain, fresh?: NewEscrow): EscrowContext {
    return {
      chain: INSTRUMENTED ? pausing(chain) : chain,
      now,
      store: {
        get: (orderId) => this.#table.get(orderId)?.record,
        put: (record) => {
          if (this.#table.get(record.orderId)) this.#table.save(record);
          else if (fresh) {
            const wakeAt = now() + COMMAND_MS;
            this.#table.insert(record, fresh, wakeAt);
            void this.#host.setAlarm(wakeAt);
          }
        },
      },
      flush: async () => {
        await this.#host.storage.sync();
        if (INSTRUMENTED) await pauseAt('account/escrow/transfer-written');
      },
    };
  }
}

/** For tests: stops where a transfer has been sent and its outcome is not known here yet. */
const pausing = (chain: EscrowChain): EscrowChain => ({
  ...chain,
  async pullFee(pull, journal) {
    const outcome = await chain.pullFee(pull, journal);
    await pauseAt('account/escrow/pull-sent');
    return outcome;
  },
  async distribute(move, journal) {
    const outcome = await chain.distribute(move, journal);
    await pauseAt('account/escrow/distribution-sent');
    return outcome;
  },
});

function logFault(error: unknown): void {
  const message = String(error).slice(0, 300);
  console.error(JSON.stringify({ level: 'error', event: 'escrow_fault', message }));
}
