import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { MAX_FRAME } from '../../shared/relay/frames.ts';
import { SESSION_PATH, TOKEN_HEADER } from '../../shared/relay/routes.ts';
import type { Admissions } from '../rest/admission.ts';
import type { Sessions } from './sessions.ts';
import { WebSocketServer } from './ws.ts';

export interface AcceptOptions {
  readonly sessions: Sessions;
  readonly admissions: Admissions;
  readonly isDraining: () => boolean;
}

/** Takes connectors in that come with a token of the gateway: `GET /session`. */
export function acceptConnectors(server: Server, options: AcceptOptions): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    void enter(request, socket, head);
  });

  async function enter(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const answer = await authorize(options, request);
    if (typeof answer !== 'number')
      sockets.handleUpgrade(request, socket, head, (open) => options.sessions.serve(open, answer.desk));
    else socket.end(`HTTP/1.1 ${answer} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
}

/** @returns the desk, or the status of the refusal. */
async function authorize(
  { admissions, isDraining }: AcceptOptions,
  request: IncomingMessage,
): Promise<{ readonly desk: string } | number> {
  if (request.url !== SESSION_PATH) return 404;
  if (isDraining()) return 503;
  const admission = await admissions.admit({
    method: 'GET',
    path: SESSION_PATH,
    body: new Uint8Array(),
    authorization: request.headers[TOKEN_HEADER],
  });
  if (admission.ok) return { desk: admission.desk };
  return admission.reason === 'OVERLOADED' ? 503 : 401;
}
