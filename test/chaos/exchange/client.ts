import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Random } from '../random.ts';
import { eventSchema, ReceivedEvents, type StreamEvent } from './received-events.ts';

export type ListensBy = 'socket' | 'orders' | 'positions' | 'market_data';

export interface ClientSpec {
  readonly name: string;
  /** `socket`: all streams over a websocket, resumed; else one stream as newline-delimited JSON. */
  readonly listens: ListensBy;
  readonly url: string;
  readonly key: string;
  /** Whose books it follows. */
  readonly symbols: readonly string[];
  readonly random: Random;
}

/** Far below the megabyte of credit at the storm's pace. */
const PING_MS = 1_000;
/** A careful client does not knock at once, nor in step with others. */
const AGAIN_MS = [30, 250] as const;

/** One client of the desk: connects again whenever it is cut off, until it is stopped. */
export class Client {
  readonly spec: ClientSpec;
  readonly memory = new ReceivedEvents();
  connections = 0;
  isConnected = false;
  readonly #stopping = new AbortController();
  #done: Promise<void> | undefined;

  constructor(spec: ClientSpec) {
    this.spec = spec;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { listens, random } = this.spec;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (listens === 'socket') await this.#socket(signal);
      else await this.#lines(listens, signal).catch(() => undefined);
      this.isConnected = false;
      await sleep(random.between(...AGAIN_MS), undefined, { signal }).catch(() => undefined);
    }
  }

  /** One connection, from its opening to its end. */
  #socket(signal: AbortSignal): Promise<void> {
    const { url, key, symbols } = this.spec;
    // Node's own WebSocket takes headers; its declared type does not say so.
    const options = { headers: { 'x-api-key': key } } as unknown as string[];
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws/exchange`, options);
    const pings = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send('PING'), PING_MS);
    const close = (): void => socket.close(1000);
    signal.addEventListener('abort', close, { once: true });
    socket.addEventListener('open', () => {
      this.connections += 1;
      this.isConnected = true;
      for (const stream of ['orders', 'positions']) {
        const after = this.memory.last.get(stream);
        socket.send(JSON.stringify({ op: 'subscribe', stream, ...(after !== undefined && { after }) }));
      }
      socket.send(JSON.stringify({ op: 'subscribe', stream: 'market_data', symbols }));
    });
    socket.addEventListener('message', ({ data }) => {
      if (data === 'PONG') return;
      const event: unknown = JSON.parse(String(data));
      const asked = echoed.safeParse(event).data;
      if (asked) socket.send(JSON.stringify({ op: 'echo', echo: asked.body.echo }));
      this.#hear(event);
    });
    return new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        clearInterval(pings);
        signal.removeEventListener('abort', close);
        if (code >= 4000) this.memory.violations.push(`closed with ${code} ${reason}`);
        resolve();
      });
    });
  }

  #hear(value: unknown): void {
    const event = eventSchema.safeParse(value);
    if (event.success) this.memory.hear(event.data);
    else this.memory.violations.push(`told ${JSON.stringify(value).slice(0, 200)}`);
  }

  async #lines(stream: Exclude<ListensBy, 'socket'>, signal: AbortSignal): Promise<void> {
    const { url, key, symbols } = this.spec;
    const response = await fetch(`${url}/api/v1beta1/${subscriptions[stream]}`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(stream === 'market_data' ? { symbols } : {}),
      signal,
    });
    if (response.status !== 200 || !response.body) {
      await response.body?.cancel();
      return;
    }
    this.connections += 1;
    this.isConnected = true;
    if (stream === 'orders') this.memory.begin();
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = eventOf(stream, line);
        if (event) this.memory.hear(event);
      }
    }
  }
}

/** A heartbeat that asks whether the client reads. */
const echoed = z.object({ type: z.literal('heartbeat'), body: z.object({ echo: z.string() }) });

const subscriptions = {
  orders: 'create_order_subscription',
  positions: 'create_position_change_subscription',
  market_data: 'create_market_data_subscription',
} as const;

const lineSchema = z.object({ result: z.record(z.string(), z.unknown()).optional() });

/** A line as the websocket would have told it; undefined for the last one, an error. */
function eventOf(stream: Exclude<ListensBy, 'socket'>, line: string): StreamEvent | undefined {
  const { result } = lineSchema.parse(JSON.parse(line));
  const [told] = Object.entries(result ?? {});
  return told && eventSchema.parse({ stream, type: told[0], body: told[1] });
}
