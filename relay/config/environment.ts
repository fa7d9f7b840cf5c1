import { existsSync, readFileSync } from 'node:fs';
import type * as z from 'zod';
import { presetOf, type Upstream } from './presets.ts';
import { environment } from './environment-variables.ts';

export interface RelayConfig {
  readonly upstream: Upstream;
  /** Folder of `.proto` files instead of our own subset. */
  readonly protoDir: string | undefined;
  /** JWK set (public) of who may ask, JWKs (private) of the relay itself: JSON text. */
  readonly edgeKeys: string;
  readonly signingKey: string;
  readonly sealingKey: string;
  readonly host: string;
  readonly port: number;
  readonly opsHost: string;
  readonly opsPort: number;
  readonly dial: { readonly url: URL; readonly desks: readonly string[] } | undefined;
  readonly limits: Limits;
  /** How long requests and streams may take to end when the relay drains, ms. */
  readonly drainMs: number;
}

export interface Limits {
  /** Of one stream's replay window. */
  readonly windowItems: number;
  readonly windowBytes: number;
  /** Of all windows together. */
  readonly memoryBytes: number;
  /** What one socket may have unsent before the session waits. */
  readonly socketBytes: number;
  /** How long streams are kept for a session that is away, ms. */
  readonly graceMs: number;
  /** Without any message for so long, a stream of the exchange is opened again, ms. */
  readonly silenceMs: number;
}

/** @throws Error that names every variable that is wrong or missing, never its value. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): RelayConfig {
  const parsed = environment.safeParse(withFiles(variables));
  if (!parsed.success) throw new Error(explain(parsed.error));
  const env = parsed.data;
  if ((env.RELAY_DIAL_URL === undefined) !== (env.RELAY_DESKS.length === 0))
    throw new Error('RELAY_DIAL_URL and RELAY_DESKS belong together: set both or none');
  return {
    upstream: presetOf(env),
    protoDir: env.RELAY_PROTO_DIR,
    edgeKeys: env.RELAY_EDGE_KEYS,
    signingKey: env.RELAY_SIGNING_KEY,
    sealingKey: env.RELAY_SEALING_KEY,
    host: env.RELAY_HOST,
    port: env.RELAY_PORT,
    opsHost: env.RELAY_OPS_HOST,
    opsPort: env.RELAY_OPS_PORT,
    dial: env.RELAY_DIAL_URL && { url: env.RELAY_DIAL_URL, desks: env.RELAY_DESKS },
    limits: {
      windowItems: env.RELAY_WINDOW_ITEMS,
      windowBytes: env.RELAY_WINDOW_KB * 1024,
      memoryBytes: env.RELAY_MEMORY_MB * 1024 * 1024,
      socketBytes: env.RELAY_SOCKET_KB * 1024,
      graceMs: env.RELAY_GRACE_S * 1000,
      silenceMs: env.RELAY_SILENCE_S * 1000,
    },
    drainMs: env.RELAY_DRAIN_S * 1000,
  };
}

const FILE_SUFFIX = '_FILE';
const SECRETS = ['RELAY_EDGE_KEYS', 'RELAY_SIGNING_KEY', 'RELAY_SEALING_KEY'] as const;

/** `<NAME>_FILE` names a file that holds the value, as container secrets are mounted. Empty is absent. */
function withFiles(
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const given = Object.entries(variables).filter(([, value]) => value !== undefined && value !== '');
  const values: Record<string, string | undefined> = Object.fromEntries(given);
  for (const name of SECRETS) {
    const file = values[`${name}${FILE_SUFFIX}`];
    if (file === undefined) continue;
    if (!existsSync(file)) throw new Error(`${name}${FILE_SUFFIX}: there is no such file`);
    values[name] = readFileSync(file, 'utf8');
  }
  return values;
}

/** Zod's own messages may quote what was given. */
function explain(error: z.ZodError): string {
  return error.issues
    .map(({ path, code, message }) => {
      const name = String(path[0]);
      const isMissing = code === 'invalid_type';
      return isMissing ? `${name} is missing` : `${name}: ${message}`;
    })
    .join('\n');
}
