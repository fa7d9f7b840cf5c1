import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleFolder } from '../../scripts/build/build-workers.ts';
import { startChild, type Child } from '../../scripts/launch/child.ts';
import { inProject } from '../../scripts/lib/paths.ts';
import { workerdBinary } from '../../scripts/launch/workerd-binary.ts';
import type { Cleanup } from '../lib/cleanup.ts';

/** One Worker of the bench's own under workerd. */
export interface WorkerSpec {
  /** File in bench/workers, without its ending. */
  readonly name: string;
  readonly vars: Readonly<Record<string, string>>;
  /** Binding → class of each Durable Object. */
  readonly objects: Readonly<Record<string, string>>;
  /** Serves the vault's own bundle beside it, bound as `VAULT` as the gateway has it: its variables. */
  readonly vault?: Readonly<Record<string, string>>;
}

export interface WorkerServer {
  readonly port: number;
  readonly pid: number;
  readonly child: Child;
}

/** Bundles a Worker of the bench and serves it as the gateway is served: same binary, date and storage. */
export async function serveWorker(home: string, spec: WorkerSpec, cleanup: Cleanup): Promise<WorkerServer> {
  const folder = join(home, spec.name);
  mkdirSync(join(folder, 'objects'), { recursive: true });
  await build({
    entryPoints: [inProject(`bench/workers/${spec.name}.ts`)],
    outfile: join(folder, 'index.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'esnext',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    // As production has it (wrangler.toml).
    define: { INSTRUMENTED: 'false' },
    logLevel: 'silent',
  });
  if (spec.vault) copyFileSync(`${bundleFolder('vault')}/index.js`, join(folder, 'vault.js'));
  const configFile = join(folder, 'workerd.capnp');
  writeFileSync(configFile, config(folder, spec));
  const { child, ready } = await startChild({
    name: spec.name,
    command: workerdBinary,
    args: ['serve', configFile, '--control-fd=3'],
    env: {},
    logFile: join(home, `${spec.name}.log`),
    ready: { fd: 3, read: (line) => (line.includes('"listen"') ? line : undefined) },
    readyTimeoutMs: 15_000,
  });
  cleanup.add(() => child.stop());
  // workerd's own control message.
  const { port } = JSON.parse(ready) as { readonly port: number };
  return { port, pid: child.pid, child };
}

/** Binding → class, as workers/vault/wrangler.toml has them. */
const VAULT_OBJECTS = { CREDENTIAL_VAULT: 'CredentialVault', VAULT_REGISTRY: 'VaultRegistry' };
const VAULT_SERVICE = '(name = "VAULT", service = (name = "vault", entrypoint = "VaultService"))';

function config(folder: string, { vars, objects, vault }: WorkerSpec): string {
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    ${vault ? '(name = "vault", worker = .vault),' : ''}
    (name = "objects", disk = (path = ${text(join(folder, 'objects'))}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

${workerText('main', 'index.js', vars, objects, vault ? [VAULT_SERVICE] : [])}
${vault ? workerText('vault', 'vault.js', vault, VAULT_OBJECTS) : ''}`;
}

function workerText(
  name: string,
  module: string,
  vars: WorkerSpec['vars'],
  objects: WorkerSpec['objects'],
  services: readonly string[] = [],
): string {
  const bindings = [
    ...Object.entries(vars).map(([key, value]) => `(name = ${text(key)}, text = ${text(value)})`),
    ...Object.entries(objects).map(
      ([key, type]) => `(name = ${text(key)}, durableObjectNamespace = ${text(type)})`,
    ),
    ...services,
  ];
  const namespaces = Object.values(objects).map(
    (type) => `(className = ${text(type)}, uniqueKey = ${text(`bench-${type}`)}, enableSql = true)`,
  );
  return `const ${name} :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed ${text(module)})],
  compatibilityDate = "2026-11-01",
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "objects"),
);
`;
}

/** Cap'n Proto text has JSON's string escapes. */
const text = (value: string): string => JSON.stringify(value);
