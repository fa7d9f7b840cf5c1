import type { LoadGenerator } from '../load/load.ts';
import type { Cleanup } from './cleanup.ts';

/** What every mode of the bench works with. */
export interface Bench {
  /** Temporary folder; gone at the end. */
  readonly home: string;
  readonly load: LoadGenerator;
  readonly cleanup: Cleanup;
  /** Says what begins, with the time since the start. */
  readonly step: (name: string) => void;
}
