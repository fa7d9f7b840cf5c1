import { now } from '../../../shared/clock.ts';
import type { Failure } from '../../../shared/errors/failure.ts';
import type { Journal } from './journal.ts';
import {
  lookUpPaperCommand,
  paperCommandNames,
  type PaperLookup,
  type CommandIdentity,
} from './command-identity.ts';

/**
 * Cancels of whatever may rest, by the key that the caller gave them. A cancel has no second effect on what it was for;
 * but said again it would take what has come to rest since.
 */
export class NamedCancels {
  readonly #journal: Journal;
  readonly #taken: (commandIdentity: CommandIdentity) => Failure | undefined;

  /** `taken`: why a name must not be used, where it was used for what is in no journal of this account's own. */
  constructor(journal: Journal, taken: (commandIdentity: CommandIdentity) => Failure | undefined) {
    this.#journal = journal;
    this.#taken = taken;
  }

  /** What became of the cancel of this name; a key that named something else is refused. */
  lookUp(commandIdentity: CommandIdentity): PaperLookup {
    return this.#taken(commandIdentity) ?? lookUpPaperCommand(this.#journal, commandIdentity, now());
  }

  /**
   * Keeps an outcome under its key. One without any effect is not kept: under the same key it may run again. Nor is one
   * whose key has got an outcome since it was looked up: that command's retry must find its own.
   */
  record(
    commandIdentity: CommandIdentity,
    outcome: { readonly canceled: readonly unknown[] },
    at: number,
  ): void {
    if (outcome.canceled.length === 0) return;
    const known = this.lookUp(commandIdentity);
    if (!('kind' in known) || known.kind !== 'new') return;
    for (const identity of paperCommandNames(commandIdentity, []))
      this.#journal.record(identity, outcome, at);
  }
}
