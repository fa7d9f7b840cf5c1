import { machineTime, now } from '../../shared/clock.ts';
import { verifyReply } from '../../shared/relay/reply-token.ts';
import { RELAY_AUDIENCE, signRequest } from '../../shared/relay/request-token.ts';
import {
  CREDENTIAL_HEADER,
  OUTCOME_HEADER,
  relayOutcomes,
  REPLY_TOKEN_HEADER,
  SESSION_PATH,
  TOKEN_HEADER,
} from '../../shared/relay/routes.ts';
import type { Env } from '../../workers/gateway/env.ts';
import { relayKeys, type RelayKeys } from './relay-keys.ts';
import { lost, notSent, type RelayCall, type RelayReply, type RelayTransport } from './relay-transport.ts';

/** A venue's call takes at most 10 s (design, section 10); the relay gives up before this. */
const CALL_MS = 12_000;
const OPEN_MS = 5_000;
/** The longest reply: 1,000 orders of a kilobyte. */
const MAX_REPLY_BYTES = 4 * 1024 * 1024;
/** The relay goes by its machine's clock, which no test moves. */
const wireTime = (): number => machineTime(now());
const encoder = new TextEncoder();

/** The relay by HTTP: over the `RELAY` binding where there is one (a VPC service), else at `RELAY_URL`. */
export class HttpTransport implements RelayTransport {
  readonly #env: Env;
  /** `<tenant>/<environment>`. */
  readonly #desk: string;

  constructor(env: Env, desk: string) {
    this.#env = env;
    this.#desk = desk;
  }

  async call({ path, body, credential }: RelayCall): Promise<RelayReply> {
    const keys = await relayKeys(this.#env);
    const bytes = Uint8Array.from(encoder.encode(body));
    const token = await this.#sign(keys, 'POST', path, bytes);
    try {
      const response = await this.#fetch(path, CALL_MS, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          [TOKEN_HEADER]: `Bearer ${token}`,
          ...(credential !== undefined && { [CREDENTIAL_HEADER]: credential }),
        },
        body: bytes,
      });
      return await read(response, keys, token);
    } catch {
      return lost;
    }
  }

  async open(): Promise<WebSocket | undefined> {
    const keys = await relayKeys(this.#env);
    const token = await this.#sign(keys, 'GET', SESSION_PATH, new Uint8Array());
    try {
      const headers = { upgrade: 'websocket', [TOKEN_HEADER]: `Bearer ${token}` };
      const response = await this.#fetch(SESSION_PATH, OPEN_MS, { headers });
      if (response.webSocket) return response.webSocket;
      await response.body?.cancel();
      return undefined;
    } catch {
      return undefined;
    }
  }

  #sign(keys: RelayKeys, method: string, path: string, body: Uint8Array<ArrayBuffer>): Promise<string> {
    return signRequest(keys.edge, RELAY_AUDIENCE, { method, path, body, desk: this.#desk }, wireTime());
  }

  async #fetch(path: string, withinMs: number, init: RequestInit): Promise<Response> {
    const { RELAY, RELAY_URL } = this.#env;
    // A binding goes to its one service whatever the name says.
    const url = `${RELAY_URL === '' ? 'http://relay' : RELAY_URL}${path}`;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), withinMs);
    try {
      const options = { ...init, signal: abort.signal, redirect: 'manual' as const };
      return await (RELAY ? RELAY.fetch(url, options) : fetch(url, options));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A reply that is not the relay's to this very request says nothing. */
async function read(response: Response, keys: RelayKeys, requestToken: string): Promise<RelayReply> {
  const token = response.headers.get(REPLY_TOKEN_HEADER);
  const outcome = relayOutcomes.find((one) => one === response.headers.get(OUTCOME_HEADER));
  if (token === null || outcome === undefined) {
    await response.body?.cancel();
    return lost;
  }
  const body = new Uint8Array(await response.arrayBuffer());
  if (body.byteLength > MAX_REPLY_BYTES) return lost;
  const { status } = response;
  if (!(await verifyReply(token, keys.relay, requestToken, { status, outcome, body }, wireTime())))
    return lost;
  const retryAfter = Number(response.headers.get('retry-after') ?? 'NaN');
  const text = new TextDecoder().decode(body);
  if (outcome === 'not-sent') return { ...notSent('', retryAfter >= 1 ? retryAfter : 1), status, body: text };
  return { outcome, status, body: text, ...(retryAfter >= 1 && { retryAfter }) };
}
