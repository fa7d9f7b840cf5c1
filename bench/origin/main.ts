import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/**
 * Plays the market-data origin for the proxy and order rows: fixed bodies by path and query, taken from the
 * Polymarket emulator. The emulator itself needs half a millisecond a book and would be what is measured.
 */
const bodies = new Map(
  // Written by `startOrigin` a moment ago.
  Object.entries(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Record<string, string>).map(
    ([path, body]) => [path, Buffer.from(body)] as const,
  ),
);

const server = createServer((request, response) => {
  const body = bodies.get(request.url ?? '');
  request.resume();
  if (!body) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not captured"}');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});

// workerd keeps idle connections; closing one under it would fail a request now and then.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(JSON.stringify({ port: address.port }));
});
// Ends with the bench, however that ends.
process.stdin.resume().once('end', () => process.exit());
process.stdin.once('close', () => process.exit());
