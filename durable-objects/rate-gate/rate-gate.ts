import { DurableObject } from 'cloudflare:workers';
import type { ObjectEnv } from '../bindings.ts';
import { now } from '../../shared/clock.ts';
import { SlidingWindow, type WindowRule, type WindowState } from '../../shared/limits/sliding-window.ts';
import type { RateGateApi } from './api.ts';

/**
 * The same limiter as a key's, for scopes other than a key: docs/storage-schema.md has their names. It stores nothing;
 * its windows are in memory and forgiven once when the object is evicted.
 */
export class RateGate extends DurableObject<ObjectEnv> implements RateGateApi {
  #window: SlidingWindow | undefined;

  /** Lets one request of this scope pass if every window has room. */
  take(rules: readonly WindowRule[]): WindowState {
    this.#window ??= new SlidingWindow(rules);
    this.#window.setRules(rules);
    return this.#window.take(now());
  }
}
