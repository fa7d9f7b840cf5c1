import { posix } from 'node:path';

/**
 * The layers of the house, as a rule of oxlint: what the files of a folder may import. docs/architecture.md draws them.
 * Tests are free: they reach into what they test and start emulators.
 */
interface Layer {
  /** Regular expressions of paths from the top of the project. The first layer whose `from` matches a file holds. */
  readonly from: string;
  readonly to: string;
}

/** The part of a syntax node that names what is imported. */
interface ImportNode {
  readonly source?: { readonly value?: unknown } | null;
}
interface RuleContext {
  readonly cwd: string;
  readonly filename: string;
  report(problem: { readonly node: unknown; readonly message: string }): void;
}

const objects =
  'agent-session|credential-vault|directory|exchange-connector|key-gate|market-feed|rate-gate|relayer|socket-hub|tenant|trading-account|vault-registry';
const surfaces = 'account|admin|agents|clob|institutional|keys|order-router|partner|trader|ws';

/** A room of the gateway, and the lower rooms that it may import. */
const gateway = (room: string, below: readonly string[]): Layer => ({
  from: `workers/gateway/(?:${room})/`,
  to: `workers/gateway/(?:${[room, ...below].join('|')})/|workers/gateway/env\\.ts$|durable-objects/|shared/`,
});

const lower = ['http', 'auth', 'credentials', 'context', 'trading', 'tenants', 'sockets'];

export const layers: readonly Layer[] = [
  { from: 'shared/', to: 'shared/' },
  { from: 'relay/', to: 'relay/|shared/' },
  { from: 'sdk/', to: 'sdk/' },
  { from: 'durable-objects/', to: 'durable-objects/|shared/' },
  gateway('http', []),
  gateway('auth', ['http', 'tenants']),
  gateway('credentials', ['http', 'auth']),
  gateway('context', ['http', 'auth', 'credentials']),
  gateway('trading', ['http', 'auth', 'credentials', 'context']),
  gateway('tenants|sockets', ['http', 'auth', 'context']),
  gateway('pipeline', ['http', 'auth', 'context']),
  ...surfaces.split('|').map((surface) => gateway(surface, lower)),
  { from: 'workers/', to: 'workers/|durable-objects/|shared/' },
];

/** Insides of an object: all but its contract are for its own files and for the Worker that exports its class. */
const inside = new RegExp(`^durable-objects/(${objects})/(?!api\\.ts$)`);
const exportsClasses = /^workers\/(?:gateway|vault)\/index\.ts$/;

const compiled = layers.map(({ from, to }) => ({
  from: new RegExp(`^(?:${from})`),
  to: new RegExp(`^(?:${to})`),
}));

/** Why `from` must not import `to`, both paths from the top of the project; undefined when it may. */
export function refusal(from: string, to: string): string | undefined {
  if (/\.test\.ts$|\/test\//.test(from)) return undefined;
  const layer = compiled.find((one) => one.from.test(from));
  if (layer && !layer.to.test(to))
    return `${posix.dirname(from)}/ must not import ${to}: see scripts/check/layers.ts.`;
  const [, object] = inside.exec(to) ?? [];
  if (object && !from.startsWith(`durable-objects/${object}/`) && layer && !exportsClasses.test(from))
    return `${to} is an inside of ${object}: import its api.ts, or move what both need to shared/.`;
  return undefined;
}

const rule = {
  create(context: RuleContext) {
    const top = `${context.cwd}/`;
    const from = context.filename.startsWith(top) ? context.filename.slice(top.length) : context.filename;
    const check = (node: ImportNode): void => {
      const source = node.source?.value;
      if (typeof source !== 'string' || !source.startsWith('.')) return;
      const message = refusal(from, posix.join(posix.dirname(from), source));
      if (message) context.report({ node: node.source, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

export default { meta: { name: 'layers' }, rules: { direction: rule } };
