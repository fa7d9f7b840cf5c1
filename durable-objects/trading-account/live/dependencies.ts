import type { Failure } from '../../../shared/errors/failure.ts';
import type { Escrows } from '../escrow/fee-escrows.ts';
import type { Journal } from '../journal/journal.ts';
import type { WriteCap } from '../journal/write-cap.ts';
import type { AllocationGuard } from './allocation-guard.ts';
import type { OpenVenueClient, SettleCtf } from './reconciler.ts';

/** What the account lends: its storage, its alarm, and what paper knows. */
export interface LiveOrdersDependencies {
  readonly storage: DurableObjectStorage;
  readonly paper: Journal;
  readonly writes: WriteCap;
  readonly open: OpenVenueClient;
  /** Settles commands for the chain, which share the journal. */
  readonly settleCtf?: SettleCtf;
  /** Fees that orders bring; undefined where none can. */
  readonly escrows?: Escrows;
  /** Of what belongs to sessions; undefined where nobody can have any. */
  readonly guard?: AllocationGuard;
  /** Sets the account's alarm, unless it rings before. */
  setAlarm(at: number): Promise<void>;
  /** Why the account takes no more commands. */
  closed(): Failure | undefined;
}
