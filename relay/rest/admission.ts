import { RELAY_AUDIENCE, verifyRequest } from '../../shared/relay/request-token.ts';
import { REST_PREFIX, SEALED_PREFIX, SESSION_PATH } from '../../shared/relay/routes.ts';
import type { Caller, RelayKeys } from '../config/keys.ts';

export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** As the header has it, `Bearer …`. */
  readonly authorization: string | undefined;
}

export type Admission =
  | { readonly ok: true; readonly caller: Caller; readonly desk: string; readonly id: string }
  | { readonly ok: false; readonly reason: Refusal };
export type Refusal = 'NO_TOKEN' | 'BAD_TOKEN' | 'OTHER_REQUEST' | 'REPLAYED' | 'NOT_ALLOWED' | 'OVERLOADED';

/** A token is good for 60 s and 5 s of clocks that differ, on either side. */
const REMEMBER_MS = 75_000;
/** A thousand requests a second for as long as they are remembered. */
const MAX_REMEMBERED = 100_000;

/** Who may ask what: each token once. */
export class Admissions {
  readonly #keys: RelayKeys;
  readonly #now: () => number;
  /** Ids of the tokens that were used, and until when they matter; oldest first. */
  readonly #used = new Map<string, number>();

  constructor(keys: RelayKeys, now: () => number) {
    this.#keys = keys;
    this.#now = now;
  }

  async admit({ authorization, ...request }: Arrival): Promise<Admission> {
    const token = /^Bearer (\S{1,4096})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { ok: false, reason: 'NO_TOKEN' };
    let reason: Refusal = 'BAD_TOKEN';
    for (const { caller, key } of this.#keys.callers) {
      const verified = await verifyRequest(token, key, RELAY_AUDIENCE, request, this.#now());
      if (!verified.ok) {
        // The signature was right, so no other key's will be.
        if (verified.reason === 'OTHER_REQUEST') reason = verified.reason;
        continue;
      }
      if (!mayAsk(caller, request.path)) return { ok: false, reason: 'NOT_ALLOWED' };
      const { desk, id } = verified;
      const once = this.#use(id);
      return once === undefined ? { ok: true, caller, desk, id } : { ok: false, reason: once };
    }
    return { ok: false, reason };
  }

  /** @returns why not. */
  #use(id: string): Refusal | undefined {
    const now = this.#now();
    for (const [old, until] of this.#used) {
      if (until > now) break;
      this.#used.delete(old);
    }
    if (this.#used.has(id)) return 'REPLAYED';
    if (this.#used.size >= MAX_REMEMBERED) return 'OVERLOADED';
    this.#used.set(id, now + REMEMBER_MS);
    return undefined;
  }
}

/** The vault's key opens no session and trades nothing. */
function mayAsk(caller: Caller, path: string): boolean {
  switch (caller) {
    case 'gateway':
      return (
        path === SESSION_PATH || [REST_PREFIX, SEALED_PREFIX].some((prefix) => path.startsWith(`${prefix}/`))
      );
    case 'vault':
      return [REST_PREFIX, SEALED_PREFIX].some((prefix) => path.startsWith(`${prefix}/auth/`));
    default:
      return caller satisfies never;
  }
}
