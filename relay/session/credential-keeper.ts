import type { RelayCredential } from '../../shared/relay/relay-credential.ts';

export interface CredentialHost {
  now(): number;
  open(sealed: string): Promise<RelayCredential | undefined>;
  want(): void;
  renewed(): void;
}

/** Asked for so long before the old one ends: the vault may have to log in again. */
const RENEW_BEFORE_MS = 30_000;
/** Of a short life, this part. */
const RENEW_BEFORE_SHARE = 0.25;
/** Whoever asked and got nothing asks again. */
const RETRY_MS = 15_000;
/** `setTimeout` takes no longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The desk's access token: opened, checked, and asked for in time. */
export class CredentialKeeper {
  readonly #desk: string;
  readonly #host: CredentialHost;
  #credential: RelayCredential | undefined;
  #isRefused = false;
  /** Twenty streams that are refused at once are one question. */
  #isAsked = false;
  #timer: NodeJS.Timeout | undefined;
  /** A later one wins, even if an earlier one takes longer to open. */
  #taken = 0;

  constructor(desk: string, host: CredentialHost) {
    this.#desk = desk;
    this.#host = host;
  }

  /** Undefined when there is none that the exchange may take. */
  current(): RelayCredential | undefined {
    const isGood = !this.#isRefused && (this.#credential?.expires_at ?? 0) > this.#host.now();
    if (!isGood) this.request();
    return isGood ? this.#credential : undefined;
  }

  async take(sealed: string): Promise<void> {
    this.#taken += 1;
    const turn = this.#taken;
    this.#isAsked = false;
    const credential = await this.#host.open(sealed);
    if (turn !== this.#taken) return;
    // Sealed for another desk, or not for this relay: as good as none.
    if (credential?.desk !== this.#desk) {
      this.request();
      return;
    }
    this.#credential = credential;
    this.#isRefused = false;
    clearTimeout(this.#timer);
    const life = credential.expires_at - this.#host.now();
    const wait = life - Math.min(RENEW_BEFORE_MS, life * RENEW_BEFORE_SHARE);
    if (life <= 0) {
      this.request();
      return;
    }
    this.#timer = setTimeout(() => this.#want(), Math.min(wait, MAX_TIMER_MS));
    this.#host.renewed();
  }

  /** The exchange would not have this one. */
  refused(credential: RelayCredential): void {
    if (credential === this.#credential) {
      this.#isRefused = true;
      this.#want();
    } else if (this.current() !== undefined) {
      // A newer one came while the exchange still looked at the old one.
      this.#host.renewed();
    }
  }

  /** A new connection: what was asked over the old one may not have arrived. */
  requestAgain(): void {
    this.#isAsked = false;
    this.request();
  }

  /** Asks for one when there is none. */
  request(): void {
    const isGood = !this.#isRefused && (this.#credential?.expires_at ?? 0) > this.#host.now();
    if (!isGood) this.#want();
  }

  close(): void {
    // One that is still being opened comes too late.
    this.#taken += 1;
    clearTimeout(this.#timer);
  }

  #want(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isAsked = false;
      this.#want();
    }, RETRY_MS);
    this.#host.want();
  }
}
