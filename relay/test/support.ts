import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { expect } from 'vitest';
import { startForTest, type Json, type TestExchange } from '../../emulators/exchange/test/support.ts';
import { fromRelay, type FromConnector, type FromRelay } from '../../shared/relay/frames.ts';
import { sealCredential } from '../../shared/relay/relay-credential.ts';
import { verifyReply } from '../../shared/relay/reply-token.ts';
import { RELAY_AUDIENCE, signRequest } from '../../shared/relay/request-token.ts';
import {
  CREDENTIAL_HEADER,
  OUTCOME_HEADER,
  relayOutcomes,
  REPLY_TOKEN_HEADER,
  TOKEN_HEADER,
} from '../../shared/relay/routes.ts';
import { readConfig } from '../config/environment.ts';
import { startRelay, type Relay, type Tuning } from '../index.ts';
import { WebSocketClient, type WebSocket } from '../session/ws.ts';
import { PATIENCE_MS } from '../../test/support/patience.ts';

export const DESK = 'tenant-1/preprod';

interface Pair {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

const pair = (crv: 'Ed25519' | 'X25519'): Promise<Pair> =>
  generateKeyPair(crv === 'Ed25519' ? 'EdDSA' : 'ECDH-ES', { crv, extractable: true });

export const gateway = await pair('Ed25519');
export const vault = await pair('Ed25519');
export const signing = await pair('Ed25519');
export const sealing = await pair('X25519');

export interface TestRelay extends Relay {
  readonly exchange: TestExchange;
  /** The next token of the local user of this name, sealed for the desk. */
  credential(over?: { user?: string; desk?: string; expiresAt?: number; token?: string }): Promise<string>;
  /** One signed call; `over` spoils it. */
  call(path: string, body: unknown, over?: CallOver): Promise<CallResult>;
  /** A connection that has said nothing yet. */
  dial(desk?: string): Promise<Connector>;
  metrics(): Promise<string>;
}

export interface CallOver {
  readonly credential?: string;
  readonly token?: string;
  readonly key?: CryptoKey;
  readonly desk?: string;
}

export interface CallResult {
  readonly status: number;
  readonly outcome: string | null;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
  /** Whether the relay signed this reply to this request. */
  readonly isSigned: boolean;
}

export async function environmentFor(
  exchange: Pick<TestExchange, 'url' | 'grpc'>,
): Promise<Record<string, string>> {
  const edge = await Promise.all(
    Object.entries({ gateway, vault }).map(async ([kid, { publicKey }]) => ({
      kid,
      ...(await exportJWK(publicKey)),
    })),
  );
  return {
    RELAY_REST_URL: exchange.url,
    RELAY_GRPC_URL: `http://${exchange.grpc}`,
    RELAY_EDGE_KEYS: JSON.stringify({ keys: edge }),
    RELAY_SIGNING_KEY: JSON.stringify(await exportJWK(signing.privateKey)),
    RELAY_SEALING_KEY: JSON.stringify(await exportJWK(sealing.privateKey)),
    RELAY_PORT: '0',
    RELAY_OPS_PORT: '0',
  };
}

/** A relay in front of an exchange of its own, or of one that is given. The test closes both. */
export async function startTestRelay(
  environment: Readonly<Record<string, string>> = {},
  tuning: Tuning = {},
  given?: TestExchange,
): Promise<TestRelay> {
  const exchange = given ?? (await startForTest());
  const config = readConfig({ ...(await environmentFor(exchange)), ...environment });
  const relay = await startRelay(config, {
    backoff: () => 10,
    quietMs: 100,
    log: () => undefined,
    ...tuning,
  });
  return {
    ...relay,
    exchange,
    credential: async ({ user, desk = DESK, expiresAt = Date.now() + 3_600_000, token } = {}) =>
      sealCredential(sealing.publicKey, {
        access_token: token ?? (await exchange.login(user)).token,
        expires_at: expiresAt,
        desk,
        participant: 'firms/Alpha/users/alpha-trader',
      }),
    call: (path, body, over) => call(relay.url, path, body, over),
    dial: async (desk = DESK) => {
      const token = await sign('GET', '/session', '', { desk });
      const headers = { [TOKEN_HEADER]: `Bearer ${token}` };
      const url = new URL(`${relay.url.replace('http', 'ws')}/session`);
      const socket = new WebSocketClient(url, { headers, ...SOCKET });
      await opened(socket);
      return new Connector(socket);
    },
    metrics: async () => (await fetch(`${relay.opsUrl}/metrics`)).text(),
  };
}

export const SOCKET = {
  maxPayload: 8 * 1024 * 1024,
  perMessageDeflate: false,
  handshakeTimeout: PATIENCE_MS,
};

export function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve());
    socket.on('error', () => reject(new Error('the socket was refused')));
  });
}

export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export const sign = (
  method: string,
  path: string,
  body: string,
  { desk = DESK, key = gateway.privateKey }: CallOver = {},
): Promise<string> => signRequest(key, RELAY_AUDIENCE, { method, path, body: bytes(body), desk }, Date.now());

async function call(url: string, path: string, body: unknown, over: CallOver = {}): Promise<CallResult> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const token = over.token ?? (await sign('POST', path, text, over));
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      ...(token !== '' && { [TOKEN_HEADER]: `Bearer ${token}` }),
      ...(over.credential !== undefined && { [CREDENTIAL_HEADER]: over.credential }),
    },
    body: text,
  });
  const reply = await response.text();
  const outcome = response.headers.get(OUTCOME_HEADER);
  const signed = {
    status: response.status,
    outcome: relayOutcomes.find((one) => one === outcome) ?? 'unknown',
    body: bytes(reply),
  };
  const replyToken = response.headers.get(REPLY_TOKEN_HEADER) ?? '';
  return {
    status: response.status,
    outcome,
    headers: response.headers,
    text: reply,
    body: parse(reply),
    isSigned: token !== '' && (await verifyReply(replyToken, signing.publicKey, token, signed, Date.now())),
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

type FrameOf<T extends FromRelay['type']> = Extract<FromRelay, { type: T }>;

/** Plays the connector by the shared schemas alone. */
export class Connector {
  readonly socket: WebSocket;
  /** Frames that nobody has taken yet. */
  readonly frames: FromRelay[] = [];
  closeCode: number | undefined;
  /** Of a relay that dialled in: answered as a connector's runtime does. */
  pings = 0;
  readonly #wake = new Set<() => void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      if (data.toString() === 'PING') {
        this.pings += 1;
        socket.send('PONG');
        return;
      }
      this.frames.push(fromRelay.parse(JSON.parse(data.toString())));
      this.#ring();
    });
    socket.on('close', (code) => {
      this.closeCode = code;
      this.#ring();
    });
    socket.on('error', () => undefined);
  }

  send(...frames: readonly FromConnector[]): void {
    for (const frame of frames) this.socket.send(JSON.stringify(frame));
  }

  /** The next frame of this type that the predicate takes, for good; others stay. */
  async next<T extends FromRelay['type']>(
    type: T,
    predicate: (frame: FrameOf<T>) => boolean = () => true,
  ): Promise<FrameOf<T>> {
    for (;;) {
      const isWanted = (frame: FromRelay): frame is FrameOf<T> =>
        frame.type === type && predicate(frame as FrameOf<T>);
      const found = this.frames.find(isWanted);
      if (found !== undefined) {
        this.frames.splice(this.frames.indexOf(found), 1);
        return found;
      }
      if (this.closeCode !== undefined) throw new Error(`closed with ${this.closeCode} before ${type}`);
      await this.#more();
    }
  }

  /** So many numbered frames of a stream, in the order in which they came. */
  async numbered(
    stream: string,
    count: number,
    isCounted: (frame: FrameOf<'item'> | FrameOf<'gap'>) => boolean = () => true,
  ): Promise<readonly (FrameOf<'item'> | FrameOf<'gap'>)[]> {
    const taken: (FrameOf<'item'> | FrameOf<'gap'>)[] = [];
    while (taken.filter(isCounted).length < count) {
      const index = this.frames.findIndex(
        (frame) => (frame.type === 'item' || frame.type === 'gap') && frame.stream === stream,
      );
      const [frame] = index < 0 ? [] : this.frames.splice(index, 1);
      if (frame?.type === 'item' || frame?.type === 'gap') taken.push(frame);
      else if (this.closeCode !== undefined) throw new Error(`closed with ${this.closeCode}`);
      else await this.#more();
    }
    return taken;
  }

  /** Forgets what nobody took. */
  drop(isUnwanted: (frame: FromRelay) => boolean): void {
    const kept = this.frames.filter((frame) => !isUnwanted(frame));
    this.frames.splice(0, this.frames.length, ...kept);
  }

  async closed(): Promise<number> {
    while (this.closeCode === undefined) await this.#more();
    return this.closeCode;
  }

  /** Cuts the connection as a network does. */
  async cut(): Promise<void> {
    const closed = once(this.socket as unknown as NodeJS.EventEmitter, 'close'); // ws's is one
    this.socket.terminate();
    await closed;
  }

  #ring(): void {
    for (const wake of this.#wake) wake();
    this.#wake.clear();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => void this.#wake.add(resolve));
  }
}

/** Says hello and hands over a credential. @returns the relay's epoch. */
export async function greet(relay: TestRelay, connector: Connector, session = 's1'): Promise<string> {
  connector.send({ type: 'hello', session });
  const { epoch } = await connector.next('hello');
  connector.send({ type: 'credential', sealed: await relay.credential() });
  return epoch;
}

/** A connected connector with a credential. */
export async function connected(relay: TestRelay, session?: string): Promise<Connector> {
  const connector = await relay.dial();
  await greet(relay, connector, session);
  return connector;
}

export function open(
  stream: string,
  kind: Extract<FromConnector, { type: 'open' }>['kind'],
  params: Extract<FromConnector, { type: 'open' }>['params'] = {},
  after?: { readonly epoch: string; readonly seq: number },
): FromConnector {
  return { type: 'open', stream, kind, params, ...(after !== undefined && { after }) };
}

/** Opens a stream and waits until the exchange's is up. @returns how it was opened. */
export async function openLive(
  connector: Connector,
  ...asked: Parameters<typeof open>
): Promise<FrameOf<'opened'>> {
  connector.send(open(...asked));
  const answer = await connector.next('opened', ({ stream }) => stream === asked[0]);
  await connector.next('state', ({ stream, live }) => stream === asked[0] && live);
  connector.drop((frame) => frame.type === 'state' && frame.stream === asked[0]);
  return answer;
}

/** Ids of the orders that an item tells of, whatever kind it is. */
export function orderIds(frame: FromRelay): readonly string[] {
  if (frame.type !== 'item') return [];
  const { snapshot, update } = frame.body as Json; // an order stream's response
  const orders = (snapshot?.orders ?? []) as readonly Json[];
  const executions = (update?.executions ?? []) as readonly Json[];
  return [...orders, ...executions.map(({ order }) => order as Json)].map(({ id }) => String(id));
}

/** Numbers follow one another: nothing is missing, nothing comes twice. */
export function expectDense(frames: readonly { readonly seq: number }[], after: number): void {
  expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => after + index + 1));
}

/** A port where nobody listens. */
export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
