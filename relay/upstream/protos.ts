import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { StreamKind } from '../../shared/relay/frames.ts';
import { packageOf, type Dialect } from './dialect.ts';

const OWN_PROTOS = fileURLToPath(new URL('../proto', import.meta.url));

const methods: Readonly<Record<StreamKind, readonly [service: string, method: string]>> = {
  market_data: ['MarketDataSubscriptionAPI', 'CreateMarketDataSubscription'],
  orders: ['OrderEntryAPI', 'CreateOrderSubscription'],
  positions: ['PositionAPI', 'CreatePositionSubscription'],
  drop_copy: ['DropCopyAPI', 'CreateDropCopySubscription'],
};

export type StreamMethod = ServiceDefinition[string];

/**
 * The four subscriptions, as the `.proto` files of a folder have them.
 * @throws Error that names what the folder lacks.
 */
export function loadStreamMethods(
  dialect: Dialect,
  folder: string = OWN_PROTOS,
): Readonly<Record<StreamKind, StreamMethod>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const definition = loadSync(
    files.filter((file) => file.endsWith('.proto')),
    // Bytes as base64, which is how JSON has them.
    { includeDirs: [folder], keepCase: true, longs: String, enums: String, bytes: String, oneofs: true },
  );
  const find = (kind: StreamKind): StreamMethod => {
    const [service, method] = methods[kind];
    const name = `${packageOf[dialect]}.${service}`;
    // What is no message and no enum in a definition is a service.
    const found = (definition[name] as ServiceDefinition | undefined)?.[method];
    if (found === undefined) throw new Error(`the .proto files have no ${name}/${method}`);
    return found;
  };
  return {
    market_data: find('market_data'),
    orders: find('orders'),
    positions: find('positions'),
    drop_copy: find('drop_copy'),
  };
}
