import { tiers, TRADER_SESSION_TIER } from '../../../../shared/limits/tiers.ts';
import { SlidingWindow, type WindowState } from '../../../../shared/limits/sliding-window.ts';

/** Windows kept before those that have been quiet are dropped. */
const SWEEP_AT = 1_000;

/** Request windows of traders' sessions: in memory, forgiven once on eviction, like every window here. */
export class TraderSessionLimits {
  readonly #windows = new Map<string, SlidingWindow>();

  take(session: string, now: number): WindowState {
    const known = this.#windows.get(session);
    const window = known ?? new SlidingWindow(tiers[TRADER_SESSION_TIER].rules);
    if (!known) this.#keep(session, window, now);
    return window.take(now);
  }

  #keep(session: string, window: SlidingWindow, now: number): void {
    if (this.#windows.size >= SWEEP_AT) {
      for (const [other, idle] of this.#windows) {
        if (idle.look(now).resetMs === 0) this.#windows.delete(other);
      }
    }
    this.#windows.set(session, window);
  }
}
