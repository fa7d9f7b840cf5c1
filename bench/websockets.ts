import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWorkers } from '../scripts/build/build-workers.ts';
import { launch, type PosternFile } from '../scripts/launch/launch.ts';
import { openMarket, setBook } from '../test/support/markets.ts';
import { tiers } from '../shared/limits/tiers.ts';
import { cpuMs, residentKb } from './servers/process.ts';
import { issueTenants } from './lib/tenants.ts';

/**
 * `node bench/websockets.ts [clients]`: many websocket clients on one market. Each change of the book is told to each
 * client; the run fails unless every client got every change, in order. Delay is from the venue's timestamp in
 * the frame to its receipt, on one clock, in whole milliseconds.
 */
const clientCount = Number(process.argv[2] ?? 1_000);
/** Changes a second in the paced part: a busy market. */
const PACE = 10;
const PACED_CHANGES = 100;
/** Changes as fast as the emulator takes them. */
const BURST_CHANGES = 200;
/** Connections opened at once. */
const CONCURRENCY = 20;
const DEADLINE_MS = 120_000;

interface Client {
  readonly socket: WebSocket;
  /** Change that came last; changes are numbered by the size of the one ask. */
  last: number;
  readonly delays: number[];
}

/** Sizes of the first change's asks: `"size":"7","side":"SELL"`. */
const ASK = /"size":"(\d+)","side":"SELL"/g;
const STAMP = /"timestamp":"(\d+)"/;

let wrong = '';

async function open(file: PosternFile, token: string, key: string, index: number): Promise<Client> {
  const url = `${file.url.replace(/^http/, 'ws')}/v1/ws/market`;
  const socket = new WebSocket(url, { headers: { 'x-api-key': key } });
  const client: Client = { socket, last: 0, delays: [] };
  const ready = new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () =>
      socket.send(JSON.stringify({ type: 'market', assets_ids: [token] })),
    );
    socket.addEventListener('close', ({ code }) => reject(new Error(`client ${index} was closed: ${code}`)));
    socket.addEventListener('message', ({ data }) => {
      const text = String(data);
      if (text.includes('"event_type":"book"')) resolve();
      else take(client, text, index);
    });
  });
  await ready;
  return client;
}

function take(client: Client, text: string, index: number): void {
  if (!text.includes('"event_type":"price_change"')) return;
  client.delays.push(Date.now() - Number(STAMP.exec(text)?.[1]));
  const sizes = [...text.matchAll(ASK)].map(([, size]) => Number(size)).filter((size) => size > 0);
  const number = Math.max(...sizes);
  if (number !== client.last + 1) wrong ||= `client ${index} got ${number} after ${client.last}`;
  client.last = number;
}

async function everyone(clients: readonly Client[], change: number): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (wrong === '' && clients.some(({ last }) => last < change)) {
    if (Date.now() > end) throw new Error(`not everyone got change ${change}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (wrong !== '') throw new Error(wrong);
}

function report(name: string, clients: readonly Client[], seconds: number, cpu: number): void {
  const delays = clients.flatMap(({ delays: own }) => own.splice(0)).sort((a, b) => a - b);
  const at = (share: number): number => delays[Math.floor(delays.length * share)] ?? Number.NaN;
  console.log(
    [
      name.padEnd(34),
      `${Math.round(delays.length / seconds).toLocaleString('en')} messages/s`.padStart(22),
      `p50 ${at(0.5)} ms`.padStart(12),
      `p90 ${at(0.9)} ms`.padStart(12),
      `max ${at(0.9999)} ms`.padStart(14),
      `workerd CPU ${((cpu * 1_000) / delays.length).toFixed(1)} µs/message`.padStart(34),
    ].join(''),
  );
}

/** Enterprise keys, 50 sockets each. */
async function keysFor(file: PosternFile, clients: number): Promise<readonly string[]> {
  const tenants = await issueTenants(file, Math.ceil(clients / tiers.enterprise.maxWsConnections), 1);
  return tenants.flat();
}

const keyOf = (keys: readonly string[], index: number): string => keys[index % keys.length] ?? '';

/** One client on every key, gone again: objects and code are there, so that clients are all that is measured. */
async function warmUp(file: PosternFile, token: string, keys: readonly string[]): Promise<void> {
  const clients = await Promise.all(keys.map((key, index) => open(file, token, key, index)));
  await closeAll(clients);
}

async function closeAll(clients: readonly Client[]): Promise<void> {
  const gone = clients.map(
    ({ socket }) => new Promise((resolve) => socket.addEventListener('close', resolve)),
  );
  for (const { socket } of clients) socket.close(1000);
  await Promise.all(gone);
}

async function main(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'postern-bench-ws-'));
  await buildWorkers();
  const running = await launch({
    home,
    port: 0,
    emulatorEnv: { EMULATOR_CLOCK: 'manual' },
  });
  try {
    await measure(running.file, running.workerdPid());
  } finally {
    await running.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measure(file: PosternFile, pid: number): Promise<void> {
  const { yes } = await openMarket(file);
  // Only `yes` has a numbered ask: the other token's book has the mirrored bid.
  const change = (number: number): Promise<void> =>
    setBook(file, yes, { bids: [], asks: [{ price: '0.6', size: String(number) }] });
  await change(999_999);
  const keys = await keysFor(file, clientCount);
  await warmUp(file, yes, keys);
  const before = residentKb(pid);
  const clients: Client[] = [];
  const connecting = performance.now();
  for (let start = 0; start < clientCount; start += CONCURRENCY) {
    const count = Math.min(CONCURRENCY, clientCount - start);
    clients.push(
      ...(await Promise.all(
        Array.from({ length: count }, (_, i) => open(file, yes, keyOf(keys, start + i), start + i)),
      )),
    );
  }
  console.log(`${clientCount} clients in ${((performance.now() - connecting) / 1_000).toFixed(1)} s`);
  const idle = residentKb(pid);
  let number = 0;
  await change((number += 1));
  await everyone(clients, number);
  for (const { delays } of clients) delays.length = 0;

  let cpu = cpuMs(pid);
  const pacedStart = performance.now();
  for (let sent = 0; sent < PACED_CHANGES; sent += 1) {
    const due = pacedStart + (sent * 1_000) / PACE;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    await change((number += 1));
  }
  await everyone(clients, number);
  report(`${PACE} changes/s`, clients, (performance.now() - pacedStart) / 1_000, cpuMs(pid) - cpu);

  cpu = cpuMs(pid);
  const burstStart = performance.now();
  for (let sent = 0; sent < BURST_CHANGES; sent += 1) await change((number += 1));
  await everyone(clients, number);
  report('burst, as fast as they come', clients, (performance.now() - burstStart) / 1_000, cpuMs(pid) - cpu);

  const after = residentKb(pid);
  const mb = (kb: number): string => (kb / 1024).toFixed(0);
  console.log(
    `workerd RSS: ${mb(before)} MB before, ${mb(idle)} MB with ${clientCount} idle clients ` +
      `(${((idle - before) / clientCount).toFixed(1)} KB each), ${mb(after)} MB after`,
  );
  console.log(`every client got all ${number} changes, in order`);
  await closeAll(clients);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
