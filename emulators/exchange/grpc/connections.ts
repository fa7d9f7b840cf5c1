import { createServer, type Server as NetServer, type Socket } from 'node:net';
import type { Server, ServerCredentials } from '@grpc/grpc-js';

/** The connections of the gRPC server, which it would not let go of by itself: tests cut them as a network would. */
export interface Connections {
  readonly port: number;
  /** While true, new connections are cut at once. */
  refuse: boolean;
  open(): number;
  /** Cuts one by its peer's address, or all. @returns how many. */
  cut(peer?: string): number;
  close(): Promise<void>;
}

/** @throws when the port is taken. */
export async function acceptConnections(
  server: Server,
  credentials: ServerCredentials,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Connections> {
  const injector = server.createConnectionInjector(credentials);
  const sockets = new Map<string, Socket>();
  const listener = createServer();
  const connections = {
    port: await listen(listener, port, host),
    refuse: false,
    open: () => sockets.size,
    cut: (peer?: string): number => {
      const cut = [...sockets].filter(([address]) => peer === undefined || address === peer);
      for (const [, socket] of cut) socket.destroy();
      return cut.length;
    },
    close: async (): Promise<void> => {
      listener.close();
      connections.cut();
      injector.destroy();
      server.forceShutdown();
      await Promise.resolve();
    },
  };
  listener.on('connection', (socket) => {
    if (connections.refuse) {
      socket.destroy();
      return;
    }
    const address = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    sockets.set(address, socket);
    socket.on('close', () => sockets.delete(address));
    // A peer that resets is no reason to end.
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    injector.injectConnection(socket);
  });
  return connections;
}

function listen(listener: NetServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, host, () => {
      listener.off('error', reject);
      const address = listener.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
