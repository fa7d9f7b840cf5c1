/**
 * Why the vault refuses. It has its own words, because only some of them are a caller's business: the gateway
 * turns those into its catalogue's, and the rest into the operator's log.
 */
export const vaultReasons = [
  /** The request does not fit the vault's own schema: a fault of the gateway's. */
  'REQUEST_INVALID',
  /** The account has no credential for this venue. */
  'CREDENTIAL_MISSING',
  /** A wallet was to be created where another credential stands. */
  'CREDENTIAL_EXISTS',
  /** Another credential stands there than the caller has seen. */
  'CREDENTIAL_CHANGED',
  /** The account has been destroyed for good. */
  'ACCOUNT_CLOSED',
  /** The credential lacks the part that the operation needs; `part` names it. */
  'CREDENTIAL_INCOMPLETE',
  /** The credential, or what it was asked to sign, cannot be signed with; `part` names what is wrong. */
  'SIGNING_REFUSED',
  /** The sealed record does not open: damaged, or moved from elsewhere. Nothing was signed. */
  'CREDENTIAL_UNREADABLE',
  /** The account belongs to another tenant. */
  'SCOPE_MISMATCH',
  /** Private keys are not given out: the operator has not enabled it, or the key lacks the permission. */
  'EXPORT_NOT_ALLOWED',
  /** VAULT_ROOT_KEYS cannot be read. For the operator. */
  'ROOT_KEYS_INVALID',
  /** A record names a root version that VAULT_ROOT_KEYS lacks. For the operator: nothing is lost. */
  'ROOT_VERSION_MISSING',
  /** This instance still has root keys from before the last rotation. Gone once it has restarted. */
  'ROOT_VERSION_STALE',
  /** A fault of the vault's own. */
  'VAULT_ERROR',
] as const;
export type VaultReason = (typeof vaultReasons)[number];

/** A refusal as it crosses RPC. `message` names parts and versions, never a value. */
export interface VaultFailure {
  readonly ok: false;
  readonly reason: VaultReason;
  readonly message: string;
  readonly part?: string;
}

export type VaultResult<T> = ({ readonly ok: true } & T) | VaultFailure;

export const refusal = (reason: VaultReason, message: string, part?: string): VaultFailure => ({
  ok: false,
  reason,
  message,
  ...(part !== undefined && { part }),
});

/** Leaves an operation early, within one isolate. */
export class VaultRefusal extends Error {
  override readonly name = 'VaultRefusal';
  readonly failure: VaultFailure;

  constructor(reason: VaultReason, message: string, part?: string) {
    super(message);
    this.failure = refusal(reason, message, part);
  }
}
