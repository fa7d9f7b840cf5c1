import { now } from '../../../shared/clock.ts';
import { failure } from '../../../shared/errors/failure.ts';
import type { VenueResult } from '../../../shared/venues/port.ts';
import { deadlineOf } from '../paper/dead-man-switch.ts';
import { pauseAfter } from './backoff.ts';
import type { LiveAccess, LiveCaller } from './model.ts';
import type { OpenVenueClient } from './reconciler.ts';
import { cancelResult } from '../../../shared/venues/trading/refusals.ts';

/** Where the switch is stored. */
const KEY = 'live_heartbeat';
/** Longest pause between two tries to cancel: what rests meanwhile is nobody's any more. */
const LONGEST_PAUSE_MS = 15_000;
/** So often: about five minutes. A venue that is away for longer is asked as seldom as by any other row. */
const FREQUENT_TRIES = 20;

/** Unix ms. A switch that has fallen stays so until the venue has said that all is cancelled. */
interface Switch {
  readonly caller: LiveCaller;
  readonly deadline?: number | undefined;
  readonly fallen?: { readonly tries: number; readonly lookAt: number } | undefined;
}

export interface LiveSwitchDependencies {
  readonly kv: SyncKvStorage;
  readonly open: OpenVenueClient;
  /** When the newest order was sent whose outcome is not known; -Infinity where there is none. */
  lastUnsettled(): number;
}

/**
 * Dead man's switch of an account's orders on Polymarket: once the heartbeat has lapsed, the venue is told to cancel
 * them all, again and again until it has done so. Only with credentials that the vault keeps: nobody else is there
 * when it falls.
 */
export class LiveDeadManSwitch {
  readonly #host: LiveSwitchDependencies;
  #switch: Switch | undefined;

  constructor(host: LiveSwitchDependencies) {
    this.#host = host;
    this.#switch = host.kv.get<Switch>(KEY);
  }

  /** When the alarm must ring for it; never while it is not set. */
  get nextAt(): number {
    const { deadline = Number.POSITIVE_INFINITY, fallen } = this.#switch ?? {};
    return Math.min(deadline, fallen?.lookAt ?? Number.POSITIVE_INFINITY);
  }

  /** Sets it anew; the deadline, or why nobody could cancel for this caller. One that has fallen still cancels. */
  async beat(access: LiveAccess, intervalMs: number): Promise<VenueResult<number>> {
    if (access.source.kind !== 'stored') {
      return failure('CREDENTIALS_REQUIRED', {
        message: "The dead man's switch needs credentials in the vault: onboard with POST /api/v1/onboard",
      });
    }
    const who = await this.#host.open(access).identity();
    if (!who.ok) return { ok: false, reason: 'SIGNER_REFUSED', signer: who };
    const deadline = deadlineOf(intervalMs, now());
    this.#lapse(now());
    this.#write({ ...this.#switch, caller: access.caller, deadline });
    return { ok: true, value: deadline };
  }

  /** Cancels if that is due. Safe to run twice, and after a death at any line. */
  async alarm(): Promise<void> {
    const at = now();
    this.#lapse(at);
    const fallen = this.#switch?.fallen;
    if (!this.#switch || !fallen || fallen.lookAt > at) return;
    const slow = pauseAfter(fallen.tries);
    const pause = fallen.tries < FREQUENT_TRIES ? Math.min(slow, LONGEST_PAUSE_MS) : slow;
    // Set before the venue is asked: when this process dies, the next one comes back for it.
    this.#write({ ...this.#switch, fallen: { tries: fallen.tries + 1, lookAt: at + pause } });
    const session = this.#host.open({
      venue: 'polymarket',
      caller: this.#switch.caller,
      source: { kind: 'stored' },
    });
    // An order that was on its way when it fell comes to rest after the venue has cancelled the others.
    const arriving = this.#host.lastUnsettled() > at - session.capabilities.absenceHoldsAfterMs;
    const result = session.clob && cancelResult(await session.clob.cancel({}));
    if (result && isHopeless(result)) {
      const message = 'nobody can cancel: the vault has no credential any more';
      console.error(JSON.stringify({ level: 'error', event: 'switch_without_credential', message }));
    } else if (result?.ok !== true || arriving) return;
    this.#write(this.#switch && { ...this.#switch, fallen: undefined });
  }

  #lapse(at: number): void {
    const { deadline } = this.#switch ?? {};
    if (!this.#switch || deadline === undefined || deadline > at) return;
    this.#write({ ...this.#switch, deadline: undefined, fallen: { tries: 0, lookAt: at } });
  }

  #write(next: Switch | undefined): void {
    const idle = next?.deadline === undefined && next?.fallen === undefined;
    this.#switch = idle ? undefined : next;
    if (this.#switch) this.#host.kv.put(KEY, this.#switch);
    else this.#host.kv.delete(KEY);
  }
}

/** The credential was unlinked, or its account deleted: who did that has said that nobody acts for it any more. */
const isHopeless = (result: VenueResult<unknown>): boolean =>
  !result.ok &&
  result.reason === 'SIGNER_REFUSED' &&
  (result.signer.reason === 'CREDENTIAL_MISSING' || result.signer.reason === 'ACCOUNT_CLOSED');
