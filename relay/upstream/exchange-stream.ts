import { status, type ServiceError } from '@grpc/grpc-js';
import type { StreamKind } from '../../shared/relay/frames.ts';
import type { RelayCredential } from '../../shared/relay/relay-credential.ts';
import type { Call, Channel, Message } from './channel.ts';

/** What a stream of the exchange needs of the desk that it belongs to. */
export interface StreamHost {
  readonly channel: Channel;
  readonly silenceMs: number;
  /** A drop copy that has nothing to tell sends nothing at all: so long without a refusal, it counts as open. */
  readonly quietMs: number;
  /** ms before the attempt after so many failures. */
  readonly backoff: (failures: number) => number;
  credential(): RelayCredential | undefined;
  /** The exchange refused the token. */
  refuseCredential(credential: RelayCredential): void;
}

export interface StreamListener {
  /** The request to open with: asked anew at each attempt. */
  request(): object;
  message(message: Message): void;
  /** The exchange answered. */
  live(): void;
  /** It broke or could not be opened; it will be tried again. */
  down(reason: string): void;
  /** The exchange will not have it, however often it is tried. The stream has ended. */
  refused(code: number, message: string): void;
}

const UNAUTHENTICATED: number = status.UNAUTHENTICATED;

/** Codes that the same request would meet again. */
const FINAL: ReadonlySet<number> = new Set([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
]);

/**
 * One server stream of the exchange, kept open until `close`: opened again after a break or 180 s of silence, with
 * back-off, and at once with a new credential; without a good credential it waits for one.
 */
export class ExchangeStream {
  readonly kind: StreamKind;
  readonly #host: StreamHost;
  readonly #listener: StreamListener;
  #call: Call | undefined;
  #failures = 0;
  #isLive = false;
  #isPaused = false;
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #quiet: NodeJS.Timeout | undefined;

  constructor(kind: StreamKind, host: StreamHost, listener: StreamListener) {
    this.kind = kind;
    this.#host = host;
    this.#listener = listener;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** Opens it; also drops the call that there is, for a fresh one. */
  start(): void {
    this.#drop();
    if (this.#isClosed) return;
    const credential = this.#host.credential();
    if (credential === undefined) {
      this.#listener.down('waiting for a credential');
      return;
    }
    const call = this.#opened(credential);
    if (call === undefined) return;
    this.#call = call;
    call.on('data', (message: Message) => {
      if (this.#call === call) this.#receive(message);
    });
    call.on('metadata', () => {
      if (this.#call === call) this.#answered();
    });
    call.on('error', (error: ServiceError) => {
      if (this.#call === call) this.#broke(error.code, error.details, credential);
    });
    call.on('end', () => {
      if (this.#call === call) this.#broke(status.OK, 'the exchange ended the stream');
    });
    if (this.#isPaused) call.pause();
    const silent = (): void => {
      // Paused by us, it is we who do not listen.
      if (this.#isPaused) this.#silence?.refresh();
      else this.#broke(status.DEADLINE_EXCEEDED, `no message for ${this.#host.silenceMs / 1000} s`);
    };
    this.#silence = setTimeout(silent, this.#host.silenceMs);
    if (this.kind === 'drop_copy') this.#quiet = setTimeout(() => this.#answered(), this.#host.quietMs);
  }

  /** Undefined, and told as down, where the channel is closed already: the relay is ending, and nobody tries again. */
  #opened(credential: RelayCredential): Call | undefined {
    try {
      return this.#host.channel.open(this.kind, this.#listener.request(), credential);
    } catch (error) {
      this.#isClosed = true;
      this.#listener.down(String(error).slice(0, 200));
      return undefined;
    }
  }

  /** A new credential is here: whoever waits need not wait any longer. */
  renew(): void {
    if (this.#call !== undefined) return;
    this.#failures = 0;
    this.start();
  }

  /** Leaves what comes with the exchange, by flow control, until `resume`. */
  pause(): void {
    this.#isPaused = true;
    this.#call?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#silence?.refresh();
    this.#call?.resume();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #receive(message: Message): void {
    this.#silence?.refresh();
    this.#answered();
    this.#listener.message(message);
  }

  #answered(): void {
    clearTimeout(this.#quiet);
    if (this.#isLive) return;
    this.#isLive = true;
    this.#failures = 0;
    this.#listener.live();
  }

  #broke(code: number, details: string, refused?: RelayCredential): void {
    this.#drop();
    if (FINAL.has(code)) {
      this.#isClosed = true;
      this.#listener.refused(code, details);
      return;
    }
    if (code === UNAUTHENTICATED && refused !== undefined) {
      this.#listener.down('the exchange refused the token');
      this.#host.refuseCredential(refused);
      return;
    }
    this.#failures += 1;
    this.#retry = setTimeout(() => this.start(), this.#host.backoff(this.#failures));
    this.#listener.down(`${status[code] ?? code}: ${details}`);
  }

  #drop(): void {
    for (const timer of [this.#retry, this.#silence, this.#quiet]) clearTimeout(timer);
    this.#isLive = false;
    const call = this.#call;
    this.#call = undefined;
    call?.cancel();
  }
}
