import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect } from 'node:tls';
import * as z from 'zod';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** The project's own Node: it strips types, whichever Node runs the tests. */
const NODE = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
const readySchema = z.object({
  ready: z.literal(true),
  url: z.string(),
  grpc: z.string(),
  tls: z.boolean(),
  users: z.array(z.object({ name: z.string(), firm: z.string() })),
  password: z.string(),
});

function start(environment: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams {
  return spawn(NODE, [MAIN], { env: { ...process.env, EMULATOR_CLOCK: 'manual', ...environment } });
}

async function ready(child: ChildProcessWithoutNullStreams): Promise<z.infer<typeof readySchema>> {
  for await (const line of createInterface({ input: child.stdout }))
    return readySchema.parse(JSON.parse(line));
  throw new Error('ended before it was ready');
}

test('the process says where it listens and who may log in, and ends on SIGTERM', async () => {
  const child = start({});
  try {
    const { url, grpc, users, password } = await ready(child);
    expect(grpc).toMatch(/^127\.0\.0\.1:\d+$/);
    const body = JSON.stringify({ username: users[0]?.name, password });
    expect((await fetch(`${url}/auth/v1beta1/login`, { method: 'POST', body })).status).toBe(200);
    const second = start({ EXCHANGE_GRPC_PORT: grpc.split(':')[1] ?? '' });
    let complaint = '';
    second.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    expect(await once(second, 'close')).toEqual([1, null]);
    expect(complaint).toContain(`port ${grpc.split(':')[1]} is already in use`);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('with a certificate both ports speak TLS; the process ends with its parent', async () => {
  // The mail server's own self-signed certificate: no key of ours lies about.
  const options: unknown = createRequire(import.meta.url)('smtp-server/lib/tls-options.js');
  const { key, cert } = (options as (given?: object) => { readonly key: string; readonly cert: string })();
  const directory = mkdtempSync(join(tmpdir(), 'exchange-tls-'));
  const files = {
    EXCHANGE_TLS_CERT: join(directory, 'cert.pem'),
    EXCHANGE_TLS_KEY: join(directory, 'key.pem'),
  };
  writeFileSync(files.EXCHANGE_TLS_CERT, cert);
  writeFileSync(files.EXCHANGE_TLS_KEY, key);
  const child = start({ ...files, EMULATOR_EXIT_WITH_PARENT: '1' });
  try {
    const { url, grpc, tls } = await ready(child);
    expect([tls, url.startsWith('https:')]).toEqual([true, true]);
    const [reply] = (await once(
      get(`${url}/__control/stats`, { rejectUnauthorized: false }),
      'response',
    )) as [{ statusCode: number; resume(): void }];
    reply.resume();
    expect(reply.statusCode).toBe(200);
    const [host, port] = grpc.split(':');
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('h2');
    socket.destroy();
    const ended = once(child, 'exit');
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  }
});
