import type { CryptoKey } from 'jose';
import { MAX_FRAME, sessionClose } from '../../shared/relay/frames.ts';
import { GATEWAY_AUDIENCE, signRequest } from '../../shared/relay/request-token.ts';
import { TOKEN_HEADER } from '../../shared/relay/routes.ts';
import type { Log } from '../metrics/log.ts';
import type { Sessions } from './sessions.ts';
import { WebSocketClient } from './ws.ts';

export interface DialOptions {
  readonly url: URL;
  readonly desks: readonly string[];
  readonly key: CryptoKey;
  readonly sessions: Sessions;
  readonly backoff: (failures: number) => number;
  readonly log: Log;
  readonly now: () => number;
}

const HANDSHAKE_MS = 10_000;
/** Another relay serves the desk: the longest pause, so that two of them do not throw each other out in turn. */
const REPLACED = 100;

/** Dials in, once for each desk, for as long as the relay runs: from a network that lets nobody in. */
export function startDialling(options: DialOptions): { stop(): void } {
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;

  const dial = async (desk: string, failures: number): Promise<void> => {
    const { url, key, sessions, log, now } = options;
    const path = `${url.pathname}${url.search}`;
    const request = { method: 'GET', path, body: new Uint8Array(), desk };
    const token = await signRequest(key, GATEWAY_AUDIENCE, request, now());
    if (isStopped) return;
    const socket = new WebSocketClient(url, {
      headers: { [TOKEN_HEADER]: `Bearer ${token}` },
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_FRAME,
      perMessageDeflate: false,
    });
    let isOpen = false;
    let isOver = false;
    let refused: number | undefined;
    const again = (code?: number): void => {
      if (isOver) return;
      isOver = true;
      const replaced = code === sessionClose.replaced;
      log('warn', 'dial-in closed', { desk, connected: isOpen, replaced, status: refused });
      if (replaced) later(desk, REPLACED);
      else later(desk, isOpen ? 1 : failures + 1);
    };
    socket.on('open', () => {
      isOpen = true;
      log('info', 'dial-in open', { desk });
      sessions.serve(socket, desk, { ended: again });
    });
    socket.on('unexpected-response', (_request, { statusCode }) => {
      refused = statusCode;
      socket.terminate();
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', again);
  };

  const later = (desk: string, failures: number): void => {
    if (isStopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void dial(desk, failures);
    }, options.backoff(failures));
    timers.add(timer);
  };

  for (const desk of options.desks) void dial(desk, 0);
  return {
    stop: () => {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
