import * as z from 'zod';
import { VaultRefusal } from '../../shared/vault/result.ts';
import type { SecretBinding } from '../vault-bindings.ts';
import type { Bytes } from '../../shared/vault/bytes.ts';

/** Root versions as an operation uses them. `current` is the highest: new credentials are sealed under it. */
export interface RootKeys {
  readonly current: number;
  readonly keys: ReadonlyMap<number, Bytes>;
}

/** More versions than anybody keeps: each rotation ends with the old one dropped. */
const MAX_VERSIONS = 32;
/** 32 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{43}=$/;

const schema = z
  .record(z.string().regex(/^[1-9]\d{0,8}$/), z.string().regex(KEY))
  .refine((keys) => Object.keys(keys).length >= 1 && Object.keys(keys).length <= MAX_VERSIONS)
  .refine((keys) => new Set(Object.values(keys)).size === Object.keys(keys).length);

/** What the operator reads; never what stands in the secret. */
const RULE =
  `VAULT_ROOT_KEYS must be JSON like {"1":"<base64 of 32 bytes>"}: 1 to ${MAX_VERSIONS} numbered versions, ` +
  'each with another key';

/** How long an object goes on with the keys it has read: the Secrets Store is a call away from each signature. */
const KEEP_MS = 30_000;

/** The root keys as one object reads them. */
export class RootKeyring {
  readonly #binding: SecretBinding | undefined;
  #held: { readonly until: number; readonly roots: RootKeys } | undefined;

  constructor(binding: SecretBinding | undefined) {
    this.#binding = binding;
  }

  /** The root keys, `fresh` ones where a version is at stake. Throws ROOT_KEYS_INVALID for the operator. */
  async read(fresh = false): Promise<RootKeys> {
    if (!fresh && this.#held && Date.now() < this.#held.until) return this.#held.roots;
    const roots = parseRootKeys(await this.#text());
    this.#held = { until: Date.now() + KEEP_MS, roots };
    return roots;
  }

  async #text(): Promise<string> {
    if (typeof this.#binding === 'string') return this.#binding;
    try {
      return (await this.#binding?.get()) ?? '';
    } catch {
      throw new VaultRefusal('ROOT_KEYS_INVALID', 'VAULT_ROOT_KEYS could not be read from the Secrets Store');
    }
  }
}

export function parseRootKeys(text: string): RootKeys {
  const result = schema.safeParse(asJson(text));
  if (!result.success) throw new VaultRefusal('ROOT_KEYS_INVALID', RULE);
  const keys = new Map(
    Object.entries(result.data).map(([version, key]) => [
      Number(version),
      Uint8Array.from(atob(key), (char) => char.charCodeAt(0)),
    ]),
  );
  return { current: Math.max(...keys.keys()), keys };
}

/** The key of a version. Throws ROOT_VERSION_MISSING: the record stays as it is until the version is back. */
export function rootKey(roots: RootKeys, version: number): Bytes {
  const key = roots.keys.get(version);
  if (!key) {
    const message = `root version ${version} is missing from VAULT_ROOT_KEYS: put it back, credentials need it`;
    throw new VaultRefusal('ROOT_VERSION_MISSING', message);
  }
  return key;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
