import type { MailSettings } from '../shared/mail/configured-mailer.ts';

/** A namespace of objects, as `stubs.ts` uses it: the interface of what it gives stands in each object's `api.ts`. */
export interface ObjectNamespace {
  getByName(name: string): object;
}

/**
 * What the objects of the gateway's Worker are bound to: each other, the vault, and the variables and secrets that they
 * read. wrangler.toml says what each is for; the Worker's own variables stand in `workers/gateway/env.ts`, which the
 * compiler holds to this.
 */
export interface ObjectEnv extends MailSettings {
  readonly KEY_GATE: ObjectNamespace;
  readonly RATE_GATE: ObjectNamespace;
  readonly TENANT: ObjectNamespace;
  readonly DIRECTORY: ObjectNamespace;
  readonly TRADING_ACCOUNT: ObjectNamespace;
  readonly MARKET_FEED: ObjectNamespace;
  readonly SOCKET_HUB: ObjectNamespace;
  readonly RELAYER: ObjectNamespace;
  readonly EXCHANGE_CONNECTOR: ObjectNamespace;
  readonly AGENT_SESSION: ObjectNamespace;
  /** Entry point of the vault's Worker: `vaultOf` gives it its interface. */
  readonly VAULT: object;
  /** The relay as a Workers VPC service, where the deployment has one. */
  readonly RELAY?: { fetch: typeof fetch };

  readonly POLYMARKET_CLOB_URL: string;
  readonly POLYMARKET_GAMMA_URL: string;
  readonly POLYMARKET_DATA_URL: string;
  readonly POLYMARKET_WS_URL: string;
  readonly KALSHI_URL: string;
  readonly LIMITLESS_URL: string;
  readonly OPINION_URL: string;
  readonly PREDICTFUN_URL: string;
  readonly CHAIN_RPC_URL: string;
  readonly CHAIN_CONFIRMATIONS: string;
  readonly ESCROW_CONTRACT: string;
  readonly RELAY_URL: string;
  readonly RELAY_DIAL: string;
  readonly RELAY_SIGNING_KEY: string;
  readonly RELAY_SEALING_KEY: string;
  readonly EXCHANGE_ENVIRONMENT: string;
  readonly L1_CHAIN_ID: string;
  readonly KEY_MODE: string;
  readonly SELF_SERVE_ISSUANCE: string;
  readonly BETA_CUTOFF: string;
  readonly PAPER_STARTING_BALANCE: string;

  /** Root from which the L2 secrets that this gateway issues are derived. */
  readonly L2_ROOT_SECRET: string;
  /** The gateway's own keys at data-only venues, secrets that a deployment may have: docs/data-venues.md. */
  readonly OPINION_API_KEY?: string;
  readonly PREDICTFUN_API_KEY?: string;
  /** Private Ed25519 JWK, as JSON, that signs requests to the relay: docs/exchange.md. */
  readonly RELAY_EDGE_KEY?: string;
}
