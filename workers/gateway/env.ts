import type { ObjectEnv } from '../../durable-objects/bindings.ts';

/**
 * The gateway's bindings, as `wrangler types` reads them from wrangler.toml, with the secrets that a deployment may have.
 * `ObjectEnv` is what the objects see of them: a name that wrangler.toml lacks does not compile here.
 */
export interface Env extends Readonly<Omit<Cloudflare.Env, keyof ObjectEnv>>, ObjectEnv {
  /** The vault's entry point, with what operators may ask of it. */
  readonly VAULT: Cloudflare.Env['VAULT'];
  /** Counters of requests, where the deployment has Analytics Engine: see wrangler.toml. */
  readonly REQUESTS?: AnalyticsEngineDataset;
}

/** Fails to compile when wrangler.toml does not declare something that an object requires. */
export type Declared<Required extends ObjectEnv = Cloudflare.Env> = Required;
