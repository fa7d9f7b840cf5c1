import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LIMIT, startForTest } from '../../emulators/exchange/test/support.ts';
import { TOKEN_HEADER } from '../../shared/relay/routes.ts';
import { WebSocketClient } from '../session/ws.ts';
import { Connector, environmentFor, opened, sign, SOCKET, startTestRelay } from './support.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** The project's own Node: it strips types, whichever Node runs the tests. */
const NODE = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

function start(environment: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams {
  return spawn(NODE, [MAIN], { env: { PATH: process.env['PATH'] ?? '', ...environment } });
}

test('the process says where it listens, drains on SIGTERM, and logs no token', async () => {
  const exchange = await startForTest();
  const child = start(await environmentFor(exchange));
  try {
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const [line = ''] = (await once(createInterface({ input: child.stdout }), 'line')) as string[];
    const { url, ops } = JSON.parse(line) as { url: string; ops: string };
    expect((await fetch(`${ops}/health`)).status).toBe(200);
    const token = await sign('GET', '/session', '');
    const socket = new WebSocketClient(new URL(`${url.replace('http', 'ws')}/session`), {
      ...SOCKET,
      headers: { [TOKEN_HEADER]: `Bearer ${token}` },
    });
    await opened(socket);
    const connector = new Connector(socket);
    connector.send({ type: 'hello', session: 's1' });
    await connector.next('hello');
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await connector.closed()).toBe(4503);
    expect(await exited).toEqual([0, null]);
    expect(log).toContain('"event":"draining"');
    expect(log).not.toContain(token);
  } finally {
    child.kill('SIGKILL');
    await exchange.close();
  }
});

test('a relay that drains lets a call under way come to its end, and takes no other', async () => {
  const relay = await startTestRelay();
  const credential = await relay.credential();
  const path = '/api/v1beta1/insert_order';
  const slow = { method: 'POST', path, kind: 'delay', delay_ms: 1_000, after_processing: true };
  await relay.exchange.control('faults', slow);
  const underWay = relay.call(`/rest${path}`, LIMIT, { credential });
  // It has arrived; a call that the relay has not judged yet would be refused like the other one.
  const arrived = async (): Promise<unknown> => (await relay.exchange.stats())['requests'][`POST ${path}`];
  await expect.poll(arrived).toBe(1);
  const drained = relay.drain();
  expect(await relay.call(`/rest${path}`, LIMIT, { credential })).toMatchObject({
    status: 503,
    outcome: 'not-sent',
  });
  expect(await underWay).toMatchObject({ status: 200, outcome: 'answered', isSigned: true });
  await drained;
  await relay.exchange.close();
});
