import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ClientReadableStream,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { parentPort, workerData } from 'node:worker_threads';
import { inProject } from '../../scripts/lib/paths.ts';
import type { ReceivedBooks } from './book-reader.ts';

/** A plain grpc-js client of the exchange, in a thread: what a desk inside the VPC would write itself. */
export interface ConsumerSpec {
  /** `127.0.0.1:port`. */
  readonly grpc: string;
  readonly token: string;
  readonly symbols: readonly string[];
}

interface Message {
  readonly update?: { readonly transact_time: { readonly seconds: string; readonly nanos: number } };
}

if (parentPort) {
  const port = parentPort;
  // Given by exchange.ts.
  const { grpc, token, symbols } = workerData as ConsumerSpec;
  const definition = loadSync('connamara/ep3/v1beta1/market_data.proto', {
    includeDirs: [inProject('relay/proto')],
    keepCase: true,
    longs: String,
    enums: String,
    oneofs: true,
  });
  const name = 'connamara.ep3.v1beta1.MarketDataSubscriptionAPI';
  const Client = name
    .split('.')
    // A package is an object of packages and, at its leaves, constructors of clients.
    .reduce<unknown>(
      (node, part) => (node as Record<string, unknown>)[part],
      loadPackageDefinition(definition),
    ) as ServiceClientConstructor;
  const client = new Client(grpc, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  // grpc-js makes its methods from the definition.
  const { CreateMarketDataSubscription: subscribe } = client as unknown as Record<
    string,
    (request: object, metadata: Metadata) => ClientReadableStream<Message>
  >;
  if (!subscribe) throw new Error('the .proto files have no such method');
  let delays: number[] = [];
  let isReady = false;
  subscribe.call(client, { symbols }, metadata).on('data', ({ update }: Message) => {
    if (!update) return;
    const { seconds, nanos } = update.transact_time;
    delays.push(Date.now() - (Number(seconds) * 1000 + nanos / 1e6));
    if (!isReady) port.postMessage({ ready: true });
    isReady = true;
  });
  port.on('message', () => {
    const heard: ReceivedBooks = { delays: delays.toSorted((a, b) => a - b) };
    delays = [];
    port.postMessage(heard);
  });
}
