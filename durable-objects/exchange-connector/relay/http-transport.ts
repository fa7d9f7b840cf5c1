import {
  CREDENTIAL_HEADER,
  OUTCOME_HEADER,
  relayOutcomes,
  REPLY_TOKEN_HEADER,
  SESSION_PATH,
  TOKEN_HEADER,
} from '../../../shared/relay/routes.ts';
import { readBytes } from '../../../shared/read-body.ts';
import type { ObjectEnv } from '../../bindings.ts';
import { HttpLine } from './http-line.ts';
import { relayKeys, type RelayKeys } from '../../relay-access/relay-keys.ts';
import { verifiedReply, CALL_MS, MAX_REPLY_BYTES, signFor } from './relay-replies.ts';
import { lostReply, type RelayCall, type RelayTransport } from './relay-transport.ts';
import type { RelayReply } from '../../../shared/relay/relay-reply.ts';

const OPEN_MS = 5_000;
const encoder = new TextEncoder();

/** The relay by HTTP: over the `RELAY` binding where there is one (a VPC service), else at `RELAY_URL`. */
export class HttpTransport implements RelayTransport {
  readonly line = new HttpLine(() => this.#open());
  readonly #env: ObjectEnv;
  /** `<tenant>/<environment>`. */
  readonly #desk: string;

  constructor(env: ObjectEnv, desk: string) {
    this.#env = env;
    this.#desk = desk;
  }

  async call({ path, body, credential }: RelayCall): Promise<RelayReply> {
    const keys = await relayKeys(this.#env);
    const bytes = Uint8Array.from(encoder.encode(body));
    const token = await signFor(keys, this.#desk, { method: 'POST', path, body: bytes });
    try {
      const request = {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          [TOKEN_HEADER]: `Bearer ${token}`,
          ...(credential !== undefined && { [CREDENTIAL_HEADER]: credential }),
        },
        body: bytes,
      };
      return await this.#fetch(path, CALL_MS, request, (response) => read(response, keys, token));
    } catch {
      return lostReply;
    }
  }

  /** By HTTP replies come to their requests. */
  replied(): void {}
  cut(): void {}

  async #open(): Promise<WebSocket | undefined> {
    const keys = await relayKeys(this.#env);
    const request = { method: 'GET', path: SESSION_PATH, body: new Uint8Array() };
    const token = await signFor(keys, this.#desk, request);
    try {
      const headers = { upgrade: 'websocket', [TOKEN_HEADER]: `Bearer ${token}` };
      return await this.#fetch(SESSION_PATH, OPEN_MS, { headers }, async (response) => {
        if (response.webSocket) return response.webSocket;
        await response.body?.cancel();
        return undefined;
      });
    } catch {
      return undefined;
    }
  }

  /** `take` is done within the time too: a relay may begin to answer and never end. */
  async #fetch<T>(
    path: string,
    withinMs: number,
    init: RequestInit,
    take: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { RELAY, RELAY_URL } = this.#env;
    // A binding goes to its one service whatever the name says.
    const url = `${RELAY_URL === '' ? 'http://relay' : RELAY_URL}${path}`;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), withinMs);
    try {
      const options = { ...init, signal: abort.signal, redirect: 'manual' as const };
      return await take(await (RELAY ? RELAY.fetch(url, options) : fetch(url, options)));
    } finally {
      clearTimeout(timer);
    }
  }
}

async function read(response: Response, keys: RelayKeys, requestToken: string): Promise<RelayReply> {
  const token = response.headers.get(REPLY_TOKEN_HEADER);
  const outcome = relayOutcomes.find((one) => one === response.headers.get(OUTCOME_HEADER));
  if (token === null || outcome === undefined) {
    await response.body?.cancel();
    return lostReply;
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? 'NaN');
  return verifiedReply(keys, requestToken, {
    token,
    status: response.status,
    outcome,
    body: await readBytes(response, MAX_REPLY_BYTES),
    retryAfter,
  });
}
