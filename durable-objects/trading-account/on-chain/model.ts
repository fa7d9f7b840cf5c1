import type { Failure } from '../../../shared/errors/failure.ts';
import type { Micro } from '../../../shared/money/fixed.ts';
import type { Hex } from '../../../shared/signing/checks.ts';
import type { RedeemClaim } from '../allocations/claim-model.ts';
import type { LiveCaller } from '../live/model.ts';
import type { CommandIdentity } from '../journal/command-identity.ts';

/** What is asked of the conditional tokens (contract: router, `/polymarket/ctf/*`). Amounts in micro. */
export type CtfWork =
  | { readonly kind: 'split' | 'merge'; readonly conditionId: Hex; readonly amount: Micro }
  | {
      readonly kind: 'redeem';
      readonly conditionId: Hex;
      /** What the caller believes of the market; refused where it is not so. */
      readonly negRisk?: boolean | undefined;
      /** Of the first and the second outcome, on neg-risk markets; all that the wallet has without them. */
      readonly amounts?: readonly [Micro, Micro] | undefined;
    };

export interface CtfCommand {
  readonly caller: LiveCaller;
  readonly work: CtfWork;
  readonly commandIdentity: CommandIdentity;
  /** Trade writes that the caller's tier may have in flight. */
  readonly maxWrites: number;
  /** Of a session's redemption: who asks, and what is paid to whom. */
  readonly claim?: { readonly asker: number; readonly pays: Omit<RedeemClaim, 'wallet'> };
}

/** `pending`: a node has it; the chain has not mined it yet. `failed`: it was mined and moved nothing. */
export type CtfReply =
  | {
      readonly ok: true;
      readonly replayed: boolean;
      readonly hash: Hex;
      readonly status: 'confirmed' | 'failed' | 'pending';
    }
  | Failure;
