import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ClientReadableStream,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { startExchangeEmulator, type ExchangeEmulator, type ExchangeEmulatorOptions } from '../index.ts';

/**
 * A client that knows the exchange by its `.proto` files and its documentation only: nothing here comes from the
 * emulator but its addresses.
 */
const PROTOS = fileURLToPath(new URL('../../../relay/proto', import.meta.url));
const definition = loadSync(
  readdirSync(PROTOS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.proto')),
  { includeDirs: [PROTOS], keepCase: true, longs: String, enums: String, oneofs: true },
);
const packages = loadPackageDefinition(definition);

export type PackageName = 'connamara.ep3.v1beta1' | 'polymarket.v1';

export const SYMBOL = 'aec-nfl-kc-buf-w1';
export const OTHER = 'aec-nfl-phi-dal-w1';
export const ALPHA = 'firms/Alpha/accounts/main';
const PASSWORD = 'Local-exchange-1';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** Parsed JSON or a decoded message: tests look into it by name. */
export interface Json {
  readonly [name: string]: any; // oxlint-disable-line typescript/no-explicit-any -- what a test expects is its schema
}

export interface TestExchange extends ExchangeEmulator {
  control(path: string, body?: unknown): Promise<Json>;
  state(account?: string): Promise<Json>;
  stats(): Promise<Json>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply>;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** Logs a local user in. */
  login(username?: string): Promise<Trader>;
}

/** Somebody with a token of v1beta1. */
export interface Trader {
  readonly token: string;
  rest(rpc: string, body?: unknown): Promise<Reply>;
  insert(order: object): Promise<string>;
}

/** Books move only by control, and that of SYMBOL is empty. The test closes it. */
export async function startForTest(options: ExchangeEmulatorOptions = {}): Promise<TestExchange> {
  const emulator = await startExchangeEmulator({ clock: 'manual', rateLimits: false, ...options });
  const send = async (method: string, path: string, body?: unknown, headers = {}): Promise<Reply> => {
    const request =
      body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${emulator.url}${path}`, { method, headers, ...request });
    const parsed: unknown = await response.json();
    return { status: response.status, headers: response.headers, body: parsed as Json };
  };
  const exchange: TestExchange = {
    ...emulator,
    post: (path, body, headers) => send('POST', path, body, headers),
    get: (path, headers) => send('GET', path, undefined, headers),
    control: async (path, body = {}) => {
      const reply = await send('POST', `/__control/${path}`, body);
      if (reply.status !== 200) throw new Error(`control ${path}: ${JSON.stringify(reply.body)}`);
      return reply.body;
    },
    state: async (account) =>
      (await send('GET', `/__control/state${account === undefined ? '' : `?account=${account}`}`)).body,
    stats: async () => (await send('GET', '/__control/stats')).body,
    login: async (username = 'alpha-trader') => {
      const reply = await send('POST', '/auth/v1beta1/login', { username, password: PASSWORD });
      return traderOf(exchange, String(reply.body['accessToken']));
    },
  };
  await setBook(exchange, [], []);
  return exchange;
}

function traderOf(exchange: TestExchange, token: string): Trader {
  const rest: Trader['rest'] = (rpc, body = {}) =>
    exchange.post(`/api/v1beta1/${rpc}`, body, { authorization: `Bearer ${token}` });
  return {
    token,
    rest,
    insert: async (order) => {
      const reply = await rest('insert_order', { ...LIMIT, ...order });
      if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
      return String(reply.body['order_id']);
    },
  };
}

/** Ten contracts at forty cents, to stay. */
export const LIMIT = {
  type: 'ORDER_TYPE_LIMIT',
  side: 'SIDE_BUY',
  symbol: SYMBOL,
  order_qty: '10',
  price: '400',
  time_in_force: 'TIME_IN_FORCE_GOOD_TILL_CANCEL',
};

/** An empty book but for these levels, which stay as they are. */
export async function setBook(
  exchange: TestExchange,
  bids: readonly (readonly [px: number, qty: number])[],
  offers: readonly (readonly [px: number, qty: number])[],
  symbol: string = SYMBOL,
): Promise<void> {
  const level = ([px, qty]: readonly [number, number]) => ({ px, qty });
  await exchange.control('book', { symbol, bids: bids.map(level), offers: offers.map(level) });
}

export interface OpenedStream {
  /** The next message that the predicate takes; earlier ones are dropped. */
  next(predicate?: (message: Json) => boolean): Promise<Json>;
  /** How it ended. */
  ended(): Promise<{ readonly code: number; readonly details: string }>;
  close(): void;
}

export interface GrpcClient {
  stream(method: string, request?: object, extra?: Record<string, string>): OpenedStream;
  unary(method: string, request: object): Promise<Json>;
  close(): void;
}

/** A client of one service with a token in its metadata. */
export function grpcClient(
  exchange: TestExchange,
  name: string,
  token: string,
  options: { readonly packageName?: PackageName; readonly extra?: Readonly<Record<string, string>> } = {},
): GrpcClient {
  const { packageName = 'connamara.ep3.v1beta1', extra = {} } = options;
  const found = `${packageName}.${name}`
    .split('.')
    // A package is an object of packages and, at its leaves, constructors of clients.
    .reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], packages);
  const Client = found as ServiceClientConstructor;
  const client = new Client(exchange.grpc, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  for (const [key, value] of Object.entries(extra)) metadata.set(key, value);
  type Method = (...args: unknown[]) => unknown;
  const methods = client as unknown as Record<string, Method>; // grpc-js makes them from the definition
  const methodOf = (method: string): Method => {
    const known = methods[method];
    if (known === undefined) throw new Error(`no method ${method}`);
    return (...args) => known.apply(client, args);
  };
  return {
    stream: (method, request = {}) =>
      opened(methodOf(method)(request, metadata) as ClientReadableStream<Json>),
    unary: (method, request) =>
      new Promise((resolve, reject) => {
        methodOf(method)(request, metadata, (error: ServiceError | null, reply: Json) =>
          error === null ? resolve(reply) : reject(error),
        );
      }),
    close: () => client.close(),
  };
}

function opened(call: ClientReadableStream<Json>): OpenedStream {
  const messages: Json[] = [];
  const waiting: (() => void)[] = [];
  let status: { code: number; details: string } | undefined;
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  call.on('data', (message: Json) => {
    messages.push(message);
    wake();
  });
  call.on('error', (error) => {
    status ??= { code: (error as ServiceError).code, details: (error as ServiceError).details };
    wake();
  });
  call.on('end', () => {
    status ??= { code: 0, details: '' };
    wake();
  });
  const more = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
  return {
    next: async (predicate = () => true) => {
      for (;;) {
        const message = messages.shift();
        if (message !== undefined && predicate(message)) return message;
        if (message === undefined && status !== undefined)
          throw new Error(`the stream ended: ${status.code} ${status.details}`);
        if (message === undefined) await more();
      }
    },
    ended: async () => {
      while (status === undefined) await more();
      return status;
    },
    close: () => call.cancel(),
  };
}

/** The executions of an order stream, one after the other. */
export async function executions(stream: OpenedStream, count: number): Promise<readonly Json[]> {
  const seen: Json[] = [];
  while (seen.length < count) {
    const message = await stream.next((one) => one['update'] !== undefined);
    seen.push(...((message['update'].executions as Json[] | undefined) ?? []));
  }
  return seen;
}
