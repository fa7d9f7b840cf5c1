import { setTimeout as sleep } from 'node:timers/promises';
import {
  Server,
  status as grpcStatus,
  type Metadata,
  type sendUnaryData,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { takeFault, type Fault, type FaultTable } from '../../lib/http/faults.ts';
import { countRequest, type Statistics } from '../../lib/http/statistics.ts';
import type { Credentials, Dialect } from '../commands/caller.ts';
import { commands, runCommand } from '../commands/table.ts';
import { ExchangeError, statusCode, statusOfHttp } from '../exchange-error.ts';
import type { Venue } from '../state.ts';
import { dropCopy } from './drop-copy.ts';
import { fromMessage, toMessage } from './encode.ts';
import { marketData } from './market-data.ts';
import type { StreamCall } from './open-stream.ts';
import { orderStream } from './order-stream.ts';
import { positionStream } from './position-stream.ts';
import { loadServices } from './protos.ts';

/** What the gRPC server needs of the emulator. Faults name a call `GRPC /<service>/<method>`. */
export interface ServedCalls {
  readonly venue: Venue;
  readonly faults: FaultTable;
  readonly statistics: Statistics;
  /** Cuts the connection that a call came by. */
  cut(peer: string): void;
}

type StreamHandler = (venue: Venue, call: StreamCall, credentials: Credentials) => void;

const streams: Readonly<Record<string, StreamHandler>> = {
  'MarketDataSubscriptionAPI/CreateMarketDataSubscription': marketData,
  'OrderEntryAPI/CreateOrderSubscription': orderStream,
  'PositionAPI/CreatePositionSubscription': positionStream,
  'DropCopyAPI/CreateDropCopySubscription': dropCopy,
};

const PACKAGES: Readonly<Record<string, Dialect>> = {
  'connamara.ep3.v1beta1': 'v1beta1',
  'polymarket.v1': 'v1',
};

export function createGrpcServer(calls: ServedCalls): Server {
  const server = new Server();
  for (const [name, definition] of loadServices()) {
    const dot = name.lastIndexOf('.');
    const dialect = PACKAGES[name.slice(0, dot)];
    if (dialect === undefined) continue;
    const service = name.slice(dot + 1);
    const handlers: UntypedServiceImplementation = {};
    for (const method of Object.keys(definition)) {
      const handler = handlerOf(calls, dialect, `${service}/${method}`);
      if (handler !== undefined) handlers[method] = handler;
    }
    server.addService(definition, handlers);
  }
  return server;
}

function handlerOf(
  calls: ServedCalls,
  dialect: Dialect,
  name: string,
): UntypedServiceImplementation[string] | undefined {
  const stream = streams[name];
  if (stream !== undefined) {
    return (call: StreamCall) => {
      serveStream(calls, dialect, name, stream, call).catch((error: unknown) =>
        call.emit('error', refusal(error)),
      );
    };
  }
  const command = commands.find(({ grpc }) => grpc === name);
  if (command === undefined) return undefined;
  const run = (credentials: Credentials, request: object): object =>
    toMessage(runCommand(calls.venue, command, credentials, fromMessage(request))) as object;
  return (call: ServerUnaryCall<object, object>, callback: sendUnaryData<object>) => {
    void answer(callback, () => serveUnary(calls, dialect, name, run, call));
  };
}

/** Without a reply, the call is left as it is. */
async function answer(
  callback: sendUnaryData<object>,
  serve: () => Promise<object | undefined>,
): Promise<void> {
  try {
    const reply = await serve();
    if (reply !== undefined) callback(null, reply);
  } catch (error) {
    callback(refusal(error));
  }
}

/** @returns undefined for a call that is never answered. */
async function serveUnary(
  calls: ServedCalls,
  dialect: Dialect,
  name: string,
  run: (credentials: Credentials, request: object) => object,
  call: ServerUnaryCall<object, object>,
): Promise<object | undefined> {
  const fault = await meet(calls, name, call.getPeer());
  if (fault === 'cut') return undefined;
  const takesEffect =
    fault === undefined || fault.kind === 'delay' || fault.after_processing || fault.kind === 'drop_after';
  const reply = takesEffect ? run(credentialsOf(dialect, call.metadata), call.request) : undefined;
  if (fault?.after_processing === true && fault.delay_ms > 0) await sleep(fault.delay_ms);
  if (fault?.kind === 'drop_after') {
    calls.cut(call.getPeer());
    return undefined;
  }
  if (fault?.kind === 'hang') return undefined;
  refuse(fault);
  return reply;
}

async function serveStream(
  calls: ServedCalls,
  dialect: Dialect,
  name: string,
  open: StreamHandler,
  call: StreamCall,
): Promise<void> {
  const fault = await meet(calls, name, call.getPeer());
  if (fault === 'cut' || fault?.kind === 'hang') return;
  refuse(fault);
  open(calls.venue, call, credentialsOf(dialect, call.metadata));
  if (fault?.kind === 'drop_after') calls.cut(call.getPeer());
}

/** Counts a call and lets the first part of its fault happen. */
async function meet(calls: ServedCalls, name: string, peer: string): Promise<Fault | 'cut' | undefined> {
  countRequest(calls.statistics, `GRPC /${name}`);
  const fault = takeFault(calls.faults, 'GRPC', `/${name}`);
  if (fault?.kind === 'drop_before') {
    calls.cut(peer);
    return 'cut';
  }
  if (fault !== undefined && !fault.after_processing && fault.delay_ms > 0) await sleep(fault.delay_ms);
  return fault;
}

/** @throws for faults that are a refusal; HTTP statuses stand for the codes that the gateway maps to them. */
function refuse(fault: Fault | undefined): void {
  if (fault?.kind === 'status') {
    const status = statusOfHttp(fault.status);
    throw new ExchangeError(status, typeof fault.body === 'string' ? fault.body : `emulated ${status}`);
  }
  if (fault?.kind === 'malformed') throw new ExchangeError('INTERNAL', 'emulated malformed reply');
}

function credentialsOf(dialect: Dialect, metadata: Metadata): Credentials {
  const first = (key: string): string | undefined => metadata.get(key)[0]?.toString();
  return { dialect, authorization: first('authorization'), participantId: first('x-participant-id') };
}

function refusal(error: unknown): { readonly code: number; readonly details: string } {
  if (error instanceof ExchangeError) return { code: statusCode(error.status), details: error.message };
  // A bug of the emulator must be seen by whoever runs it.
  process.stderr.write(`exchange emulator: ${String(error instanceof Error ? error.stack : error)}\n`);
  return { code: grpcStatus.INTERNAL, details: 'internal error' };
}
