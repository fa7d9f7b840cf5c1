import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { FromConnector } from '../shared/relay/frames.ts';
import { MAX_CALLS, PING_MS } from '../shared/relay/frames.ts';
import { openCredential } from '../shared/relay/relay-credential.ts';
import type { RelayConfig } from './config/environment.ts';
import { importKeys } from './config/keys.ts';
import { gaugesOf } from './metrics/gauges.ts';
import { writeLog, type Log } from './metrics/log.ts';
import { Metrics } from './metrics/metrics.ts';
import { createOpsServer } from './metrics/ops-server.ts';
import { Admissions } from './rest/admission.ts';
import { Calls } from './rest/calls.ts';
import { createAsker } from './rest/exchange-request.ts';
import { createCallServer } from './rest/http-server.ts';
import { startDialling } from './session/dial-in.ts';
import { acceptConnectors } from './session/accept-connectors.ts';
import { Sessions } from './session/sessions.ts';
import type { Wire } from './session/wire.ts';
import { createBudget } from './streams/memory-budget.ts';
import { backoffMs } from './upstream/backoff.ts';
import { openChannel } from './upstream/channel.ts';

/** What tests set and operators have no need to. */
export interface Tuning {
  readonly now?: () => number;
  readonly backoff?: (failures: number) => number;
  readonly pingMs?: number;
  readonly quietMs?: number;
  readonly restTimeoutMs?: number;
  readonly log?: Log;
}

export interface Relay {
  /** Where the gateway comes to. */
  readonly url: string;
  /** `/health` and `/metrics`. */
  readonly opsUrl: string;
  readonly epoch: string;
  /** Takes nothing new, tells connectors to go, lets calls finish within the bound; settles when all is closed. */
  drain(): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

/** docs of the gateway: 10 s for each call to a venue. */
const REST_TIMEOUT_MS = 10_000;
/** A refusal of the exchange takes a round trip. */
const QUIET_MS = 1000;
const DRAIN_POLL_MS = 20;

/** @throws Error when the configuration is wrong, the messages cannot be loaded, or a port is taken. */
export async function startRelay(config: RelayConfig, tuning: Tuning = {}): Promise<Relay> {
  const { now = Date.now, backoff = backoffMs, log = writeLog } = tuning;
  const { upstream, limits } = config;
  const keys = await importKeys(config);
  const channel = openChannel(upstream, config.protoDir);
  const budget = createBudget(limits.memoryBytes);
  const metrics = new Metrics();
  const epoch = randomUUID();
  const admissions = new Admissions(keys, now);
  const asker = createAsker(upstream, tuning.restTimeoutMs ?? REST_TIMEOUT_MS);
  let draining = false;
  const isDraining = (): boolean => draining;
  const calls = new Calls({ upstream, keys, admissions, ask: asker.ask, metrics, log, now, isDraining });
  const sessions = new Sessions({
    host: {
      channel,
      limits,
      budget,
      epoch,
      backoff,
      quietMs: tuning.quietMs ?? QUIET_MS,
      now,
      openCredential: (sealed) => openCredential(keys.sealing, sealed),
    },
    pingMs: tuning.pingMs ?? PING_MS,
    log,
    call: (wire, desk, frame) => void answerFrame(calls, wire, desk, frame),
  });
  const server = createCallServer(calls);
  acceptConnectors(server, { sessions, admissions, isDraining });
  const ops = createOpsServer({
    health: () => ({ ok: !draining, draining, sessions: sessions.all.length, connected: sessions.wires }),
    metrics: () => metrics.text(gaugesOf(sessions, budget, calls)),
  });
  const url = await listen(server, config.port, config.host);
  const opsUrl = await listen(ops, config.opsPort, config.opsHost);
  const dialling =
    config.dial && startDialling({ ...config.dial, key: keys.signing, sessions, backoff, log, now });
  const close = async (): Promise<void> => {
    draining = true;
    dialling?.stop();
    sessions.close();
    channel.close();
    asker.close();
    await Promise.all([shut(server), shut(ops)]);
  };
  const drain = async (): Promise<void> => {
    if (!draining) log('info', 'draining', { underWay: calls.underWay, connected: sessions.wires });
    draining = true;
    dialling?.stop();
    sessions.drain(false);
    const until = performance.now() + config.drainMs;
    const settled = async (isLeft: () => boolean): Promise<void> => {
      while (isLeft() && performance.now() < until)
        await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    };
    await settled(() => calls.underWay > 0);
    sessions.drain(true);
    await settled(() => sessions.wires > 0);
    await close();
  };
  return { url, opsUrl, epoch, drain, close };
}

const calling = new WeakMap<Wire, number>();

/** A call that came as a frame, answered as one. */
async function answerFrame(
  calls: Calls,
  wire: Wire,
  desk: string,
  frame: Extract<FromConnector, { type: 'call' }>,
): Promise<void> {
  const { id, path, token, credential, body } = frame;
  const underWay = calling.get(wire) ?? 0;
  calling.set(wire, underWay + 1);
  const bytes = new TextEncoder().encode(body);
  const authorization = `Bearer ${token}`;
  const reply =
    underWay >= MAX_CALLS
      ? await calls.overloaded()
      : await calls.answer({ path, authorization, credential, body: bytes, desk });
  calling.set(wire, (calling.get(wire) ?? 1) - 1);
  const seconds = Number(reply.retryAfter);
  wire.say({
    type: 'reply',
    id,
    status: reply.status,
    outcome: reply.outcome,
    ...(Number.isInteger(seconds) && seconds >= 0 && { retry_after: seconds }),
    token: reply.token,
    body: reply.body,
  });
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { port: open } = server.address() as AddressInfo; // of a TCP server that listens
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${open}`);
    });
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
