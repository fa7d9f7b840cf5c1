/** The gateway's bindings, as `wrangler types` reads them from wrangler.toml. */
export type Env = Cloudflare.Env & {
  /** Counters of requests, where the deployment has Analytics Engine: see wrangler.toml. */
  readonly REQUESTS?: AnalyticsEngineDataset;
  /** The gateway's own keys at data-only venues, secrets that a deployment may have: docs/data-venues.md. */
  readonly OPINION_API_KEY?: string;
  readonly PREDICTFUN_API_KEY?: string;
  /** Private Ed25519 JWK, as JSON, that signs requests to the relay: docs/exchange.md. */
  readonly RELAY_EDGE_KEY?: string;
};
