import type { KeyChange, KeyRecord } from './key-record.ts';
import type { LimitReport } from '../../shared/limits/rate-limit-headers.ts';
import type { Principal } from '../../shared/keys/principal.ts';
import type { Failure } from '../../shared/errors/failure.ts';
import type { Permission } from '../../shared/keys/permissions.ts';

export type { KeyChange } from './key-record.ts';
/** What holds for the reply whether or not the request was let in. */
export interface AdmissionNotice {
  /** Not there where the tenant counts the request: in a customer's limit and the builder's pool. */
  readonly limit?: LimitReport;
  readonly betaExpired: boolean;
}

export type Admission =
  | (AdmissionNotice & { readonly ok: true; readonly principal: Principal })
  | (Failure & Partial<AdmissionNotice>);

/** What a route asks of the key. */
export interface AdmitRequest {
  /** Permission the route needs; undefined where a valid key is enough. */
  readonly permission?: Permission;
  /** Key issuance answers with its own gate: a tenant without admission passes here and is refused there. */
  readonly issuance?: boolean;
  /** The caller names a customer to act as: a builder's key alone may, and its own window does not count it. */
  readonly impersonating?: boolean;
  /** A route of `/v1/partner`: for tenants that are not enabled as partner there is none (NOT_FOUND). */
  readonly partner?: boolean;
}

/** RATE_LIMIT_EXCEEDED: too many websockets for the tier. Any other reason: the key is not good. */
export type SocketGrant = { readonly ok: true; readonly principal: Principal } | Failure;

/** RPC interface of `KeyGate`. */
export interface KeyGateApi {
  /**
   * Decides on one request. Order: the key's own state, the rate, the tenant's standing, the permission. A
   * request that is refused before the rate, or by it, does not consume.
   */
  admit(request: AdmitRequest): Admission;
  /**
   * Counts one more websocket of this key, held by `hub`. Refuses one above the tier's number, but never
   * because of sockets that are gone: before refusing, it asks their hubs.
   */
  acquireSocket(socket: string, hub: string): Promise<SocketGrant>;
  /** The same for a socket of the tenant's desk, which the desk's connector holds. */
  acquireDeskSocket(socket: string): Promise<SocketGrant>;
  releaseSocket(socket: string): void;
  /** Saves what has been counted and tells it the tenant, which adds its keys up. */
  reportUsage(): Promise<void>;
  /** Whose key this is, without counting a request. */
  identity(): Pick<KeyRecord, 'tenant' | 'account' | 'id'> | undefined;
  /** Writes the record of a freshly issued key. */
  issue(record: KeyRecord): void;
  /** Applies a tenant's change. An older snapshot than the one held is ignored: pushes may arrive late. */
  change(change: KeyChange): void;
  /** When the key last passed, Unix ms. */
  lastUsedAt(): number | undefined;
}
