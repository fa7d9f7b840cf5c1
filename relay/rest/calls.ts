import { signReply } from '../../shared/relay/reply-token.ts';
import { MAX_FRAME } from '../../shared/relay/frames.ts';
import { REST_PREFIX, SEALED_PREFIX, type RelayOutcome } from '../../shared/relay/routes.ts';
import { openCall, type OpenedCall } from '../../shared/relay/sealed-call.ts';
import type { RelayKeys } from '../config/keys.ts';
import type { Upstream } from '../config/presets.ts';
import type { Log } from '../metrics/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { authHeaders } from '../upstream/dialect.ts';
import type { Admission, Admissions, Refusal } from './admission.ts';
import type { AskExchange } from './exchange-request.ts';
import { OpenedCredentials } from './opened-credentials.ts';
import { translate } from './translate.ts';

/** A `POST` of `/rest` or `/sealed`, by HTTP or as a frame. */
export interface CallRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly credential: string | undefined;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The desk of the session that it came by; its token must name the same. */
  readonly desk?: string;
}

export interface CallReply {
  readonly status: number;
  readonly outcome: RelayOutcome;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly token: string;
  readonly body: string;
}

type Unsigned = Omit<CallReply, 'token'>;

export interface CallsOptions {
  readonly upstream: Upstream;
  readonly keys: RelayKeys;
  readonly admissions: Admissions;
  readonly ask: AskExchange;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => number;
  readonly isDraining: () => boolean;
}

/** gRPC's codes, as bodies of errors have them. */
const CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 404: 5, 501: 12, 503: 14, 504: 4 };

/** Answers calls: who asks, with which credential, what the exchange says, signed. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #credentials: OpenedCredentials;
  #underWay = 0;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#credentials = new OpenedCredentials(options.keys.sealing, options.now);
  }

  get underWay(): number {
    return this.#underWay;
  }

  async answer(request: CallRequest): Promise<CallReply> {
    this.#underWay += 1;
    const started = performance.now();
    const { admissions, keys, metrics, log, now } = this.#options;
    try {
      const { path, body, authorization } = request;
      const admission = await admissions.admit({ method: 'POST', path, body, authorization });
      const judged = await this.#judge(request, admission);
      const reply = request.desk === undefined || fitsFrame(judged) ? judged : tooLong;
      const [desk, requestId] = admission.ok ? [admission.desk, admission.id] : [NO_DESK, ''];
      const { status, outcome } = reply;
      const bytes = new TextEncoder().encode(reply.body);
      const token = await signReply(keys.signing, { requestId, desk, status, outcome, body: bytes }, now());
      const ms = Math.round(performance.now() - started);
      metrics.count('calls_total', { outcome, status: `${Math.floor(status / 100)}xx` });
      // A path of a stranger could be anything.
      log('info', 'call', { desk, path: admission.ok ? path : undefined, status, outcome, ms });
      return { ...reply, token };
    } finally {
      this.#underWay -= 1;
    }
  }

  /** The reply to one more than may be under way. */
  async overloaded(): Promise<CallReply> {
    const reply = notSent(503, 'too many calls are under way', '1');
    const body = new TextEncoder().encode(reply.body);
    const signed = { requestId: '', desk: NO_DESK, status: reply.status, outcome: reply.outcome, body };
    return { ...reply, token: await signReply(this.#options.keys.signing, signed, this.#options.now()) };
  }

  async #judge(request: CallRequest, admission: Admission): Promise<Unsigned> {
    if (!admission.ok) return refusal(admission.reason);
    if (request.desk !== undefined && request.desk !== admission.desk) return refusal('NOT_ALLOWED');
    if (this.#options.isDraining()) return notSent(503, 'the relay drains', '1');
    const text = new TextDecoder().decode(request.body);
    const isSealed = request.path.startsWith(`${SEALED_PREFIX}/`);
    const path = request.path.slice((isSealed ? SEALED_PREFIX : REST_PREFIX).length);
    const opened = isSealed ? await openCall(this.#options.keys.sealing, path, text) : plainCall(text);
    if (opened === undefined) return notSent(400, 'not sealed to this relay and path');
    return this.#send(path, opened, request.credential, admission.desk);
  }

  async #send(path: string, call: OpenedCall, sealed: string | undefined, desk: string): Promise<Unsigned> {
    const { upstream, ask } = this.#options;
    const credential = sealed === undefined ? undefined : await this.#credentials.open(sealed);
    if (sealed !== undefined && credential?.desk !== desk)
      return notSent(400, 'the credential is not sealed to this relay and desk');
    const translated = translate(upstream, path, call.body);
    if ('refused' in translated) return notSent(translated.refused, translated.message);
    const reply = await ask({
      ...translated.request,
      headers: {
        'content-type': translated.contentType,
        accept: 'application/json',
        ...(credential && authHeaders(upstream.dialect, credential)),
      },
    });
    switch (reply.outcome) {
      case 'not-sent':
        return notSent(503, reply.reason, '1');
      case 'unknown':
        return { ...notSent(504, reply.reason), outcome: 'unknown' };
      case 'answered': {
        const isGood = reply.status >= 200 && reply.status < 300;
        const { refusal: asRefusal = String } = translated;
        const told = isGood ? translated.reply(reply.body) : asRefusal(reply.body, reply.status);
        const body = await call.sealReply(told);
        return { ...reply, body };
      }
      default:
        return reply satisfies never;
    }
  }
}

/** Desk of a reply to nobody that we know. */
const NO_DESK = '-';

/** What a reply's frame has beside its body: the token. */
const AROUND = 8192;
const fitsFrame = ({ body }: Unsigned): boolean =>
  // Each character is six at most; most bodies are shorter by far.
  body.length * 6 < MAX_FRAME - AROUND || JSON.stringify(body).length < MAX_FRAME - AROUND;

const plainCall = (body: string): OpenedCall => ({ body, sealReply: (answer) => Promise.resolve(answer) });

function refusal(reason: Refusal): Unsigned {
  if (reason === 'OVERLOADED') return notSent(503, 'too many requests within a minute', '1');
  return notSent(401, `the request is not signed as it must be: ${reason}`);
}

function notSent(status: number, message: string, retryAfter?: string): Unsigned {
  const body = JSON.stringify({ code: CODES[status] ?? 2, message, details: [] });
  return { status, outcome: 'not-sent', contentType: 'application/json', retryAfter, body };
}

/** Answered, and it cannot be told: ask for less. */
const tooLong: Unsigned = { ...notSent(504, 'the answer is too long for a frame'), outcome: 'unknown' };
