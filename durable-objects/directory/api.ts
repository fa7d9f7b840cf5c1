/** Global settings that an operator changes while the gateway runs. */
export interface GatewaySettings {
  /** Whether tenants may issue keys without an operator admitting them. */
  readonly selfServe: boolean;
  /** End of the closed beta for cohort keys, Unix ms. */
  readonly betaCutoff: number;
  readonly cohortLabel: string;
  /** How many tenants the cohort takes. */
  readonly cohortCap: number;
  /** When the beta opens again, ISO 8601, if that is known. */
  readonly reopensAt: string | null;
}
/** RPC interface of `Directory`. */
export interface DirectoryApi {
  /** The tenant that owns this name. */
  owner(): string | undefined;
  /** Gives the name to a tenant, unless another has it. Returns who has it now. */
  claim(tenant: string): string;
  /** Takes the name back from a tenant; a no-op when another has it. */
  release(tenant: string): void;
  settings(): GatewaySettings;
  configure(change: Partial<GatewaySettings>): GatewaySettings;
  /** Adds a tenant to the list, or notes its new admission. */
  enlist(tenant: string, admission: string): void;
  /** Ids of tenants in order, after a given one. */
  tenants(filter: { readonly admission?: string; readonly after?: string }): readonly string[];
  /** How many tenants have this admission. */
  count(admission: string): number;
}
