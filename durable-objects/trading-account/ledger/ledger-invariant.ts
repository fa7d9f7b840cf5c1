import type { Money } from './model.ts';

/** What an account is made of: `held` is where the money is, `owed` where it came from. */
const sides = ({ cash, reserved, fees, deposits, realised }: Money) => ({
  held: cash + reserved + fees,
  owed: deposits + realised,
});

const nothing = { held: 0n, owed: 0n };

/**
 * Throws unless a change keeps cash + reserved + fees + Σ positions.cost = deposits + realised. `before` is undefined for
 * an account that is being opened. `costChange`: how much Σ positions.cost grows, in micro-USD; negative when it falls.
 */
export function assertBalanced(before: Money | undefined, after: Money, costChange: bigint): void {
  const [old, next] = [before ? sides(before) : nothing, sides(after)];
  const created = next.held - old.held + costChange - (next.owed - old.owed);
  if (created !== 0n) throw new Error(`the ledger would be out of balance by ${created} micro-USD`);
}

/** Throws unless the account has what its sessions together have of it: cash, and shares of one token. */
export function assertCovers(what: string, account: bigint, sessions: bigint): void {
  if (sessions > account)
    throw new Error(`sessions would have ${sessions - account} micro more ${what} than their account`);
}
