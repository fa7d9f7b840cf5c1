import { readFileSync } from 'node:fs';
import type { Dialect } from '../upstream/dialect.ts';
import type { Environment } from './environment-variables.ts';

/** Where the exchange is, and what it is called there. */
export interface Upstream {
  readonly dialect: Dialect;
  readonly rest: URL;
  readonly grpc: URL;
  /**
   * Sent as `Host`, gRPC authority and TLS server name, when it differs from the name that is connected to: behind a
   * PrivateLink endpoint the load balancer and its certificate go by the public name.
   */
  readonly hostHeader: { readonly rest: string; readonly grpc: string } | undefined;
  /** v1 only: where a client assertion becomes a token, and for which audience. */
  readonly token: { readonly url: URL; readonly audience: string };
  /** PEM of the only root to trust, instead of the system's. */
  readonly ca: Buffer | undefined;
}

interface Names {
  readonly rest: string;
  readonly grpc: string;
  readonly tokenUrl: string;
}

/** contracts of docs.polymarketexchange.com ("Connectivity") and docs.polymarket.us ("gRPC Overview", "Authentication"). */
function publicNames(dialect: Dialect, environment: 'preprod' | 'prod'): Names {
  const domain = `${environment}.polymarketexchange.com`;
  const tokenUrl = `https://pmx-${environment}.us.auth0.com/oauth/token`;
  return dialect === 'v1'
    ? { rest: `api.${domain}`, grpc: `grpc-api.${domain}`, tokenUrl }
    : { rest: `rest.${domain}`, grpc: `rest.${domain}`, tokenUrl };
}

/** @throws Error when neither an environment nor the URLs are given. */
export function presetOf(env: Environment): Upstream {
  const { RELAY_DIALECT: dialect, RELAY_ENVIRONMENT: environment, RELAY_CONNECT: connect } = env;
  const ca = env.RELAY_CA_FILE === undefined ? undefined : readFileSync(env.RELAY_CA_FILE);
  if (environment === undefined) {
    const { RELAY_REST_URL: rest, RELAY_GRPC_URL: grpc, RELAY_HOST_HEADER: host } = env;
    if (rest === undefined || grpc === undefined)
      throw new Error('Set RELAY_ENVIRONMENT (preprod or prod), or both RELAY_REST_URL and RELAY_GRPC_URL');
    return {
      dialect,
      rest,
      grpc,
      hostHeader: host === undefined ? undefined : { rest: host, grpc: host },
      token: tokenOf(env, new URL('/oauth/token', rest), rest.origin),
      ca,
    };
  }
  const names = publicNames(dialect, environment);
  const link = `traderapi.us-east-1.privatelink.${environment}.polymarketexchange.com`;
  const isPublic = connect === 'cname';
  const hostHeader = connect === 'privatelink-host' ? { rest: names.rest, grpc: names.grpc } : undefined;
  return {
    dialect,
    rest: env.RELAY_REST_URL ?? new URL(`https://${isPublic ? names.rest : link}`),
    grpc: env.RELAY_GRPC_URL ?? new URL(`https://${isPublic ? names.grpc : link}`),
    hostHeader:
      env.RELAY_HOST_HEADER === undefined
        ? hostHeader
        : { rest: env.RELAY_HOST_HEADER, grpc: env.RELAY_HOST_HEADER },
    token: tokenOf(env, new URL(names.tokenUrl), `https://${names.rest}`),
    ca,
  };
}

const tokenOf = (env: Environment, url: URL, audience: string): Upstream['token'] => ({
  url: env.RELAY_TOKEN_URL ?? url,
  audience: env.RELAY_TOKEN_AUDIENCE ?? audience,
});
