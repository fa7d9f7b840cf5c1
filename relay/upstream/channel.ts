import { Client, credentials, Metadata, type ChannelOptions, type ClientReadableStream } from '@grpc/grpc-js';
import type { StreamKind } from '../../shared/relay/frames.ts';
import type { RelayCredential } from '../../shared/relay/relay-credential.ts';
import type { Upstream } from '../config/presets.ts';
import { authHeaders } from './dialect.ts';
import { loadStreamMethods } from './protos.ts';

/** A message of the exchange as proto-loader decodes it. */
export type Message = Readonly<Record<string, unknown>>;
export type Call = ClientReadableStream<Message>;

/** The gRPC connection to the exchange, shared by all desks: it has no identity of its own, calls have. */
export interface Channel {
  open(kind: StreamKind, request: object, credential: RelayCredential): Call;
  close(): void;
}

/** A snapshot of many orders; more than a frame to the connector may hold is of no use. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** docs.polymarket.us/streaming-endpoints/streaming-best-practices: ping after 60 s, 20 s to answer. */
const options = (authority: string | undefined): ChannelOptions => ({
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  // Back-off is ours, stream by stream: the connection itself is tried anew each time.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.enable_retries': 0,
  'grpc.use_local_subchannel_pool': 1,
  ...(authority === undefined
    ? {}
    : {
        'grpc.default_authority': authority,
        'grpc.ssl_target_name_override': authority.split(':')[0] ?? '',
      }),
});

export function openChannel(upstream: Upstream, protoDir: string | undefined): Channel {
  const methods = loadStreamMethods(upstream.dialect, protoDir);
  const { grpc } = upstream;
  const isSecure = grpc.protocol === 'https:';
  const port = grpc.port === '' ? (isSecure ? '443' : '80') : grpc.port;
  const client = new Client(
    `${grpc.hostname}:${port}`,
    isSecure ? credentials.createSsl(upstream.ca) : credentials.createInsecure(),
    options(upstream.hostHeader?.grpc),
  );
  return {
    open: (kind, request, credential) => {
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(authHeaders(upstream.dialect, credential)))
        metadata.set(name, value);
      const { path, requestSerialize, responseDeserialize } = methods[kind];
      return client.makeServerStreamRequest(
        path,
        (value: object) => requestSerialize(value),
        // proto-loader's deserializers are declared for any message.
        (bytes: Buffer) => responseDeserialize(bytes) as Message,
        request,
        metadata,
      );
    },
    close: () => client.close(),
  };
}
