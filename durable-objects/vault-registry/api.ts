import type { RotationStatus } from '../../shared/vault/port.ts';
import type { Actor } from '../../shared/vault/request.ts';
import type { VaultResult } from '../../shared/vault/result.ts';
import type { RootUsage } from '../credential-vault/api.ts';
/** How an account's credentials stand under the root versions. */
export interface UsageReport {
  readonly tenant: string;
  readonly account: string;
  /** The account's own numbering: an older report that arrives late is not heard. */
  readonly change: number;
  readonly usage: RootUsage;
}

/** RPC interface of `VaultRegistry`. */
export interface VaultRegistryApi {
  /**
   * Takes an account's numbers. `sealing`: the version that it is about to seal under; ROOT_VERSION_STALE for
   * one that a rotation has left behind, which an instance with old root keys could otherwise bring back.
   */
  report(report: UsageReport & { readonly sealing?: number }): VaultResult<object>;
  status(): Promise<RotationStatus>;
  /** Starts a sweep to the highest version. One that runs to it already goes on; a finished one looks again. */
  start(actor: Actor): Promise<VaultResult<{ readonly status: RotationStatus }>>;
}
