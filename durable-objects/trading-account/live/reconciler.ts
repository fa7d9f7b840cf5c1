import { now } from '../../../shared/clock.ts';
import { pauseAt } from '../../../shared/testing/fault-points.ts';
import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import { inCallersTerms } from './order-as-stated.ts';
import { pauseAfter } from './backoff.ts';
import type { LiveAccess, LiveSettlement } from './model.ts';
import { reconcile } from './settlement.ts';
import type { LiveRow } from './command-rows.ts';
import type { LiveTables } from './live-tables.ts';

/** Rows that one alarm looks at: each is a read or two at the venue. */
const ROWS_PER_ALARM = 20;
/** Rows that a request with a credential of its own settles before it does what it came for. */
const ROWS_PER_REQUEST = 5;

/** Settles a command for the chain, of which no venue knows. */
export type SettleCtf = (row: LiveRow) => Promise<void>;
export type OpenVenueClient = (access: LiveAccess) => VenueClient;

/**
 * Settles commands that were sent and never answered, by asking the venue for the order: never by sending again. A
 * row is only asked about with the credential that sent it; the same account's other wallet would find nothing, and
 * that would pass for absence.
 */
export class Reconciler {
  readonly #tables: LiveTables;
  readonly #open: OpenVenueClient;
  readonly #settleCtf: SettleCtf | undefined;

  constructor(tables: LiveTables, open: OpenVenueClient, settleCtf?: SettleCtf) {
    this.#tables = tables;
    this.#open = open;
    this.#settleCtf = settleCtf;
  }

  /** What a new instance finds of the one before: nothing that was not sent ever will be; the rest must be asked. */
  recover(): boolean {
    const left = this.#tables.unfinished();
    for (const row of left) this.#abandon(row);
    return left.length > 0;
  }

  /** What is due: leases that ran out, replies that never came, looks at the venue. */
  async alarm(): Promise<void> {
    const at = now();
    const asked = this.#tables.due(at, ROWS_PER_ALARM).filter((row) => {
      if (row.state !== 'unknown' || !row.stored) {
        this.#abandon(row);
        return false;
      }
      // Set before the venue is asked: when this process dies, the next one comes back for it.
      this.#tables.noteTry(row.id, at + pauseAfter(row.tries + 1));
      return true;
    });
    await Promise.all(asked.map((row) => this.#look(row)));
  }

  /** Settles one row with a caller's own session, if that can. */
  async settle(row: LiveRow, client: VenueClient): Promise<void> {
    await this.#ask(row, client);
  }

  /** The same, of a command for the chain too. */
  settleNow(row: LiveRow, client: VenueClient): Promise<void> {
    return row.sent?.kind === 'ctf' ? (this.#settleCtf?.(row) ?? Promise.resolve()) : this.#ask(row, client);
  }

  /**
   * Settles what only a credential like the caller's can: nobody else will come with it. What others left, who may never
   * come again, is not looked at: it must not stand in the way.
   */
  async settleWaiting({ venue, source }: LiveAccess, client: VenueClient): Promise<void> {
    if (source.kind !== 'request' || !this.#tables.waitsForCredential(venue)) return;
    const who = await client.identity();
    if (!who.ok) return;
    for (const row of this.#tables.waitingForCredential(venue, who.identity, ROWS_PER_REQUEST)) {
      await this.#ask(row, client);
    }
  }

  async #look(row: LiveRow): Promise<void> {
    if (row.sent?.kind === 'ctf') await this.#settleCtf?.(row);
    else await this.#ask(row, this.#open(storedAccess(row)));
  }

  async #ask(row: LiveRow, client: VenueClient): Promise<void> {
    const { sent, sentAt, identity } = row;
    if (sent === null || sentAt === null || sent.kind === 'ctf') return;
    const who = await client.identity();
    if (!who.ok || who.identity !== identity) return;
    // Before the question: what stands there then may have changed when the answer comes.
    const late = now() - sentAt >= client.capabilities.absenceHoldsAfterMs;
    const settled = await reconcile(client, sent, sentAt, late);
    if (INSTRUMENTED) await pauseAt('account/live/reconciled');
    this.#write(row, inCallersTerms(this.#tables, row.venue, settled, sent));
  }

  #write(row: LiveRow, settled: LiveSettlement): void {
    switch (settled.state) {
      case 'done':
        this.#tables.markDone(row.id, settled.order, now(), null);
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

  #abandon(row: LiveRow): void {
    if (row.state === 'pending') this.#tables.markReleased(row.id, now());
    else this.#tables.markUnknown(row.id, row.stored ? now() : null, null);
  }
}

/** As the caller reached the venue, for the alarm: the vault still has the credential, or another one. */
const storedAccess = ({ venue, caller }: LiveRow): LiveAccess => ({
  venue,
  caller,
  source: { kind: 'stored' },
});
