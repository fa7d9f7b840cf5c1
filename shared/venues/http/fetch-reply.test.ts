import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readVenue } from './read.ts';
import { fetchReply } from './fetch-reply.ts';

/** Longer than a busy machine takes on loopback. */
const WITHIN_MS = 10_000;
/** One byte more than is taken: 17 KB on the way. */
const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024 + 1, ' '));

let server: Server;
let base: string;
const visited: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    visited.push(request.url ?? '');
    if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    else if (request.url === '/moved') response.writeHead(307, { location: '/elsewhere' }).end('{}');
    else if (request.url === '/endless') response.writeHead(200).write('{');
    else response.end('{"a":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('an answer is read whole', async () => {
  expect(await fetchReply(`${base}/`, {}, WITHIN_MS)).toMatchObject({ status: 200, text: '{"a":1}' });
});

test('what unpacks into more than an isolate can hold is given up', async () => {
  await expect(fetchReply(`${base}/bomb`, {}, WITHIN_MS)).rejects.toThrow(RangeError);
});

test('a body that never ends is given up in time', async () => {
  await expect(fetchReply(`${base}/endless`, {}, 50)).rejects.toThrow('aborted');
});

test('signed headers follow no redirect', async () => {
  const answer = await readVenue(`${base}/moved`, { headers: { POLY_SIGNATURE: '0x1' } });
  expect(answer).toMatchObject({ ok: true, status: 307 });
  expect(visited).not.toContain('/elsewhere');
});
