import type { ObjectEnv } from '../bindings.ts';
import { countedStub, subrequestCounterOf } from './subrequest-counter.ts';
import type { AgentSessionApi } from '../agent-session/api.ts';
import type { DirectoryApi } from '../directory/api.ts';
import type { ExchangeConnectorApi } from '../exchange-connector/api.ts';
import type { KeyGateApi } from '../key-gate/api.ts';
import type { MarketFeedApi } from '../market-feed/api.ts';
import type { RateGateApi } from '../rate-gate/api.ts';
import type { RelayerApi } from '../relayer/api.ts';
import type { SocketHubApi } from '../socket-hub/api.ts';
import type { TenantApi } from '../tenant/api.ts';
import type { TradingAccountApi } from '../trading-account/api.ts';

/**
 * An object as its callers see it: each method, answering later. The generated stub types cannot say this:
 * they turn branded amounts and `unknown` details into `never`. What crosses is structured-cloneable all the
 * same (plain data and bigints), so the one cast below holds for every class that keeps to that.
 */
export type Remote<T> = {
  readonly [
    Name in keyof T as T[Name] extends (...args: never[]) => unknown ? Name : never
  ]: T[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

const remote = <T>(env: ObjectEnv, namespace: { getByName(name: string): object }, name: string): Remote<T> =>
  countedStub(namespace.getByName(name), subrequestCounterOf(env)) as Remote<T>;

/** The object of a key, named by the SHA-256 of the key. */
export const keyGate = (env: ObjectEnv, hash: string): Remote<KeyGateApi> => remote(env, env.KEY_GATE, hash);
/** The limiter of a scope, `ip:<address>` for example (docs/storage-schema.md). */
export const rateGate = (env: ObjectEnv, scope: string): Remote<RateGateApi> =>
  remote(env, env.RATE_GATE, scope);
export const tenantObject = (env: ObjectEnv, tenant: string): Remote<TenantApi> =>
  remote(env, env.TENANT, tenant);
/** Who owns a name (`wallet:<address>`, `owner:<subject>`), or `global` for settings and the list of tenants. */
export const directory = (env: ObjectEnv, name: string): Remote<DirectoryApi> =>
  remote(env, env.DIRECTORY, name);
/** The feed of a market, named by its condition id. */
export const marketFeed = (env: ObjectEnv, condition: string): Remote<MarketFeedApi> =>
  remote(env, env.MARKET_FEED, condition);
/** A holder of client sockets: `hub:<number>`. */
export const socketHub = (env: ObjectEnv, name: string): Remote<SocketHubApi> =>
  remote(env, env.SOCKET_HUB, name);
export const accountObject = (env: ObjectEnv, account: string): Remote<TradingAccountApi> =>
  remote(env, env.TRADING_ACCOUNT, account);
/** The one sender for the relayer's key (docs/decisions/0014). */
export const relayerObject = (env: ObjectEnv): Remote<RelayerApi> => remote(env, env.RELAYER, 'relayer');
/** An agent's session, by its tenant and number. */
export const agentSession = (env: ObjectEnv, tenant: string, session: number): Remote<AgentSessionApi> =>
  remote(env, env.AGENT_SESSION, `${tenant}/${session}`);
/** A tenant's desk at the exchange of this deployment. */
export const exchangeConnector = (env: ObjectEnv, tenant: string): Remote<ExchangeConnectorApi> =>
  remote(env, env.EXCHANGE_CONNECTOR, `${tenant}/${env.EXCHANGE_ENVIRONMENT}`);

const DESK = 'desk:';
/** Name under which a desk's connector is a holder of client sockets. */
export const deskHolder = (tenant: string): string => `${DESK}${tenant}`;
export const isDeskHolder = (holder: string): boolean => holder.startsWith(DESK);
/** Who holds a client's socket: a hub, or a desk's connector. */
export const socketHolder = (
  env: ObjectEnv,
  holder: string,
): Pick<Remote<SocketHubApi>, 'held' | 'dismiss'> =>
  isDeskHolder(holder) ? exchangeConnector(env, holder.slice(DESK.length)) : socketHub(env, holder);
