import { createServer, request as send, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { decodeJwt } from 'jose';

/**
 * One address for many relays: which one, the desk in the request's token says. It listens all the time, so that a relay
 * may stop and come back while no other process can take its port.
 */
export function createRelayFront(relayOf: (desk: string) => string | undefined): Server {
  const targetOf = ({ headers, url = '/' }: IncomingMessage): URL | undefined => {
    const relay = relayOf(String(decodeJwt((headers.authorization ?? '').replace('Bearer ', ''))['desk']));
    return relay === undefined ? undefined : new URL(url, relay);
  };
  const front = createServer((request, response) => {
    const target = targetOf(request);
    if (!target) return void request.socket.destroy();
    const { method, headers } = request;
    const onward = send(target, { method, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
      reply.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  front.on('upgrade', (request, socket, head) => {
    const target = targetOf(request);
    if (!target) return void socket.destroy();
    const onward = connect(Number(target.port), target.hostname, () => {
      const lines = [`GET ${target.pathname} HTTP/1.1`];
      for (let at = 0; at < request.rawHeaders.length; at += 2)
        lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  return front;
}
