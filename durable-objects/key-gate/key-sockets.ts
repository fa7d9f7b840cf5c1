import type { ObjectEnv } from '../bindings.ts';
import { now } from '../../shared/clock.ts';
import type { Permission } from '../../shared/keys/permissions.ts';
import { isDeskHolder, socketHolder } from '../rpc/stubs.ts';

/** One counted websocket: which hub holds it, and since when (Unix ms). */
interface HeldSocket {
  readonly id: string;
  readonly hub: string;
  readonly at: number;
}

/** A socket is counted before its hub accepts it; within this time the hub may not know it yet. */
const SETTLING_MS = 10_000;

/**
 * The websockets of one key, stored under `sockets`, so that an evicted gate forgets none. The count cannot
 * leak: a release that got lost (a crash, a deploy) is noticed when the cap is reached, by asking the hubs which
 * of the sockets they really hold. Nothing is asked, and no lease renewed, below the cap.
 */
export class KeySockets {
  readonly #kv: SyncKvStorage;
  readonly #env: ObjectEnv;

  constructor(kv: SyncKvStorage, env: ObjectEnv) {
    this.#kv = kv;
    this.#env = env;
  }

  /** Whether the socket is within the cap; then it counts from now on. */
  async acquire(id: string, hub: string, cap: number): Promise<boolean> {
    if (this.#held().length >= cap) await this.#releaseClosed();
    // Read again: other sockets may have come or gone meanwhile.
    const held = this.#held();
    if (held.length >= cap) return false;
    this.#save([...held, { id, hub, at: now() }]);
    return true;
  }

  release(id: string): void {
    const held = this.#held();
    const rest = held.filter((socket) => socket.id !== id);
    if (rest.length < held.length) this.#save(rest);
  }

  get hasOpen(): boolean {
    return this.#held().length > 0;
  }

  /**
   * Has each socket closed that shows what a key with these permissions may not see. Whether none is left: a holder may
   * not have answered, and one that was granted a moment ago may only now be on its way to its hub.
   */
  async closeUnpermitted(permissions: readonly Permission[]): Promise<boolean> {
    const lost = (): readonly HeldSocket[] =>
      this.#held().filter(({ hub }) => !permissions.includes(requiredPermission(hub)));
    await Promise.allSettled(
      byHub(lost()).map(async ([hub, sockets]) => {
        await socketHolder(this.#env, hub).dismiss(sockets.map(({ id }) => id));
        for (const { id, at } of sockets) if (now() - at > SETTLING_MS) this.release(id);
      }),
    );
    return lost().length === 0;
  }

  async #releaseClosed(): Promise<void> {
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

/** What a socket of this holder asks of its key. */
const requiredPermission = (holder: string): Permission => (isDeskHolder(holder) ? 'desk' : 'read');

function byHub(sockets: readonly HeldSocket[]): readonly [string, readonly HeldSocket[]][] {
  const groups = new Map<string, HeldSocket[]>();
  for (const socket of sockets) groups.set(socket.hub, [...(groups.get(socket.hub) ?? []), socket]);
  return [...groups];
}
