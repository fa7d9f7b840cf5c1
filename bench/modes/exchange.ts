import { Worker } from 'node:worker_threads';
import { launch } from '../../scripts/launch/launch.ts';
import type { ConsumerSpec } from '../lib/book-consumer.ts';
import type { ReceivedBooks, ReaderSpec } from '../lib/book-reader.ts';
import { deskAt, makeBooks, symbolsOf } from '../lib/exchange-desk.ts';
import { median } from '../lib/measure.ts';
import { cpuMs, residentKb } from '../servers/process.ts';
import { noteRow, printTable, type Row } from '../lib/table.ts';
import { shot, type Shot } from '../load/protocol.ts';
import type { Bench } from '../lib/bench.ts';

/** Issue of the exchange: so many updates a second, told to so many sockets, each of which follows one symbol. */
const UPDATES = 10_000;
const SOCKETS = 100;
const SECONDS = 10;
/** Sockets of one key, as the best tier has it. */
const SOCKETS_A_KEY = 50;
const ROUNDS = 3;
/** So few that no key comes near 100 requests a second. */
const ORDERS = 60;
/** What is still on its way when the exchange has said the last book. */
const TAIL_MS = 2_000;

/** Books from the exchange to many sockets, beside a client of the exchange's own; then what a command costs. */
export async function measureExchange({ home, load, cleanup, step }: Bench): Promise<void> {
  step('starting with exchange and relay');
  const running = await launch({ home: `${home}/exchange`, port: 0, exchange: true });
  cleanup.add(() => running.stop());
  const { file } = running;
  const { exchange = '', exchangeGrpc = '' } = file.emulators;
  const desk = await deskAt(file, SOCKETS / SOCKETS_A_KEY);
  const symbols = await symbolsOf(file, desk.token);
  const pids = { exchange: file.pids.exchange ?? 0, relay: file.pids.relay ?? 0, workerd: file.pids.workerd };
  const rows: Row[] = [];

  step('a plain grpc-js consumer');
  const spec: ConsumerSpec = { grpc: exchangeGrpc, token: desk.token, symbols };
  rows.push(...(await phase('grpc-js, all symbols', 'book-consumer.ts', spec, UPDATES)));
  step(`relay, connector and ${SOCKETS} sockets`);
  const readers: ReaderSpec = {
    url: `${file.url.replace(/^http/, 'ws')}/v1/ws/exchange`,
    keys: desk.keys,
    symbols,
    clients: SOCKETS,
  };
  const wanted = (UPDATES * SOCKETS) / symbols.length;
  rows.push(...(await phase(`${SOCKETS} sockets, one symbol each`, 'book-reader.ts', readers, wanted)));

  step('order commands');
  const direct = Number(new URL(exchange).port);
  const through = Number(new URL(file.url).port);
  const rounds: { readonly direct: number; readonly routed: number }[] = [];
  // The first round warms up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const volley = { connections: 1, seconds: 0, requests: ORDERS };
    const own = order({ authorization: `Bearer ${desk.token}` });
    const routed = desk.keys.map((key) => order({ 'x-api-key': key }));
    const a = await load.fire({ port: direct, shots: [own], ...volley });
    const b = await load.fire({ port: through, shots: routed, ...volley });
    if (round > 0) rounds.push({ direct: a.p50Ms, routed: b.p50Ms });
    process.stderr.write('.');
  }
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  rows.push(
    noteRow('order command, added p50 at c=1', ms(median(rounds.map((one) => one.routed - one.direct)))),
    noteRow('  to the exchange directly, p50', ms(median(rounds.map((one) => one.direct)))),
    noteRow('  through gateway and relay, p50', ms(median(rounds.map((one) => one.routed)))),
  );
  await running.stop();
  printTable(rows);

  /** `expected` messages a second are what would come if nobody skipped a book. */
  async function phase(
    name: string,
    module: string,
    workerData: ConsumerSpec | ReaderSpec,
    expected: number,
  ): Promise<readonly Row[]> {
    const thread = new Worker(new URL(`../lib/${module}`, import.meta.url), { workerData });
    const next = (): Promise<ReceivedBooks> =>
      new Promise((resolve, reject) => {
        thread.once('message', (message: ReceivedBooks & { readonly error?: string }) =>
          message.error === undefined ? resolve(message) : reject(new Error(message.error)),
        );
        thread.once('error', reject);
      });
    const ask = (): Promise<ReceivedBooks> => {
      const answer = next();
      thread.postMessage('heard');
      return answer;
    };
    await next();
    await makeBooks(file, UPDATES, UPDATES);
    await ask();
    const cpu = Object.values(pids).map(cpuMs);
    const started = performance.now();
    await makeBooks(file, UPDATES * SECONDS, UPDATES);
    const seconds = (performance.now() - started) / 1000;
    const used = Object.values(pids).map((pid, index) => cpuMs(pid) - (cpu[index] ?? 0));
    await new Promise((resolve) => setTimeout(resolve, TAIL_MS));
    const { delays } = await ask();
    await thread.terminate();
    const at = (share: number): string => `${delays[Math.floor(delays.length * share)] ?? Number.NaN} ms`;
    const rate = delays.length / seconds;
    const made = (UPDATES * SECONDS) / seconds;
    const share = rate / ((expected * made) / UPDATES);
    const shown = Object.keys(pids).map(
      (who, index) =>
        `${who} ${((used[index] ?? 0) / seconds / 10).toFixed(0)}% CPU ${(residentKb(Object.values(pids)[index] ?? 0) / 1024).toFixed(0)} MB`,
    );
    return [
      noteRow(name, `${Math.round(rate).toLocaleString('en')}/s`),
      noteRow('  made by the exchange', `${Math.round(made).toLocaleString('en')}/s`),
      noteRow('  of what it would be without skipping', `${(share * 100).toFixed(1)}%`),
      noteRow('  delay p50, p90', `${at(0.5)}, ${at(0.9)}`),
      ...shown.map((text) => noteRow('', text)),
    ];
  }
}

function order(headers: Readonly<Record<string, string>>): Shot {
  const body = {
    type: 'ORDER_TYPE_LIMIT',
    side: 'SIDE_BUY',
    symbol: 'aec-nfl-kc-buf-w1',
    order_qty: '1',
    price: '100',
    time_in_force: 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL',
  };
  const json = { 'content-type': 'application/json', ...headers };
  return shot('POST', '/api/v1beta1/insert_order', json, JSON.stringify(body));
}
