import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PosternFile } from '../../scripts/launch/launch.ts';
import { inProject, root } from '../../scripts/lib/paths.ts';

let home: string;
let running: Start[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'postern-start-'));
});
afterEach(async () => {
  // SIGTERM, not SIGKILL: only a program that may tidy up ends what it started.
  for (const entry of running) entry.process.kill('SIGTERM');
  await Promise.all(running.map((entry) => entry.exit));
  running = [];
  rmSync(home, { recursive: true, force: true });
});

interface Start {
  readonly process: ChildProcess;
  readonly exit: Promise<number | null>;
  output(): string;
}

/** `npm start`'s own command, as a user's shell runs it; or as npm does, in a shell that hands no signal on. */
function start(port: number, by: 'shell' | 'npm' = 'shell'): Start {
  const env = { ...process.env, POSTERN_HOME: home, PORT: String(port) };
  const command = [process.execPath, inProject('scripts/start.ts')] as const;
  const child =
    by === 'npm'
      ? spawn('sh', ['-c', '"$0" "$1"; exit $?', ...command], {
          cwd: root,
          env: { ...env, npm_lifecycle_event: 'start' },
        })
      : spawn(command[0], [command[1]], { cwd: root, env });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const entry = { process: child, exit, output: () => output };
  running.push(entry);
  return entry;
}

async function ready(entry: Start): Promise<void> {
  await expect.poll(() => entry.output()).toContain('Try it:');
}
const fileOf = (): PosternFile => JSON.parse(readFileSync(join(home, 'postern.json'), 'utf8')) as PosternFile;
const balance = async (file: PosternFile): Promise<Response> =>
  fetch(`${file.url}/v1/account/balance`, { headers: { 'x-api-key': file.keys.trader } });

/** Two orders of the local desk, with nothing said to it before: both stand in the copy of the order stream. */
async function tradeAsDesk({ url, keys }: PosternFile): Promise<void> {
  const post = async (
    rpc: string,
    body: object,
  ): Promise<{ readonly source: string | null; json: unknown }> => {
    const response = await fetch(`${url}/api/v1beta1/${rpc}`, {
      method: 'POST',
      headers: { 'x-api-key': keys.desk, 'x-postern-wait': 'ack', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { source: response.headers.get('x-postern-source'), json: await response.json() };
  };
  const order = {
    type: 'ORDER_TYPE_LIMIT',
    side: 'SIDE_BUY',
    symbol: 'aec-nfl-kc-buf-w1',
    order_qty: '1',
    price: '10',
    time_in_force: 'TIME_IN_FORCE_GOOD_TILL_CANCEL',
  };
  const orders = [];
  // The first may still come with the stream's snapshot; the second is an execution of its own.
  for (const { json } of [await post('insert_order', order), await post('insert_order', order)]) {
    const { order_id: id, state } = json as { readonly order_id?: string; readonly state?: string };
    expect(state).toBe('ORDER_STATE_NEW');
    orders.push(expect.objectContaining({ id }));
  }
  expect(await post('get_open_orders', {})).toEqual({ source: 'stream', json: { orders } });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function ends(entry: Start, { pids }: PosternFile, signal: NodeJS.Signals): Promise<void> {
  expect(Object.values(pids).every(alive)).toBe(true);
  entry.process.kill(signal);
  // Of npm's shell it is the signal. Its output is closed by the last that had it.
  expect(await entry.exit).toBe(signal === 'SIGTERM' ? null : 0);
  expect(Object.values(pids).some(alive)).toBe(false);
}

describe('npm start', () => {
  test('prints a curl that works as pasted; has its home alone; ends every process it started; keys and state survive', async () => {
    const first = start(0);
    await ready(first);
    const [, url = '', key = ''] = /curl -s (\S+) -H 'X-API-Key: (\S+)'/.exec(first.output()) ?? [];
    expect((await fetch(url, { headers: { 'X-API-Key': key } })).status).toBe(200);
    // Secrets are for the user alone.
    for (const name of ['postern.json', 'secrets.json'])
      expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);
    const before = fileOf();
    await tradeAsDesk(before);
    const beside = start(0);
    expect(await beside.exit).toBe(1);
    expect(beside.output()).toContain(`${home} is in use by process ${before.pids.workerd}`);
    await ends(first, before, 'SIGINT');

    const second = start(0, 'npm');
    await ready(second);
    const after = fileOf();
    expect([after.keys, after.polymarket]).toEqual([before.keys, before.polymarket]);
    expect((await balance(after)).status).toBe(200);
    // At a new exchange, which knows neither the desk's token nor its orders.
    await tradeAsDesk(after);
    await ends(second, after, 'SIGTERM');
  });

  test('says that a port is taken and exits 1, before it touches anything', async () => {
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const entry = start(port);
    expect(await entry.exit).toBe(1);
    expect(entry.output()).toContain(`Port ${port} is taken`);
    await new Promise((resolve) => server.close(resolve));
  });
});
