import type { Planned } from './plan.ts';
import type { ChaosAccount } from './accounts.ts';
import type { FeeAuth } from '../end-to-end/support/escrow-stage.ts';

/** How a command ended for whoever said it. */
export type CommandEnd =
  /** No reply that says what became of it. */
  | { readonly state: 'open' }
  /** The gateway said that nothing was done, and it was not said again. */
  | { readonly state: 'released' }
  | { readonly state: 'acknowledged'; readonly id: string; readonly status: string }
  | { readonly state: 'refused'; readonly reason: string };

/** A command as it was said. */
export interface SentCommand {
  readonly planned: Planned;
  readonly account: ChaosAccount;
  /** The order to be cancelled; an order is placed where there is none. */
  readonly target?: string;
  tries: number;
  end: CommandEnd;
  /** Every order id that a reply to it named: of one command there is one. */
  readonly ids: Set<string>;
  /** What was signed for its fee; the last is what it says. More than one where the gateway took one in vain. */
  readonly fees: FeeAuth[];
}
