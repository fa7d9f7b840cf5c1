import type { WindowRule, WindowState } from '../../shared/limits/sliding-window.ts';

/** RPC interface of `RateGate`. */
export interface RateGateApi {
  /** Lets one request of this scope pass if every window has room. */
  take(rules: readonly WindowRule[]): WindowState;
}
