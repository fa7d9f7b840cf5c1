import { failure } from '../../errors/failure.ts';
import type { ReadResult } from './read.ts';
import { VENUE_TIMEOUT_MS } from './venue-fetch.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { fetchReply, type HttpReply } from './fetch-reply.ts';
import { pauseBeforeRetry, READ_RETRIES } from './retry-pause.ts';

/**
 * How a venue tells the time: a route that answers with Unix seconds, or the Date header of any answer. Its path is
 * also what is asked to see whether the venue is there at all.
 */
export interface Probe {
  readonly path: string;
  readonly time: 'seconds' | 'date';
}

export interface EndpointOptions {
  readonly baseUrl: string;
  readonly probe: Probe;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

/** The venue's clock is read again after this long. */
const CLOCK_TTL_MS = 60_000;
/** Closer than this the own clock is used (contract: venues, "Rules for every adapter"). */
const CLOCK_TOLERANCE_MS = 2_000;
/**
 * An answer this recent shows that the venue can be reached. Short against an outage, long enough that the reads
 * which every order needs (markets are kept 5 s) make the probe rare.
 */
const CONTACT_MS = 5_000;

/**
 * What one isolate knows about one base URL of a venue. Values only, no promises, because they must not cross
 * requests; keep a line in module scope (`lineTo`).
 */
export class VenueEndpoint {
  readonly baseUrl: string;
  readonly circuit: CircuitBreaker;
  readonly #probe: Probe;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  #heardAt = Number.NEGATIVE_INFINITY;
  #clock = { offsetMs: 0, readAt: Number.NEGATIVE_INFINITY };

  constructor({ baseUrl, probe, timeoutMs = VENUE_TIMEOUT_MS, now = Date.now }: EndpointOptions) {
    this.baseUrl = baseUrl;
    this.circuit = new CircuitBreaker(now);
    this.#probe = probe;
    this.#timeoutMs = timeoutMs;
    this.#now = now;
  }

  /** Unix ms by the venue's clock when ours is more than 2 s off, else by ours. */
  async venueTime(): Promise<number> {
    if (this.#now() - this.#clock.readAt > CLOCK_TTL_MS) await this.reachable(true);
    const { offsetMs } = this.#clock;
    return this.#now() + (Math.abs(offsetMs) > CLOCK_TOLERANCE_MS ? offsetMs : 0);
  }

  /**
   * Whether the venue answered just now, or does when asked. A command waits for this: the runtime's `fetch` reports a
   * refused connection and one that broke after the request was read in the same words, so only a venue that is
   * found silent before the command starts can be said to have been sent nothing.
   */
  async reachable(anew = false): Promise<boolean> {
    if (!anew && this.#now() - this.#heardAt <= CONTACT_MS) return true;
    if (this.circuit.closedIn > 0) return false;
    const answer = await this.request(`${this.baseUrl}${this.#probe.path}`, {});
    if (answer === undefined || answer.status >= 500) return false;
    if (this.#probe.time === 'seconds') this.#setClock(Number(answer.text) * 1000 + 500);
    return true;
  }

  /**
   * One read with retries: status and parsed body of any answer below 500 except 429; VENUE_UNAVAILABLE when the venue
   * is silent, fails, makes no sense or its circuit is open.
   */
  async read(path: string, init: RequestInit = {}): Promise<ReadResult> {
    for (let attempt = 0; ; attempt += 1) {
      const { closedIn } = this.circuit;
      if (closedIn > 0) return failure('VENUE_UNAVAILABLE', { retryAfter: closedIn });
      const answer = await this.request(`${this.baseUrl}${path}`, init);
      if (answer && answer.status < 500 && answer.status !== 429) return parse(answer);
      if (attempt === READ_RETRIES) return failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
      await pauseBeforeRetry(attempt, answer?.retryAfter ?? null);
    }
  }

  /**
   * One HTTP exchange, counted by the circuit. Undefined when it broke or took too long, wherever that was. `isAnswer`:
   * whether a 5xx is the venue's own word, which shows that it works.
   */
  async request(
    url: string,
    init: RequestInit,
    isAnswer: (reply: HttpReply) => boolean = () => false,
  ): Promise<HttpReply | undefined> {
    try {
      const answer = await fetchReply(url, init, this.#timeoutMs);
      this.#heard(answer, isAnswer);
      return answer;
    } catch {
      this.#lost();
      return undefined;
    }
  }

  #heard(answer: HttpReply, isAnswer: (reply: HttpReply) => boolean): void {
    if (answer.status >= 500 && !isAnswer(answer)) {
      this.#lost();
      return;
    }
    this.#heardAt = this.#now();
    const date = Date.parse(answer.date ?? '');
    if (this.#probe.time === 'date' && Number.isFinite(date)) this.#setClock(date + 500);
  }

  #lost(): void {
    this.#heardAt = Number.NEGATIVE_INFINITY;
    this.circuit.failed();
  }

  /** Whole seconds come in; half a second is added to them, so the error is half a second and the way. */
  #setClock(venueMs: number): void {
    if (!Number.isFinite(venueMs)) return;
    this.#clock = { offsetMs: venueMs - this.#now(), readAt: this.#now() };
  }
}

function parse({ status, text }: HttpReply): ReadResult {
  try {
    // Some answers say all they have to say by their status.
    return { ok: true, status, body: text === '' ? null : JSON.parse(text) };
  } catch {
    // A block of the network's edge is a page.
    return status === 403
      ? { ok: true, status, body: undefined }
      : failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
  }
}

/** Base URLs come from settings: a few per isolate. */
const endpoints = new Map<string, VenueEndpoint>();

/** The isolate's line to a base URL. */
export function endpointFor(baseUrl: string, probe: Probe): VenueEndpoint {
  const known = endpoints.get(baseUrl);
  if (known) return known;
  const line = new VenueEndpoint({ baseUrl, probe });
  endpoints.set(baseUrl, line);
  return line;
}
