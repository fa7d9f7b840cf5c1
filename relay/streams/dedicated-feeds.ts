import { status } from '@grpc/grpc-js';
import type { Message } from '../upstream/channel.ts';
import { ExchangeStream, type StreamHost } from '../upstream/exchange-stream.ts';
import type { DeskStream } from './desk-stream.ts';

/** What the exchange says of a resume token that it does not know, or no longer. */
const BAD_TOKEN: ReadonlySet<number> = new Set([status.INVALID_ARGUMENT, status.OUT_OF_RANGE]);

/** A stream of orders, positions or drop copy: one upstream stream of its own. */
export interface Feed {
  /** A fresh snapshot is wanted. */
  restart(): void;
  renew(): void;
  close(): void;
  readonly stream: ExchangeStream;
}

/** Clocks of ours and the exchange's may differ by so much; executions that come twice are told apart by id. */
const SKEW_MS = 60_000;

/** Orders or positions: a snapshot at each opening, so a break is a gap. */
export function snapshotFeed(target: DeskStream, kind: 'orders' | 'positions', host: StreamHost): Feed {
  const { symbols = [], accounts = [] } = target.params;
  const request = kind === 'orders' ? { symbols, accounts } : { accounts };
  const stream = new ExchangeStream(kind, host, {
    request: () => request,
    message: (message) => target.tell(eventOf(message), message),
    live: () => target.live(),
    down: (reason) => target.down(reason, true),
    refused: (code, message) => target.end(code, message),
  });
  return { stream, restart: () => stream.start(), renew: () => stream.renew(), close: () => stream.close() };
}

/** Drop copy: goes on from its resume token, or from where it was opened as long as it has none. */
export function dropCopyFeed(target: DeskStream, host: StreamHost, now: () => number): Feed {
  let token = target.params.resume_token;
  let since: number | undefined;
  let usesToken = false;
  const listener = {
    request: (): object => {
      usesToken = token !== undefined;
      const from =
        token === undefined
          ? since === undefined
            ? {}
            : { resume_time: timestamp(since) }
          : { resume_token: token };
      since ??= now() - SKEW_MS;
      return { symbols: target.params.symbols ?? [], ...from };
    },
    message: (message: Message): void => {
      const { resume_token: next } = message;
      target.tell('update', message);
      if (typeof next === 'string' && next !== '') token = next;
      since = now() - SKEW_MS;
    },
    live: (): void => target.live(),
    // What was missed comes from the token.
    down: (reason: string): void => target.down(reason, false),
    refused: (code: number, message: string): void => {
      if (!usesToken || !BAD_TOKEN.has(code)) {
        target.end(code, message);
        return;
      }
      token = undefined;
      target.gap();
      stream = new ExchangeStream('drop_copy', host, listener);
      stream.start();
    },
  };
  let stream = new ExchangeStream('drop_copy', host, listener);
  return {
    get stream() {
      return stream;
    },
    restart: () => stream.start(),
    renew: () => stream.renew(),
    close: () => stream.close(),
  };
}

function timestamp(ms: number): { readonly seconds: string; readonly nanos: number } {
  return { seconds: String(Math.floor(ms / 1000)), nanos: 0 };
}

/** Which of the oneof is set. A message with none of them is as good as a heartbeat. */
function eventOf(message: Message): 'snapshot' | 'update' | 'heartbeat' {
  if (message['snapshot'] !== undefined && message['snapshot'] !== null) return 'snapshot';
  return message['update'] !== undefined && message['update'] !== null ? 'update' : 'heartbeat';
}
