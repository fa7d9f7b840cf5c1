import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';

/** The same files that the relay loads. */
const PROTO_DIR = fileURLToPath(new URL('../../../relay/proto', import.meta.url));

/** Parsing takes a tenth of a second: once for all emulators of a process. */
let loaded: ReadonlyMap<string, ServiceDefinition> | undefined;

/** Services by full name, such as `connamara.ep3.v1beta1.OrderEntryAPI`. */
export function loadServices(): ReadonlyMap<string, ServiceDefinition> {
  loaded ??= load(PROTO_DIR);
  return loaded;
}

function load(directory: string): ReadonlyMap<string, ServiceDefinition> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const definition = loadSync(
    files.filter((file) => file.endsWith('.proto')),
    { includeDirs: [directory], keepCase: true, longs: String, enums: String, oneofs: true },
  );
  const services = Object.entries(definition).filter(([name]) => name.endsWith('API'));
  // Definitions of messages carry a `format`; what is left are services.
  return new Map(services.map(([name, service]) => [name, service as ServiceDefinition]));
}
