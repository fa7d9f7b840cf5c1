import type { ObjectEnv } from './bindings.ts';
import { counted, counterOf } from './hops.ts';
import type { AgentSession } from './agent-session/agent-session.ts';
import type { Directory } from './directory/directory.ts';
import type { ExchangeConnector } from './exchange-connector/exchange-connector.ts';
import type { KeyGate } from './key-gate/key-gate.ts';
import type { MarketFeed } from './market-feed/market-feed.ts';
import type { RateGate } from './rate-gate/rate-gate.ts';
import type { Relayer } from './relayer/relayer.ts';
import type { SocketHub } from './socket-hub/socket-hub.ts';
import type { Tenant } from './tenant/tenant.ts';
import type { TradingAccount } from './trading-account/trading-account.ts';

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
  counted(namespace.getByName(name), counterOf(env)) as Remote<T>;

/** The object of a key, named by the SHA-256 of the key. */
export const keyGate = (env: ObjectEnv, hash: string): Remote<KeyGate> => remote(env, env.KEY_GATE, hash);
/** The limiter of a scope, `ip:<address>` for example (docs/storage-schema.md). */
export const rateGate = (env: ObjectEnv, scope: string): Remote<RateGate> =>
  remote(env, env.RATE_GATE, scope);
export const tenantObject = (env: ObjectEnv, tenant: string): Remote<Tenant> =>
  remote(env, env.TENANT, tenant);
/** Who owns a name (`wallet:<address>`, `owner:<subject>`), or `global` for settings and the list of tenants. */
export const directory = (env: ObjectEnv, name: string): Remote<Directory> =>
  remote(env, env.DIRECTORY, name);
/** The feed of a market, named by its condition id. */
export const marketFeed = (env: ObjectEnv, condition: string): Remote<MarketFeed> =>
  remote(env, env.MARKET_FEED, condition);
/** A holder of client sockets: `hub:<number>`. */
export const socketHub = (env: ObjectEnv, name: string): Remote<SocketHub> =>
  remote(env, env.SOCKET_HUB, name);
export const accountObject = (env: ObjectEnv, account: string): Remote<TradingAccount> =>
  remote(env, env.TRADING_ACCOUNT, account);
/** The one sender for the relayer's key (docs/decisions/0014). */
export const relayerObject = (env: ObjectEnv): Remote<Relayer> => remote(env, env.RELAYER, 'relayer');
/** An agent's session, by its tenant and number. */
export const agentSession = (env: ObjectEnv, tenant: string, session: number): Remote<AgentSession> =>
  remote(env, env.AGENT_SESSION, `${tenant}/${session}`);
/** A tenant's desk at the exchange of this deployment. */
export const exchangeConnector = (env: ObjectEnv, tenant: string): Remote<ExchangeConnector> =>
  remote(env, env.EXCHANGE_CONNECTOR, `${tenant}/${env.EXCHANGE_ENVIRONMENT}`);

const DESK = 'desk:';
/** Name under which a desk's connector is a holder of client sockets. */
export const deskHolder = (tenant: string): string => `${DESK}${tenant}`;
export const isDeskHolder = (holder: string): boolean => holder.startsWith(DESK);
/** Who holds a client's socket: a hub, or a desk's connector. */
export const socketHolder = (env: ObjectEnv, holder: string): Pick<Remote<SocketHub>, 'held' | 'dismiss'> =>
  isDeskHolder(holder) ? exchangeConnector(env, holder.slice(DESK.length)) : socketHub(env, holder);
