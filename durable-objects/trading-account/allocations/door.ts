import type { Micro } from '../../../shared/money/fixed.ts';
import type { VenueResult } from '../../../shared/venues/port.ts';
import { OutsideDoor } from '../outside.ts';
import type { Part } from './model.ts';
import type { SessionParts } from './session-parts.ts';
import type { SessionRef, Standing } from '../api.ts';

/** What is asked of an account by the sessions that trade with a part of it. Their orders are `place` and `submit`. */
export abstract class AllocationsDoor extends OutsideDoor {
  protected abstract readonly parts: SessionParts;

  /** Sets money aside for a session; said again it changes nothing. */
  allocate(ref: SessionRef, amount: Micro): Promise<VenueResult<true>> {
    return this.parts.open(ref, amount);
  }

  /** What a session has is the account's own again. */
  deallocate(session: number): void {
    this.parts.close(session);
  }

  sessionPart(ref: SessionRef): Promise<Part | undefined> {
    return this.parts.part(ref);
  }

  /** How commands stand that a session has named. */
  sessionStanding(ref: SessionRef, names: readonly string[]): Promise<Standing> {
    return this.parts.standing(ref, names);
  }

  /** Redeems a session's own shares on paper, at most once under a name. */
  redeemPart(session: number, tokens: readonly string[], name: string): ReturnType<SessionParts['redeem']> {
    return this.parts.redeem(session, tokens, name);
  }
}
