/** The gateway's bindings, as `wrangler types` reads them from wrangler.toml. */
export type Env = Cloudflare.Env;
