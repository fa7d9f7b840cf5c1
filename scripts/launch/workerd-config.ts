import { relative } from 'node:path';
import { unstable_readConfig } from 'wrangler';
import { bundleFolder, type Build } from '../build/build-workers.ts';
import { inProject } from '../lib/paths.ts';

/** What differs between the edge and this machine. */
export interface LocalWorkers {
  /** Folder of the configuration file: embedded paths are relative to it. */
  readonly folder: string;
  /** Folder where Durable Objects keep their databases. */
  readonly objects: string;
  readonly port: number;
  readonly build: Build;
  /** Values instead of those in wrangler.toml's `[vars]`. */
  readonly vars: Readonly<Record<string, string>>;
  /** The same for the vault's own. */
  readonly vaultVars: Readonly<Record<string, string>>;
  /** Secrets of the gateway's that not every deployment has: workerd reads them from its environment, too. */
  readonly extraSecrets?: readonly string[];
}

/** The part of a wrangler configuration that concerns workerd. */
interface WranglerConfig {
  readonly compatibility_date?: string | undefined;
  readonly compatibility_flags?: readonly string[] | undefined;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly secrets?: { readonly required?: readonly string[] | undefined } | undefined;
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
}

/** workerd's listening socket, as `--control-fd` names it. */
export const SOCKET = 'http';

/**
 * The Cap'n Proto configuration under which workerd serves both Workers, derived from the wrangler files that
 * deploy them. Secrets are not in it: workerd reads them from its environment.
 */
export function workerdConfig(local: LocalWorkers): string {
  const gateway: WranglerConfig = unstable_readConfig({ config: inProject('wrangler.toml') });
  const vault: WranglerConfig = unstable_readConfig({ config: inProject('workers/vault/wrangler.toml') });
  const service = '(name = "VAULT", service = (name = "vault", entrypoint = "VaultService"))';
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "gateway", worker = .gateway),
    (name = "vault", worker = .vault),
    (name = "objects", disk = (path = ${quote(local.objects)}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = ${quote(SOCKET)}, address = "127.0.0.1:${local.port}", http = (), service = "gateway")],
);

${workerText('gateway', gateway, local, [...bindingsOf(gateway, local.vars, local.extraSecrets), service])}
${workerText('vault', vault, local, bindingsOf(vault, local.vaultVars))}`;
}

/** One Worker as workerd knows it: its own bindings and namespaces, and nothing of the other's. */
function workerText(
  name: 'gateway' | 'vault',
  config: WranglerConfig,
  local: LocalWorkers,
  bindings: readonly string[],
): string {
  const namespaces = config.durable_objects.bindings.map(
    ({ class_name }) =>
      `(className = ${quote(class_name)}, uniqueKey = ${quote(`postern-${class_name}`)}, enableSql = true)`,
  );
  return `const ${name} :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed ${quote(embedded(local, name))})],
  compatibilityDate = ${quote(config.compatibility_date ?? '')},
  compatibilityFlags = [${(config.compatibility_flags ?? []).map(quote).join(', ')}],
  bindings = [
    ${bindings.join(',\n    ')},
  ],
  durableObjectNamespaces = [
    ${namespaces.join(',\n    ')},
  ],
  durableObjectStorage = (localDisk = "objects"),
);
`;
}

/** Variables, secrets (which workerd reads from its environment) and Durable Objects. */
function bindingsOf(
  config: WranglerConfig,
  vars: Readonly<Record<string, string>>,
  extraSecrets: readonly string[] = [],
): readonly string[] {
  const texts = { ...asTexts(config.vars), ...vars };
  return [
    ...Object.entries(texts).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`),
    ...[...(config.secrets?.required ?? []), ...extraSecrets].map(
      (name) => `(name = ${quote(name)}, fromEnvironment = ${quote(name)})`,
    ),
    ...config.durable_objects.bindings.map(
      ({ name, class_name }) => `(name = ${quote(name)}, durableObjectNamespace = ${quote(class_name)})`,
    ),
  ];
}

/** Cap'n Proto text has JSON's string escapes. */
const quote = (text: string): string => JSON.stringify(text);

const embedded = (local: LocalWorkers, worker: 'gateway' | 'vault'): string =>
  relative(local.folder, `${bundleFolder(worker, local.build)}/index.js`);

const asTexts = (vars: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, String(value)]));
