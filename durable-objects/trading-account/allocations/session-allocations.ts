import { now } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { sub, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import { reach } from '../../../shared/testing/fault-points.ts';
import type { VenueResult } from '../../../shared/venues/port.ts';
import type { Journal } from '../journal/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LiveAccess, LiveCaller } from '../live/model.ts';
import type { LiveTrading } from '../live/live-trading.ts';
import { redeemPosition } from '../paper/redeem-position.ts';
import type { Redemption } from '../ledger/model.ts';
import type { MarketResolutions } from '../paper/market-resolutions.ts';
import { PAPER_WALLET, type SessionFunds, type SessionRedemption } from './model.ts';
import { largerClaim, sessionsCash } from './in-flight-claims.ts';
import type { SessionRef, SessionCommandStatus } from '../api.ts';

/** How often a wallet is looked at that orders move meanwhile. */
const LOOKS = 3;

/** What the account lends. */
export interface SessionAllocationsDependencies {
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly resolutions: MarketResolutions;
  readonly outside: LiveTrading;
  /** Why the account takes no more commands. */
  readonly closed: () => Failure | undefined;
}

/** What sessions ask of their account: their part of its wallet, and what becomes of it. */
export class SessionAllocations {
  readonly #host: SessionAllocationsDependencies;

  constructor(host: SessionAllocationsDependencies) {
    this.#host = host;
  }

  /** Sets money aside for a session. INSUFFICIENT_BALANCE where the wallet has less beside what others have. */
  async open({ session, venue, caller }: SessionRef, amount: Micro): Promise<VenueResult<true>> {
    const refused = this.#host.closed();
    if (refused) return refused;
    const { ledger, outside } = this.#host;
    const book = ledger.allocations;
    const wallet =
      venue === 'paper' ? { ok: true as const, value: PAPER_WALLET } : await outside.wallet(caller);
    if (!wallet.ok) return wallet;
    const free = venue === 'paper' ? this.#paperCash() : await this.#liveCash(wallet.value, caller);
    if (!free.ok) return free;
    const opened = book.open(session, wallet.value, amount, free.value, now());
    return opened.ok ? { ok: true, value: true } : opened;
  }

  /** What the paper account has beside what its resting orders reserve and sessions have. */
  #paperCash(): VenueResult<Micro> {
    return { ok: true, value: this.#host.ledger.spendable() };
  }

  /** The same of a wallet at Polymarket. Refused while orders of the account's own move it: what was read is old then. */
  async #liveCash(wallet: string, caller: LiveCaller): Promise<VenueResult<Micro>> {
    const { ledger, outside } = this.#host;
    const { inFlight: onTheWay } = outside.claims;
    for (let look = 0; look < LOOKS; look += 1) {
      const [before, own] = [
        sessionsCash(ledger.allocations, onTheWay, wallet),
        onTheWay.accountCommands(wallet),
      ];
      const cash = await outside.cash(caller);
      if (!cash.ok) return cash;
      const { newest, open } = onTheWay.accountCommands(wallet);
      if (own.open > 0 || open > 0 || newest !== own.newest) continue;
      const theirs = largerClaim(before, sessionsCash(ledger.allocations, onTheWay, wallet));
      return { ok: true, value: sub(cash.value, theirs) };
    }
    return failure('VENUE_UNAVAILABLE', {
      message: 'Orders of the account are on their way: open the session when they have ended',
      retryAfter: 1,
    });
  }

  close(session: number): void {
    this.#host.ledger.transaction(() => this.#host.ledger.allocations.close(session));
  }

  /** What a session has; undefined where that is nothing any more. */
  async funds({ session, venue }: SessionRef): Promise<SessionFunds | undefined> {
    // A venue that is away leaves what waits for its answer waiting.
    if (venue === 'polymarket') await this.#host.outside.live.settleClaims().catch(() => undefined);
    return this.#host.ledger.allocations.sessionFunds(session);
  }

  /** How the commands of these names stand: done or pending, if one of them is. */
  async commandStatus(
    { venue, caller }: SessionRef,
    names: readonly string[],
  ): Promise<SessionCommandStatus> {
    if (venue === 'paper') {
      return names.some((name) => this.#host.journal.find(`key:${name}`)) ? 'done' : 'none';
    }
    let pending = false;
    for (const name of names) {
      const state = await this.#host.outside.live.commandStatus(stored(caller), `key:${name}`);
      if (state === 'done') return 'done';
      pending ||= state !== undefined && state !== 'released';
    }
    return pending ? 'pending' : 'none';
  }

  /**
   * Pays a session's own shares of settled tokens out on paper, in one transaction with the name of the command.
   * `replayed` where the name was used: nothing is done then. What is not settled is left alone.
   */
  async redeem(session: number, tokens: readonly string[], name: string): Promise<SessionRedemption> {
    const { ledger, journal, resolutions } = this.#host;
    await resolutions.noteResolved(tokens);
    const refused = this.#host.closed();
    if (refused) return refused;
    if (journal.find(`key:${name}`)) return { replayed: true, rows: [] };
    const at = now();
    return ledger.transaction(() => {
      if (tokens.some((token) => ledger.allocations.sellable(session, token) === 0n)) {
        return failure('POSITION_NOT_HELD');
      }
      const rows = tokens.map((token) => ({ token, paid: this.#pay(session, token, at) ?? null }));
      reach('account/allocation/paid');
      if (rows.some(({ paid }) => paid))
        journal.record({ key: `key:${name}`, fingerprint: name }, { rows }, at);
      return { replayed: false, rows };
    });
  }

  #pay(session: number, token: string, at: number): Redemption | undefined {
    const { ledger } = this.#host;
    const position = ledger.position(token);
    const shares = ledger.allocations.sellable(session, token);
    const paid = position && redeemPosition(ledger, position, at, shares);
    if (!paid) return undefined;
    ledger.allocations.disposed(session, paid, paid.shares, paid.payout, ZERO);
    return paid;
  }
}

const stored = (caller: LiveCaller): LiveAccess => ({
  venue: 'polymarket',
  caller,
  source: { kind: 'stored' },
});
