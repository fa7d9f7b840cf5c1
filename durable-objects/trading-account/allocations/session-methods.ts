import type { Micro } from '../../../shared/money/fixed.ts';
import type { VenueResult } from '../../../shared/venues/port.ts';
import { LiveTradingMethods } from '../live/live-trading.ts';
import type { SessionFunds, SessionRedemption } from './model.ts';
import type { SessionAllocations } from './session-allocations.ts';
import type { SessionRef, SessionCommandStatus } from '../api.ts';

/** What is asked of an account by the sessions that trade with a part of it. Their orders are `place` and `submit`. */
export abstract class SessionMethods extends LiveTradingMethods {
  protected abstract readonly parts: SessionAllocations;

  /** Sets money aside for a session; said again it changes nothing. */
  allocate(ref: SessionRef, amount: Micro): Promise<VenueResult<true>> {
    return this.parts.open(ref, amount);
  }

  /** What a session has is the account's own again. */
  deallocate(session: number): void {
    this.parts.close(session);
  }

  sessionFunds(ref: SessionRef): Promise<SessionFunds | undefined> {
    return this.parts.funds(ref);
  }

  /** How commands stand that a session has named. */
  sessionCommandStatus(ref: SessionRef, names: readonly string[]): Promise<SessionCommandStatus> {
    return this.parts.commandStatus(ref, names);
  }

  /** Redeems a session's own shares on paper, at most once under a name. */
  redeemSessionShares(session: number, tokens: readonly string[], name: string): Promise<SessionRedemption> {
    return this.parts.redeem(session, tokens, name);
  }
}
