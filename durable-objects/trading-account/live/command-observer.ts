import type { VenueOrder } from '../../../shared/venues/port.ts';
import type { MinedTransaction } from './model.ts';

/** Who must know what became of a command, in the same writes that record it: its fee, the session that it is of. */
export interface CommandObserver {
  ordered(order: VenueOrder, command: number): void;
  released(command: number): void;
  mined?(mined: MinedTransaction, command: number): void;
}
