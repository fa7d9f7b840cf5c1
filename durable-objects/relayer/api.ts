import type { TransactionJournal, SendOutcome, PullFee, EscrowMove } from '../../shared/chain/port.ts';
import type { Scope, Actor } from '../../shared/vault/request.ts';
/** What one account wants done at the escrow's contract, in whose name the vault notes the signature. */
export interface RelayerRequest {
  readonly caller: { readonly scope: Scope; readonly actor: Actor };
  readonly command:
    | { readonly kind: 'pull'; readonly pull: PullFee }
    | { readonly kind: 'distribute' | 'refund'; readonly move: EscrowMove };
}

/** RPC interface of `Relayer`. */
export interface RelayerApi {
  /** Outcomes as `EscrowChain` tells them. Rejects with what the journal rejected with: then nothing was sent. */
  send(relaying: RelayerRequest, journal: TransactionJournal): Promise<SendOutcome>;
}
