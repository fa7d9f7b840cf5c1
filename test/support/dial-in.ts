import { env } from 'cloudflare:workers';
import { createApp } from '../../workers/gateway/app.ts';

/** A relay's way in, as the test carries it from the bridge to the gateway's own route. */
export interface DialIn {
  /** How often the relay has come. */
  readonly arrivals: number;
  /** The token of its last arrival. */
  readonly token: string;
  /** Cuts the connection that there is, as a network does. */
  cut(): void;
  stop(): void;
}

const DIAL_URL = 'https://postern.test/v1/relay/session';

const app = createApp();

/** Asks the gateway to let a relay in. */
export const requestDialIn = async (token: string): Promise<Response> =>
  app.fetch(
    new Request(DIAL_URL, { headers: { upgrade: 'websocket', authorization: `Bearer ${token}` } }),
    env,
  );

/** Carries each connection of the tenant's relay to the gateway, until stopped. */
export function carryDialIn(bridgeUrl: string, tenant: string): DialIn {
  const state = { arrivals: 0, token: '', isStopped: false, socket: undefined as WebSocket | undefined };
  const serve = async (): Promise<void> => {
    const reply = await fetch(`${bridgeUrl}/serve/${tenant}`, { headers: { upgrade: 'websocket' } });
    const relay = reply.webSocket;
    if (!relay) throw new Error('no bridge');
    state.socket = relay;
    relay.accept();
    const token = await new Promise<string | undefined>((resolve) => {
      relay.addEventListener('message', ({ data }) => resolve(String(data)), { once: true });
      relay.addEventListener('close', () => resolve(undefined), { once: true });
    });
    if (token === undefined) return;
    state.arrivals += 1;
    state.token = token;
    // The connector speaks first: the relay has nothing to say meanwhile.
    const gateway = (await requestDialIn(token)).webSocket;
    if (!gateway) {
      relay.close(1008);
      return;
    }
    gateway.accept();
    await Promise.all([pipe(relay, gateway), pipe(gateway, relay)]);
  };
  const loop = async (): Promise<void> => {
    while (!state.isStopped) await serve();
  };
  void loop();
  return {
    get arrivals() {
      return state.arrivals;
    },
    get token() {
      return state.token;
    },
    cut: () => state.socket?.close(1000),
    stop: () => {
      state.isStopped = true;
      state.socket?.close(1000);
    },
  };
}

function pipe(from: WebSocket, to: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const end = (code?: number): void => {
      try {
        to.close(code !== undefined && code >= 3000 ? code : 1000);
      } catch {
        // Closed already.
      }
      resolve();
    };
    from.addEventListener('message', ({ data }) => {
      try {
        to.send(String(data));
      } catch {
        // It closes.
      }
    });
    from.addEventListener('close', ({ code }) => end(code));
    from.addEventListener('error', () => end());
  });
}
