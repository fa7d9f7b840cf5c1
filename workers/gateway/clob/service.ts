import * as z from 'zod';
import { countSubrequest } from '../../../durable-objects/rpc/subrequest-counter.ts';
import { now } from '../../../shared/clock.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { ValueCache } from '../../../shared/value-cache.ts';
import { fetchReply } from '../../../shared/venues/http/fetch-reply.ts';
import type { Env } from '../env.ts';
import { sourceAnswers } from './market-data/market-data.ts';

/** The order schema to sign while the venue does not say: 2 is the present one. Paper takes both. */
const ORDER_VERSION = 2;

/** The venue changes it once in years; nobody need wait for it more often than this. */
const versions = new ValueCache<number>(1, 10_000);
/** A client that is about to sign waits this long at most. */
const VERSION_TIMEOUT_MS = 2_000;
const versionReply = z.object({ version: z.union([z.literal(1), z.literal(2)]) });

async function orderVersion(env: Env): Promise<number> {
  const url = env.POLYMARKET_CLOB_URL;
  const known = versions.get(url);
  if (known !== undefined) return known;
  countSubrequest(env);
  let version = ORDER_VERSION;
  try {
    const { text } = await fetchReply(`${url}/version`, {}, VERSION_TIMEOUT_MS);
    version = versionReply.parse(JSON.parse(text)).version;
  } catch {
    // A silent venue is not asked again by each request that comes meanwhile.
  }
  versions.set(url, version);
  return version;
}

const ok = (path: string): AnyRoute =>
  route({
    method: 'GET',
    path,
    summary: 'Whether the gateway answers',
    tag: 'service',
    auth: { kind: 'open' },
    reply: { status: 200, schema: z.literal('OK') },
    handle: () => ({ body: 'OK' }),
  });

const time = route({
  method: 'GET',
  path: '/v1/time',
  summary: 'Unix seconds, as a bare number',
  tag: 'service',
  auth: { kind: 'open' },
  reply: { status: 200, schema: z.number() },
  handle: () => ({ body: Math.floor(now() / 1000) }),
});

const version = route({
  method: 'GET',
  path: '/v1/version',
  summary: 'Order schema version, as the venue has it',
  tag: 'service',
  auth: { kind: 'open' },
  reply: { status: 200, schema: z.object({ version: z.number() }) },
  async handle({ env }) {
    return { body: { version: await orderVersion(env) } };
  },
});

const health = route({
  method: 'GET',
  path: '/v1/health',
  summary: 'Liveness',
  tag: 'service',
  auth: { kind: 'open' },
  reply: { status: 200, schema: z.object({ status: z.literal('ok') }) },
  handle: () => ({ body: { status: 'ok' } }),
});

const ready = route({
  method: 'GET',
  path: '/v1/health/ready',
  summary: 'Readiness: the vault and the market-data source answer',
  tag: 'service',
  auth: { kind: 'public' },
  reply: {
    status: 200,
    schema: z.object({ status: z.enum(['ready', 'degraded']), checks: z.record(z.string(), z.boolean()) }),
  },
  async handle({ env }) {
    const [vault, marketData] = await Promise.all([vaultAnswers(env), sourceAnswers(env)]);
    const good = vault && marketData;
    return {
      status: good ? 200 : 503,
      body: { status: good ? 'ready' : 'degraded', checks: { vault, market_data: marketData } },
    };
  },
});

async function vaultAnswers(env: Parameters<typeof sourceAnswers>[0]): Promise<boolean> {
  try {
    return (await env.VAULT.status()).ok;
  } catch {
    return false;
  }
}

export const serviceRoutes: readonly AnyRoute[] = [ok('/v1/'), ok('/v1/ok'), time, version, health, ready];
