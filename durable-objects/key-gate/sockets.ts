import type { Env } from '../../workers/gateway/env.ts';
import { now } from '../../shared/clock.ts';
import { askAgain } from '../ask-again.ts';
import { socketHolder } from '../stubs.ts';

/** One counted websocket: which hub holds it, and since when (Unix ms). */
interface HeldSocket {
  readonly id: string;
  readonly hub: string;
  readonly at: number;
}

/** Over about 13 s: a hub that is out of reach for a moment must not keep the sockets of a revoked key. */
const CLOSE_TRIES = 8;
/** A socket is counted before its hub accepts it; within this time the hub may not know it yet. */
const SETTLING_MS = 10_000;

/**
 * The websockets of one key, stored under `sockets`, so that an evicted gate forgets none. The count cannot
 * leak: a release that got lost (a crash, a deploy) is noticed when the cap is reached, by asking the hubs which
 * of the sockets they really hold. Nothing is asked, and no lease renewed, below the cap.
 */
export class KeySockets {
  readonly #kv: SyncKvStorage;
  readonly #env: Env;

  constructor(kv: SyncKvStorage, env: Env) {
    this.#kv = kv;
    this.#env = env;
  }

  /** Whether the socket is within the cap; then it counts from now on. */
  async acquire(id: string, hub: string, cap: number): Promise<boolean> {
    if (this.#held().length >= cap) await this.#dropGone();
    // Read again: other sockets may have come or gone meanwhile.
    const held = this.#held();
    if (held.length >= cap) return false;
    this.#save([...held, { id, hub, at: now() }]);
    return true;
  }

  get any(): boolean {
    return this.#held().length > 0;
  }

  release(id: string): void {
    const held = this.#held();
    const rest = held.filter((socket) => socket.id !== id);
    if (rest.length < held.length) this.#save(rest);
  }

  /** Has every socket closed: the key is no longer good. */
  async closeAll(): Promise<void> {
    await Promise.all(
      byHub(this.#held()).map(([hub, sockets]) => {
        const ids = sockets.map(({ id }) => id);
        return askAgain(CLOSE_TRIES, () => socketHolder(this.#env, hub).dismiss(ids));
      }),
    );
  }

  async #dropGone(): Promise<void> {
    const settled = this.#held().filter(({ at }) => now() - at > SETTLING_MS);
    const gone = await Promise.all(
      byHub(settled).map(async ([hub, sockets]) => {
        const ids = sockets.map(({ id }) => id);
        try {
          const open = new Set(await socketHolder(this.#env, hub).held(ids));
          return ids.filter((id) => !open.has(id));
        } catch {
          // A hub that does not answer keeps its sockets counted.
          return [];
        }
      }),
    );
    for (const id of gone.flat()) this.release(id);
  }

  #held(): readonly HeldSocket[] {
    return this.#kv.get<readonly HeldSocket[]>('sockets') ?? [];
  }

  #save(sockets: readonly HeldSocket[]): void {
    if (sockets.length === 0) this.#kv.delete('sockets');
    else this.#kv.put('sockets', sockets);
  }
}

function byHub(sockets: readonly HeldSocket[]): readonly [string, readonly HeldSocket[]][] {
  const groups = new Map<string, HeldSocket[]>();
  for (const socket of sockets) groups.set(socket.hub, [...(groups.get(socket.hub) ?? []), socket]);
  return [...groups];
}
