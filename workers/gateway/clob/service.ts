import * as z from 'zod';
import { now } from '../../../shared/clock.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { sourceAnswers } from './market-data.ts';

/** The order schema that `/v1` takes and Polymarket's clients ask for: 2 is the present one. */
const ORDER_VERSION = 2;

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
  summary: 'Order schema version',
  tag: 'service',
  auth: { kind: 'open' },
  reply: { status: 200, schema: z.object({ version: z.number() }) },
  handle: () => ({ body: { version: ORDER_VERSION } }),
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
