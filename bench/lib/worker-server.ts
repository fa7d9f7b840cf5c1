import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { startChild, type Child } from '../../scripts/lib/child.ts';
import { inProject } from '../../scripts/lib/paths.ts';
import { workerdBinary } from '../../scripts/lib/workerd-binary.ts';
import type { Cleanup } from './cleanup.ts';

/** One Worker of the bench's own under workerd. */
export interface WorkerSpec {
  /** File in bench/workers, without its ending. */
  readonly name: string;
  readonly vars: Readonly<Record<string, string>>;
  /** Binding → class of each Durable Object. */
  readonly objects: Readonly<Record<string, string>>;
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
    logLevel: 'silent',
  });
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

function config(folder: string, { vars, objects }: WorkerSpec): string {
  const text = (value: string): string => JSON.stringify(value);
  const bindings = [
    ...Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    ...Object.entries(objects).map(
      ([name, type]) => `(name = ${text(name)}, durableObjectNamespace = ${text(type)})`,
    ),
  ];
  const namespaces = Object.values(objects).map(
    (type) => `(className = ${text(type)}, uniqueKey = ${text(`bench-${type}`)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "objects", disk = (path = ${text(join(folder, 'objects'))}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = "2026-11-01",
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "objects"),
);
`;
}
