import { openCredential, type RelayCredential } from '../../shared/relay/relay-credential.ts';
import type { RelayKeys } from '../config/keys.ts';

/** As many desks as one relay has sessions for; each has one credential at a time. */
const KEPT = 200;

/**
 * Opens sealed credentials, each once: a desk's calls carry the same one until its token is renewed, and opening it takes
 * as long as all else that the relay does for a call. What is kept are tokens that the streams hold in memory anyway.
 */
export class OpenedCredentials {
  readonly #key: RelayKeys['sealing'];
  readonly #now: () => number;
  /** By their sealed form, the oldest first. */
  readonly #opened = new Map<string, RelayCredential>();

  constructor(key: RelayKeys['sealing'], now: () => number) {
    this.#key = key;
    this.#now = now;
  }

  /** Undefined for what is not sealed to this relay. */
  async open(sealed: string): Promise<RelayCredential | undefined> {
    const known = this.#opened.get(sealed);
    if (known !== undefined) return known;
    const opened = await openCredential(this.#key, sealed);
    if (opened === undefined) return undefined;
    this.#forgetExpired();
    const [oldest] = this.#opened.keys();
    if (oldest !== undefined && this.#opened.size >= KEPT) this.#opened.delete(oldest);
    this.#opened.set(sealed, opened);
    return opened;
  }

  #forgetExpired(): void {
    const now = this.#now();
    for (const [sealed, { expires_at: until }] of this.#opened) if (until <= now) this.#opened.delete(sealed);
  }
}
