import { DurableObject } from 'cloudflare:workers';
import type { ObjectEnv } from '../bindings.ts';
import { now } from '../../shared/clock.ts';
import { migrate, type Migration } from '../storage/migrate.ts';
import type { DirectoryApi, GatewaySettings } from './api.ts';
const migrations: readonly Migration[] = [
  {
    id: 1,
    sql: 'CREATE TABLE tenants (id TEXT PRIMARY KEY, admission TEXT NOT NULL, created_at INTEGER NOT NULL)',
  },
];

/** Most ids in one page of tenants. */
const PAGE_SIZE = 500;

/**
 * Who owns a name, off the hot path: `wallet:<address>` and `owner:<subject>` hold one tenant id each;
 * `global` holds the operator's settings and the list of tenants.
 */
export class Directory extends DurableObject<ObjectEnv> implements DirectoryApi {
  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    if (ctx.id.name === 'global') migrate(ctx.storage, migrations);
  }

  /** The tenant that owns this name. */
  owner(): string | undefined {
    return this.ctx.storage.kv.get<string>('tenant');
  }

  /** Gives the name to a tenant, unless another has it. Returns who has it now. */
  claim(tenant: string): string {
    const current = this.owner();
    if (current !== undefined) return current;
    this.ctx.storage.kv.put('tenant', tenant);
    return tenant;
  }

  /** Takes the name back from a tenant; a no-op when another has it. */
  release(tenant: string): void {
    if (this.owner() === tenant) this.ctx.storage.kv.delete('tenant');
  }

  settings(): GatewaySettings {
    return this.ctx.storage.kv.get<GatewaySettings>('settings') ?? this.#defaults();
  }

  configure(change: Partial<GatewaySettings>): GatewaySettings {
    const next = { ...this.settings(), ...change };
    this.ctx.storage.kv.put('settings', next);
    return next;
  }

  /** Adds a tenant to the list, or notes its new admission. */
  enlist(tenant: string, admission: string): void {
    this.ctx.storage.sql.exec(
      `INSERT INTO tenants (id, admission, created_at) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET admission = excluded.admission`,
      tenant,
      admission,
      now(),
    );
  }

  /** Ids of tenants in order, after a given one. */
  tenants(filter: { readonly admission?: string; readonly after?: string }): readonly string[] {
    return this.ctx.storage.sql
      .exec<{ id: string }>(
        'SELECT id FROM tenants WHERE id > ? AND (? IS NULL OR admission = ?) ORDER BY id LIMIT ?',
        filter.after ?? '',
        filter.admission ?? null,
        filter.admission ?? null,
        PAGE_SIZE,
      )
      .toArray()
      .map((row) => row.id);
  }

  /** How many tenants have this admission. */
  count(admission: string): number {
    return this.ctx.storage.sql
      .exec<{ n: number }>('SELECT COUNT(*) AS n FROM tenants WHERE admission = ?', admission)
      .one().n;
  }

  #defaults(): GatewaySettings {
    return {
      selfServe: this.env.SELF_SERVE_ISSUANCE === 'true',
      betaCutoff: Date.parse(this.env.BETA_CUTOFF),
      cohortLabel: 'beta',
      cohortCap: 100,
      reopensAt: null,
    };
  }
}
