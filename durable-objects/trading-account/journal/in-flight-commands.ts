import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { CommandName } from './command-name.ts';
import type { CommandIdentity } from './command-identity.ts';

/**
 * Commands that wait for their quotes: the state `pending` (docs/consistency.md). Nothing has happened yet, so
 * memory is the right place for it: when the object dies, the command has died with it and may run again.
 */
export class InFlightCommands {
  readonly #commands = new Map<string, { readonly fingerprint: string; running: number }>();

  /**
   * Why a command must wait or is refused: the same key, or for an SDK's retry what it asks, is in flight.
   * A request that is neither is a new command, however alike.
   */
  conflict(commandIdentity: CommandIdentity | undefined): Failure | undefined {
    const name = commandIdentity && nameOf(commandIdentity);
    const running = name === undefined ? undefined : this.#commands.get(name);
    if (!running) return undefined;
    return running.fingerprint === commandIdentity?.fingerprint
      ? failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 })
      : failure('IDEMPOTENCY_KEY_REUSE');
  }

  enter(names: readonly CommandName[]): void {
    for (const { key, fingerprint } of names) {
      const known = this.#commands.get(key);
      if (known) known.running += 1;
      else this.#commands.set(key, { fingerprint, running: 1 });
    }
  }

  leave(names: readonly CommandName[]): void {
    for (const { key } of names) {
      const known = this.#commands.get(key);
      if (!known) continue;
      known.running -= 1;
      if (known.running === 0) this.#commands.delete(key);
    }
  }
}

function nameOf({ key, sdkRetry, fingerprint }: CommandIdentity): string | undefined {
  if (key !== undefined) return `key:${key}`;
  return sdkRetry === true ? `sdk:${fingerprint}` : undefined;
}
