import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from './ws.ts';
import type { Application } from '../http/application.ts';
import { takeFault } from '../../lib/http/faults.ts';

/** Longer frames than 500 token ids need are cut off. */
const MAX_FRAME_BYTES = 128 * 1024;

/** Serves `GET /ws/market` on the application's own port. A fault armed for that path refuses the connection. */
export function serveChannels(server: Server, app: Application): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy());
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const fault = takeFault(app.faults, 'GET', path);
    if (fault !== undefined || path !== '/ws/market') {
      const status = fault?.kind === 'status' ? fault.status : 404;
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (open) => app.marketChannel.open(open));
  });
}
