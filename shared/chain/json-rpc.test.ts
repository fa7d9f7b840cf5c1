import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeServer, listen } from '../../emulators/lib/http/listen.ts';
import { createJsonRpc } from './json-rpc.ts';

let server: Server;
let url: string;
interface Canned {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}
let replies: Canned[];
let asked: number;
const fine: Canned = { status: 200, body: '{"jsonrpc":"2.0","id":1,"result":"0x1"}' };

beforeEach(async () => {
  replies = [];
  asked = 0;
  server = createServer((_request, response) => {
    asked += 1;
    const { status, body, headers = {} } = replies.shift() ?? fine;
    response.writeHead(status, headers).end(body);
  });
  url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
});
afterEach(() => closeServer(server));

test('a read is asked three times at most, a command once', async () => {
  const busy = { status: 429, body: '', headers: { 'retry-after': '0' } };
  replies = [busy, { status: 503, body: '' }];
  expect(await createJsonRpc(url).read('eth_chainId', [])).toEqual({ ok: true, result: '0x1' });
  expect(asked).toBe(3);
  replies = [busy, busy, busy, busy];
  expect(await createJsonRpc(url).read('eth_chainId', [])).toMatchObject({ kind: 'unanswered' });
  expect(asked).toBe(6);
  replies = [busy];
  expect(await createJsonRpc(url).call('eth_sendRawTransaction', [])).toMatchObject({ kind: 'unanswered' });
  expect(asked).toBe(7);
});

test.each([
  ['half a reply', '{"jsonrpc":'],
  ['a reply of another kind', '[]'],
  ['a reply without an end', `{"result":"${'0'.repeat(300_000)}"}`],
])('%s is no answer', async (_name, body) => {
  replies = [{ status: 200, body }];
  expect(await createJsonRpc(url).call('eth_chainId', [])).toMatchObject({ ok: false, kind: 'unanswered' });
});

test("a node's error is an answer, with the data of a revert", async () => {
  const error = { code: 3, message: 'execution reverted', data: '0x1234' };
  replies = [{ status: 400, body: JSON.stringify({ jsonrpc: '2.0', id: 1, error }) }];
  expect(await createJsonRpc(url).read('eth_call', [])).toEqual({
    ok: false,
    kind: 'error',
    message: 'execution reverted',
    data: '0x1234',
  });
});

test('a connection that never came about is told from an answer that never came', async () => {
  await closeServer(server);
  expect(await createJsonRpc(url).call('eth_chainId', [])).toMatchObject({ kind: 'unsent' });
  server = createServer((request) => request.socket.destroy());
  url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  expect(await createJsonRpc(url).call('eth_chainId', [])).toMatchObject({ kind: 'unanswered' });
});
