/** The gateway's bindings, as `wrangler types` reads them from wrangler.toml. */
export type Env = Cloudflare.Env & {
  /** Counters of requests, where the deployment has Analytics Engine: see wrangler.toml. */
  readonly REQUESTS?: AnalyticsEngineDataset;
};
