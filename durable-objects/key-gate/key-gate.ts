import { DurableObject } from 'cloudflare:workers';
import type { ObjectEnv } from '../bindings.ts';
import { machineTime, now } from '../../shared/clock.ts';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import type { Permission } from '../../shared/keys/permissions.ts';
import { keyStatus, type Principal, type KeyStatus } from '../../shared/keys/principal.ts';
import { retryAfterSeconds, type LimitReport } from '../../shared/limits/rate-limit-headers.ts';
import { tiers } from '../../shared/limits/tiers.ts';
import { SlidingWindow } from '../../shared/limits/sliding-window.ts';
import { deskHolder, tenantObject } from '../rpc/stubs.ts';
import type { KeyChange, KeyRecord } from './key-record.ts';
import { KeySockets } from './key-sockets.ts';
import { KeyUsage } from './key-usage.ts';
import type { KeyGateApi, AdmissionNotice, Admission, AdmitRequest, SocketGrant } from './api.ts';
type UsableKey =
  | { readonly ok: true; readonly record: KeyRecord; readonly current: KeyStatus }
  | (Failure & Partial<AdmissionNotice>);
/** What is counted reaches the disk and the tenant at most this much later: a bill needs no better. */
const REPORT_AFTER_MS = 60_000;
/** Until every socket is closed that the key has lost, it is tried so often. */
const CLOSE_RETRY_MS = 1_000;
/** `last_used_at` is written at most this often: a listing needs no better, a hot key saves the writes. */
const LAST_USED_WRITE_MS = 60_000;

/**
 * One key's own object, named by the SHA-256 of the key: its record and its request windows. It answers the
 * one RPC that every authenticated request makes (docs/architecture.md).
 */
export class KeyGate extends DurableObject<ObjectEnv> implements KeyGateApi {
  readonly #env: ObjectEnv;
  readonly #sockets: KeySockets;
  readonly #usage: KeyUsage;
  #record: KeyRecord | undefined;
  #window: SlidingWindow | undefined;
  #lastUsedAt: number | undefined;
  #lastUsedSaved = 0;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    this.#env = env;
    this.#sockets = new KeySockets(ctx.storage.kv, env);
    this.#usage = new KeyUsage(ctx.storage.kv);
    this.#record = ctx.storage.kv.get<KeyRecord>('record');
    this.#lastUsedAt = ctx.storage.kv.get<number>('last_used_at');
  }

  /**
   * Decides on one request. Order: the key's own state, the rate, the tenant's standing, the permission. A
   * request that is refused before the rate, or by it, does not consume.
   */
  admit(request: AdmitRequest): Admission {
    const at = now();
    const usable = this.#usable(at);
    if (!usable.ok) return usable;
    const { record, current } = usable;
    const hidden = request.partner === true && !isPartnerKey(record);
    const restricted = isRestricted(record, request.issuance === true);
    const missing = requiredPermissions(request).find(
      (permission) => !current.permissions.includes(permission),
    );
    // What is refused here never reaches the tenant's windows: then the key's own counts it.
    const pooled =
      isCountedByTenant(record, current, request) && !hidden && !restricted && missing === undefined;
    const limited = pooled ? undefined : this.#limit(current, at);
    const seen: AdmissionNotice = {
      betaExpired: current.betaExpired,
      ...(limited && { limit: limited.limit }),
    };
    if (limited?.refusal) return { ...limited.refusal, ...seen };
    if (hidden) return { ...failure('NOT_FOUND'), ...seen };
    if (restricted) return { ...failure('ACCESS_RESTRICTED'), ...seen };
    this.#recordUse(at);
    // Not waited for: that it is set is durable before the reply leaves.
    if (this.#usage.count(at)) void this.#setAlarmBy(at + REPORT_AFTER_MS);
    if (missing !== undefined) {
      const message = `API key missing required permission: ${missing}`;
      return { ...failure('INSUFFICIENT_PERMISSION', { message }), ...seen };
    }
    return { ok: true, principal: principalOf(record, current), ...seen };
  }

  #usable(at: number): UsableKey {
    const record = this.#record;
    if (!record || record.state === 'revoked') return failure('INVALID_KEY');
    if (record.state === 'deactivated') return failure('KEY_DEACTIVATED');
    if (record.expiresAt !== undefined && record.expiresAt <= at) return failure('KEY_EXPIRED');
    // Its tenant is no builder any more, and has no customers.
    const orphan = record.customer !== undefined && !record.snapshot.roles.includes('builder');
    if (orphan) return failure('INVALID_KEY');
    const current = keyStatus(record, record.snapshot, at);
    return { ok: true, record, current };
  }

  /**
   * Counts one more websocket of this key, held by `hub`. Refuses one above the tier's number, but never
   * because of sockets that are gone: before refusing, it asks their hubs.
   */
  acquireSocket(socket: string, hub: string): Promise<SocketGrant> {
    return this.#acquire(socket, () => hub, 'read');
  }

  /** The same for a socket of the tenant's desk, which the desk's connector holds. */
  acquireDeskSocket(socket: string): Promise<SocketGrant> {
    return this.#acquire(socket, ({ tenant }) => deskHolder(tenant), 'desk');
  }

  async #acquire(
    socket: string,
    holder: (record: KeyRecord) => string,
    permission: Permission,
  ): Promise<SocketGrant> {
    const usable = this.#usable(now());
    if (!usable.ok) return usable;
    if (isRestricted(usable.record, false)) return failure('ACCESS_RESTRICTED');
    if (!usable.current.permissions.includes(permission)) return failure('INSUFFICIENT_PERMISSION');
    const cap = tiers[usable.current.tier].maxWsConnections;
    if (!(await this.#sockets.acquire(socket, holder(usable.record), cap))) {
      return failure('RATE_LIMIT_EXCEEDED', {
        message: `At most ${cap} websockets in tier ${usable.current.tier}`,
      });
    }
    // The key may have ended while hubs were asked: its sockets were closed then, and this one was not among them.
    const still = this.#usable(now());
    if (!still.ok || isRestricted(still.record, false)) {
      this.#sockets.release(socket);
      return still.ok ? failure('ACCESS_RESTRICTED') : still;
    }
    if (Number.isFinite(nextExpiry(now(), still.record))) void this.#setAlarmBy(now() + REPORT_AFTER_MS);
    return { ok: true, principal: principalOf(still.record, still.current) };
  }

  releaseSocket(socket: string): void {
    this.#sockets.release(socket);
  }

  /** Closes the sockets of a key that has run out, and reports what it has counted. */
  override async alarm(): Promise<void> {
    const closed = await this.#closeUnpermittedSockets();
    if (!closed) await this.#setAlarmBy(now() + CLOSE_RETRY_MS);
    else if (this.#sockets.hasOpen) await this.#setAlarmBy(Number.POSITIVE_INFINITY);
    await this.reportUsage();
  }

  /** Saves what has been counted and tells it the tenant, which adds its keys up. */
  async reportUsage(): Promise<void> {
    const { month, requests } = this.#usage.save();
    const record = this.#record;
    if (!record || month === '') return;
    const { id: key, tenant, customer = null } = record;
    await tenantObject(this.#env, tenant).countRequests({ key, customer, month, requests });
  }

  /** Whose key this is, without counting a request. */
  identity(): Pick<KeyRecord, 'tenant' | 'account' | 'id'> | undefined {
    const record = this.#record;
    return record && { tenant: record.tenant, account: record.account, id: record.id };
  }

  #limit(current: KeyStatus, at: number): { readonly limit: LimitReport; readonly refusal?: Failure } {
    const { rules, requestsPerSecond } = tiers[current.tier];
    this.#window ??= new SlidingWindow(rules);
    this.#window.setRules(rules);
    const state = this.#window.take(at);
    const limit = { ...state, tier: current.tier };
    if (state.allowed) return { limit };
    const refusal = failure('RATE_LIMIT_EXCEEDED', {
      retryAfter: retryAfterSeconds(state.retryAfterMs),
      tier: current.tier,
      limitQps: requestsPerSecond,
    });
    return { limit, refusal };
  }

  /** Writes the record of a freshly issued key. */
  issue(record: KeyRecord): void {
    this.#record = record;
    this.ctx.storage.kv.put('record', record);
  }

  /** Applies a tenant's change. An older snapshot than the one held is ignored: pushes may arrive late. */
  change(change: KeyChange): void {
    const record = this.#record;
    // Nothing brings a revoked key back.
    if (!record || record.state === 'revoked') return;
    const stale = change.snapshot !== undefined && change.snapshot.version < record.snapshot.version;
    this.issue({
      ...record,
      ...change,
      snapshot: stale ? record.snapshot : (change.snapshot ?? record.snapshot),
    });
    if (!this.#sockets.hasOpen) return;
    // The alarm first: cut short here it rings for nothing; the other way round a socket would outlive its key.
    void this.#setAlarmBy(now() + CLOSE_RETRY_MS);
    this.ctx.waitUntil(this.#closeUnpermittedSockets());
  }

  /**
   * A key that is no longer good loses its open sockets; one that has lost a permission, those that need it. Whether
   * none of them is left.
   */
  #closeUnpermittedSockets(): Promise<boolean> {
    const usable = this.#usable(now());
    const good = usable.ok && !isRestricted(usable.record, false);
    return this.#sockets.closeUnpermitted(good ? usable.current.permissions : []);
  }

  /** Has the alarm ring by then, or sooner: when the key ends. */
  async #setAlarmBy(at: number): Promise<void> {
    const next = this.#record ? Math.min(at, nextExpiry(now(), this.#record)) : at;
    if (Number.isFinite(next)) await this.ctx.storage.setAlarm(machineTime(next));
  }

  /** When the key last passed, Unix ms. */
  lastUsedAt(): number | undefined {
    return this.#lastUsedAt;
  }

  #recordUse(at: number): void {
    this.#lastUsedAt = at;
    if (at - this.#lastUsedSaved < LAST_USED_WRITE_MS) return;
    this.#lastUsedSaved = at;
    this.ctx.storage.kv.put('last_used_at', at);
  }
}

/** When time alone takes something from the key, after `at`: its own end, or that of the closed beta. Else Infinity. */
function nextExpiry(at: number, { expiresAt = 0, snapshot }: KeyRecord): number {
  const cutoff = snapshot.admission === 'cohort' ? snapshot.betaCutoff : 0;
  return Math.min(...[expiresAt, cutoff].filter((end) => end > at));
}

/** Whether the key is a partner's own. A customer's key is its builder's in name only. */
const isPartnerKey = ({ customer, snapshot }: KeyRecord): boolean =>
  customer === undefined && snapshot.roles.includes('partner');

/**
 * Whether the tenant counts this request and not the key's own window: a customer's own key, a builder's that acts as
 * a customer (contract: router, "Builders"), and every request of a partner's surface (contract: partner, "Limits").
 */
const isCountedByTenant = (record: KeyRecord, current: KeyStatus, request: AdmitRequest): boolean =>
  request.partner === true ||
  record.customer !== undefined ||
  (request.impersonating === true && current.permissions.includes('builder'));

const requiredPermissions = ({ permission, impersonating }: AdmitRequest): readonly Permission[] => [
  ...(impersonating === true ? (['builder'] as const) : []),
  ...(permission === undefined ? [] : [permission]),
];

/** Whether the key's tenant may not use the API. Issuing keys has a gate of its own for a tenant without admission. */
function isRestricted({ snapshot }: KeyRecord, issuance: boolean): boolean {
  return snapshot.flagged || snapshot.underReview || (snapshot.admission === 'none' && !issuance);
}

function principalOf(record: KeyRecord, current: KeyStatus): Principal {
  const { snapshot } = record;
  return {
    tenant: record.tenant,
    ...(record.customer === undefined ? {} : { customer: record.customer }),
    account: record.account,
    key: record.id,
    permissions: current.permissions,
    tier: current.tier,
    ...(snapshot.defaultVenue !== undefined && { defaultVenue: snapshot.defaultVenue }),
    ...(snapshot.roles.includes('builder') && { builder: true }),
  };
}
