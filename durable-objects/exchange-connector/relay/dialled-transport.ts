import { MAX_CALLS, type FromConnector, type FromRelay } from '../../../shared/relay/frames.ts';
import type { ObjectEnv } from '../../bindings.ts';
import { DialledLine } from './dialled-line.ts';
import { relayKeys } from '../../relay-access/relay-keys.ts';
import { verifiedReply, CALL_MS, signFor } from './relay-replies.ts';
import { lostReply, notSentReply, type RelayCall, type RelayTransport } from './relay-transport.ts';
import type { RelayReply } from '../../../shared/relay/relay-reply.ts';

type Reply = Extract<FromRelay, { type: 'reply' }>;

/** What a frame takes (`shared/relay/frames.ts`): as much as the gateway takes of a request. */
const MAX_BODY_CHARS = 256 * 1024;
const encoder = new TextEncoder();

/** The relay that dialled in: calls are frames on the socket of its session (decision 28). */
export class DialledTransport implements RelayTransport {
  readonly line: DialledLine;
  readonly #env: ObjectEnv;
  /** `<tenant>/<environment>`. */
  readonly #desk: string;
  /** Calls under way, and whom their replies go to; undefined when the connection was lost, or took too long. */
  readonly #calls = new Map<number, (reply: Reply | undefined) => void>();
  /** A late reply to another life of this object meets no call of this one. */
  #lastId = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

  constructor(ctx: DurableObjectState, env: ObjectEnv, desk: string) {
    this.#env = env;
    this.#desk = desk;
    this.line = new DialledLine(ctx);
  }

  async call({ path, body, credential }: RelayCall): Promise<RelayReply> {
    if (body.length > MAX_BODY_CHARS) return { ...notSentReply('the request is too long'), status: 413 };
    const keys = await relayKeys(this.#env);
    const bytes = Uint8Array.from(encoder.encode(body));
    const token = await signFor(keys, this.#desk, { method: 'POST', path, body: bytes });
    if (!this.line.isOpen) return notSentReply('the relay has not dialled in');
    if (this.#calls.size >= MAX_CALLS) return notSentReply('too many calls are under way');
    this.#lastId += 1;
    const id = this.#lastId;
    const sealed = credential === undefined ? {} : { credential };
    const frame: FromConnector = { type: 'call', id, path, token, body, ...sealed };
    if (!this.line.send(JSON.stringify(frame))) return notSentReply('the relay has gone');
    const reply = await this.#replyTo(id);
    if (!reply) return lostReply;
    return verifiedReply(keys, token, {
      ...reply,
      body: Uint8Array.from(encoder.encode(reply.body)),
      retryAfter: reply.retry_after,
    });
  }

  replied(reply: Reply): void {
    this.#calls.get(reply.id)?.(reply);
  }

  cut(): void {
    for (const settle of this.#calls.values()) settle(undefined);
  }

  #replyTo(id: number): Promise<Reply | undefined> {
    return new Promise((resolve) => {
      const settle = (reply: Reply | undefined): void => {
        clearTimeout(timer);
        this.#calls.delete(id);
        resolve(reply);
      };
      const timer = setTimeout(() => settle(undefined), CALL_MS);
      this.#calls.set(id, settle);
    });
  }
}
