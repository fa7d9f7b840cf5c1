import { expect, inject, test } from 'vitest';
import { WebSocketClient, type WebSocket } from '../../relay/session/ws.ts';
import { controlExchange, exchangeOrder, newDesk, type DeskStage } from './support/exchange-stage.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const file = inject('postern');
/** Which no other file moves. */
const SYMBOL = 'aec-nfl-det-gb-w2';
const CREDIT_BYTES = 1024 * 1024;
/** Longer than any event of these tests. */
const ONE_EVENT = 16 * 1024;
const TOO_SLOW = 4008;

type Json = Readonly<Record<string, unknown>>;

/** A client over a real connection that can stop reading. It shows no life unless it is told to. */
class Reader {
  readonly socket: WebSocket;
  readonly heard: Json[] = [];
  bytes = 0;
  readonly opened: Promise<void>;
  /** Why it was closed. */
  code: number | undefined;

  constructor(key: string) {
    const url = new URL(`${file.url.replace(/^http/, 'ws')}/v1/ws/exchange`);
    this.socket = new WebSocketClient(url, {
      headers: { 'x-api-key': key },
      maxPayload: CREDIT_BYTES,
      perMessageDeflate: false,
      handshakeTimeout: PATIENCE_MS,
    });
    this.opened = new Promise((resolve) => this.socket.on('open', resolve));
    this.socket.on('close', (code) => (this.code = code));
    this.socket.on('message', (data) => {
      this.bytes += data.length;
      const text = data.toString();
      // The connector's own frames.
      if (text !== 'PONG') this.heard.push(JSON.parse(text) as Json);
    });
  }

  subscribe(stream: string, members: object = {}): void {
    this.socket.send(JSON.stringify({ op: 'subscribe', stream, ...members }));
  }

  of(stream: string): readonly Json[] {
    return this.heard.filter((frame) => frame['stream'] === stream && frame['type'] !== 'heartbeat');
  }

  executions(): readonly string[] {
    return this.of('orders').flatMap(({ body }) =>
      ((body as { readonly executions?: readonly { readonly id: string }[] }).executions ?? []).map(
        ({ id }) => id,
      ),
    );
  }
}

const connect = async (key: string): Promise<Reader> => {
  const reader = new Reader(key);
  await reader.opened;
  return reader;
};

/** Ids of all executions of a desk, as the exchange itself has them. */
async function executionsAt(desk: DeskStage): Promise<readonly string[]> {
  const account = encodeURIComponent(desk.account);
  const response = await fetch(`${file.emulators.exchange ?? ''}/__control/state?account=${account}`);
  const { executions } = (await response.json()) as {
    readonly executions: readonly { readonly id: string }[];
  };
  return executions.map(({ id }) => id);
}

/** How far the connector's copy of the orders is: the number of its last event. */
const copyAt = async (desk: DeskStage): Promise<number> =>
  Number((await desk.post('get_open_orders')).headers.get('x-postern-seq'));

test('order events are never dropped: who does not read is closed with 4008 at 1 MB, and resumes without a loss', async () => {
  const desk = await newDesk(file);
  const slow = await connect(desk.key);
  slow.subscribe('orders');
  await expect.poll(() => slow.of('orders')).toHaveLength(1);
  slow.socket.pause();
  const { username, account } = desk;
  // 800 bytes each, two in an event: above the bound.
  const work = { executions: 1_500, username, account, symbols: [SYMBOL] };
  await controlExchange(file, 'generate', work);
  const all = await executionsAt(desk);
  const [first] = slow.of('orders');
  await expect.poll(() => copyAt(desk)).toBe(Number(first?.['seq']) + all.length / 2);
  slow.socket.resume();
  await expect.poll(() => slow.code).toBe(TOO_SLOW);
  // All that waited for it in the gateway's memory.
  expect(slow.bytes).toBeGreaterThan(CREDIT_BYTES / 2);
  expect(slow.bytes).toBeLessThan(CREDIT_BYTES + ONE_EVENT);
  const heard = slow.executions();
  expect(heard).toEqual(all.slice(0, heard.length));
  expect(heard.length).toBeLessThan(all.length);

  const again = await connect(desk.key);
  again.subscribe('orders', { after: Number(slow.of('orders').at(-1)?.['seq']) });
  await expect.poll(() => heard.length + again.executions().length).toBe(all.length);
  expect([...heard, ...again.executions()]).toEqual(all);
  again.socket.close(1000, '');
});

test('books are skipped to the newest for who does not read, while every order event waits for it', async () => {
  const desk = await newDesk(file);
  const slow = await connect(desk.key);
  slow.subscribe('orders');
  slow.subscribe('market_data', { symbols: [SYMBOL] });
  await expect.poll(() => [slow.of('orders').length, slow.of('market_data').length]).toEqual([1, 1]);
  slow.socket.pause();
  const reader = await connect(desk.key);
  reader.subscribe('market_data', { symbols: [SYMBOL] });
  const newest = { bids: [{ px: '210', qty: '7' }], offers: [{ px: '790', qty: '8' }] };
  try {
    const pings = setInterval(() => reader.socket.send('PING'), 100);
    // In small portions: exchange and relay skip books too, for a connector that is behind.
    const more = async (): Promise<number> => {
      await controlExchange(file, 'generate', { books: 50, per_second: 1_000, symbols: [SYMBOL] });
      return reader.bytes;
    };
    await expect.poll(more).toBeGreaterThan(CREDIT_BYTES);
    const before = await executionsAt(desk);
    for (let nth = 0; nth < 5; nth += 1) await desk.post('insert_order', exchangeOrder({ symbol: SYMBOL }));
    await expect.poll(async () => (await desk.post('get_open_orders')).text.split('"id"').length - 1).toBe(5);
    await controlExchange(file, 'book', { symbol: SYMBOL, ...newest });
    await expect
      .poll(() => reader.of('market_data').at(-1)?.['body'])
      .toMatchObject({ offers: newest.offers });
    clearInterval(pings);
    slow.socket.resume();
    await expect.poll(() => slow.executions()).toEqual((await executionsAt(desk)).slice(before.length));
    const skipped = slow.of('market_data').length;
    expect(skipped).toBeLessThan(reader.of('market_data').length);
    expect(slow.bytes).toBeLessThan(CREDIT_BYTES);
    expect(slow.of('market_data').at(-1)?.['body']).not.toMatchObject({ offers: newest.offers });
    slow.socket.send(JSON.stringify({ op: 'ping' }));
    await expect.poll(() => slow.of('market_data').at(-1)?.['body']).toMatchObject({ offers: newest.offers });
    expect(slow.of('market_data')).toHaveLength(skipped + 1);
  } finally {
    await controlExchange(file, 'unfreeze', { symbol: SYMBOL });
    for (const one of [slow, reader]) one.socket.close(1000, '');
  }
});

test('who reads lines hears every event as it comes, over more than the bound', async () => {
  const desk = await newDesk(file);
  const answer = await fetch(`${file.url}/api/v1beta1/create_order_subscription`, {
    method: 'POST',
    headers: { 'x-api-key': desk.key, 'content-type': 'application/json' },
    body: '{}',
  });
  const lines = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await lines?.read())?.value ?? '';
  const { username, account } = desk;
  const PORTION = 400;
  // Each far below the bound, and heard before the next.
  for (let due = PORTION; due <= 4 * PORTION; due += PORTION) {
    const work = { executions: PORTION, username, account, symbols: [SYMBOL] };
    await controlExchange(file, 'generate', work);
    while (text.split('"id":"E').length <= due && !text.includes('"error"'))
      text += (await lines?.read())?.value ?? '{"error"}';
  }
  expect(text.slice(-300)).not.toContain('"error"');
  expect(text.length).toBeGreaterThan(CREDIT_BYTES);
  await lines?.cancel();
});
