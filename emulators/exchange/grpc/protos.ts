import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';

/** The same files that the relay loads. */
const PROTO_DIR = fileURLToPath(new URL('../../../relay/proto', import.meta.url));

type AnyMethod = MethodDefinition<object, object>;

/** Services by full name, such as `connamara.ep3.v1beta1.OrderEntryAPI`. */
export function loadServices(directory: string = PROTO_DIR): ReadonlyMap<string, ServiceDefinition> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const definition = loadSync(
    files.filter((file) => file.endsWith('.proto')),
    { includeDirs: [directory], keepCase: true, longs: String, enums: String, oneofs: true },
  );
  const services = Object.entries(definition).filter(([name]) => name.endsWith('API'));
  // Definitions of messages carry a `format`; what is left are services.
  return new Map(services.map(([name, service]) => [name, service as ServiceDefinition]));
}

export type { AnyMethod, ServiceDefinition };
