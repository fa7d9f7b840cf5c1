import * as z from 'zod';
import { tradingAccount } from '../../context/account.ts';
import { venueHeaders } from '../../http/request-headers.ts';
import { route, type AnyRoute } from '../../http/route.ts';
import { requestedVenue } from '../../context/venue.ts';
import { liveAccount } from '../../trading/live-account.ts';
import type { LiveCall } from '../../trading/live-session.ts';
import { V1_LIVE_VENUE, v1ValueOrThrow } from '../../trading/submit-live.ts';

/**
 * The interval that stands behind a heartbeat of Polymarket's clients, which name none: with our grace of a
 * quarter it lapses after 15 s, as theirs does (10 s and a buffer of 5 s).
 */
const POLYMARKET_INTERVAL_MS = 12_000;

const native = z.strictObject({ interval_ms: z.number().int().min(1_000).max(60_000) });
const polymarket = z.strictObject({ heartbeat_id: z.string().max(128).nullable() });

const heartbeat = (path: string): AnyRoute =>
  route({
    method: 'POST',
    path,
    summary: "Dead man's switch: unless sent again in time, all resting orders are cancelled",
    tag: 'clob',
    auth: { kind: 'key', permission: 'trade' },
    headers: venueHeaders,
    body: z.union([native, polymarket]),
    reply: {
      status: 200,
      schema: z.union([
        z.object({ interval_ms: z.number(), expires_at: z.string() }),
        z.object({ heartbeat_id: z.string() }),
      ]),
    },
    async handle(call) {
      const { body } = call;
      if ('interval_ms' in body) {
        const deadline = await beat(call, body.interval_ms);
        return { body: { interval_ms: body.interval_ms, expires_at: new Date(deadline).toISOString() } };
      }
      await beat(call, POLYMARKET_INTERVAL_MS);
      return { body: { heartbeat_id: body.heartbeat_id || crypto.randomUUID() } };
    },
  });

/**
 * Sets the switch of the venue that the request is for. On Polymarket it is ours too: the venue's own would fall with
 * the beats of whichever client sent them, and stop when this gateway is what they were sent to.
 */
async function beat(call: LiveCall, intervalMs: number): Promise<number> {
  if (requestedVenue(call) === 'paper') return (await tradingAccount(call)).stub.heartbeat(intervalMs);
  const { stub, access } = await liveAccount(call, V1_LIVE_VENUE);
  return v1ValueOrThrow(await stub.liveHeartbeat(access, intervalMs));
}

/** Polymarket's clients put `/v1/heartbeats` behind the host, and our host ends in `/v1` already. */
export const heartbeatRoutes: readonly AnyRoute[] = [
  heartbeat('/v1/heartbeats'),
  heartbeat('/v1/v1/heartbeats'),
];
