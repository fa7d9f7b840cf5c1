import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { buildSdkIfStale } from '../../../scripts/build/build-sdk.ts';
import { inProject } from '../../../scripts/lib/paths.ts';
import { createRouter, createSessions, type Result } from '../../../sdk/src/index.ts';
import { startFaultyProxy, type Loss } from '../../support/faulty-proxy.ts';
import { markets, openMarket, setBook } from '../../support/markets.ts';
import { rowsOf } from '../../end-to-end/support/ask.ts';
import { newBuilder, USERS } from '../../end-to-end/support/builder.ts';
import { newTrader } from '../../end-to-end/support/trader.ts';

const file = inject('postern');
const run = promisify(execFile);
const EXAMPLES = ['agent.ts', 'builder.ts'] as const;

/** Of an outcome whose book no other test sets. */
let token: string;
beforeAll(async () => {
  const fit = (await markets(file)).filter(
    (one) => one.accepting_orders && one.minimum_tick_size === 0.01 && !one.neg_risk,
  );
  token = fit.at(-1)?.tokens[1]?.token_id ?? '';
  await setBook(file, token, {
    bids: [{ price: '0.40', size: '5000' }],
    asks: [{ price: '0.50', size: '5000' }],
  });
});

/** A folder outside the project, where the package is installed as `npm install` would. */
let home: string;
let packed: readonly string[];
beforeAll(async () => {
  await buildSdkIfStale();
  home = mkdtempSync(join(tmpdir(), 'postern-sdk-'));
  // Offline: it would look for a newer npm.
  const { stdout } = await run('npm', ['pack', '--json', '--offline', '--pack-destination', home], {
    cwd: inProject('sdk'),
    env: { ...process.env, npm_config_update_notifier: 'false' },
  });
  // What npm prints with --json.
  const [report] = JSON.parse(stdout) as readonly [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  packed = report.files.map(({ path }) => path);
  const installed = join(home, 'node_modules/@postern/sdk');
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', join(home, report.filename), '--strip-components=1', '-C', installed]);
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  for (const name of EXAMPLES) copyFileSync(inProject(`sdk/examples/${name}`), join(home, name));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** What an example printed. Rejects with what it complained of if it ended in a failure. */
async function example(name: (typeof EXAMPLES)[number], key: string, more = {}): Promise<string> {
  const env = { ...process.env, POSTERN_URL: file.url, POSTERN_KEY: key, ...more };
  return (await run(process.execPath, [join(home, name)], { env })).stdout;
}

test('the package is its modules and their types, and nothing else', () => {
  expect(packed).toEqual(
    expect.arrayContaining(['README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']),
  );
  expect(packed.filter((path) => !/^dist\/[\w/-]+\.(?:js|d\.ts)$/.test(path))).toEqual([
    'README.md',
    'package.json',
  ]);
});

test("the examples fit the package's types, in a project that knows Node's types alone", async () => {
  mkdirSync(join(home, 'node_modules/@types'), { recursive: true });
  symlinkSync(inProject('node_modules/@types/node'), join(home, 'node_modules/@types/node'));
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--types', 'node'];
  const modules = ['--module', 'nodenext', '--target', 'es2022'];
  const tsc = inProject('node_modules/.bin/tsc');
  await run(tsc, [...options, ...modules, ...EXAMPLES], { cwd: home }).catch((error: { stdout: string }) => {
    throw new Error(error.stdout);
  });
});

test("the README's programs are the examples", () => {
  const readme = readFileSync(inProject('sdk/README.md'), 'utf8');
  for (const name of EXAMPLES) {
    const text = readFileSync(inProject(`sdk/examples/${name}`), 'utf8');
    expect(readme).toContain(`\`\`\`ts\n${text}\`\`\`\n`);
  }
});

describe('as pasted', () => {
  test('builder.ts makes a customer and buys for it', async () => {
    const builder = await newBuilder(file);
    const said = await example('builder.ts', builder.keys[0] ?? '');
    expect(said).toMatch(/^order \S+ (?:open|filled|partially_filled) /m);
    const users = (await builder.call('GET', USERS)).json as { users: { customer_id: string }[] };
    const customer = users.users[0]?.customer_id ?? '';
    expect(said).toContain(`customer ${customer}`);
    const orders = await builder.as(customer, 'GET', '/api/v1/orders?exchange=paper&status=all');
    expect(rowsOf(orders)).toHaveLength(1);
    expect(rowsOf(await builder.as(customer, 'GET', '/api/v1/orders?exchange=paper'))).toEqual([]);
  });

  test('agent.ts is suggested, approved and executed in manual mode, and buys at once in auto mode', async () => {
    const trader = await newTrader(file);
    const said = await example('agent.ts', trader.keys[0] ?? '', { POSTERN_TOKEN_ID: token });
    const lines = [/^session \d+ run \d+ manual/m, /^approved \d+ executed$/m, /^session \d+ run \d+ auto/m];
    for (const line of [...lines, /^bought 10\S* shares at 0.50*$/m]) expect(said).toMatch(line);
    expect(said.match(/^positions \[ '10\S* \w+' \]$/gm)).toHaveLength(2);
  });
});

test('an agent that was started again goes on in its run: what it did under a key, it does not do again', async () => {
  const trader = await newTrader(file);
  const sessions = createSessions({ url: file.url, apiKey: trader.keys[0] ?? '' });
  const opened = dataOf(await sessions.create({ mode: 'auto', allocation_usd: 50, venue: 'paper' }));
  const session = sessions.session(opened.session_id);
  dataOf(await session.start());
  const agent = dataOf(await session.nextRun());
  const order = { tokenId: token, side: 'BUY', size: 5, idempotencyKey: 'of-this-run' } as const;
  const bought = await agent.platforms.polymarket.marketOrder(order);
  expect(bought).toMatchObject({ success: true, data: { orderInfo: { side: 'BUY' } } });
  expect(agent.portfolio.positions).toEqual([]);

  const again = dataOf(await session.resumeRun());
  expect([again.sessionId, again.run, again.executionMode]).toEqual([agent.sessionId, agent.run, 'auto']);
  expect(again.portfolio.positions).toMatchObject([
    { tokenId: token, polymarketMetadata: { tokenId: token } },
  ]);
  expect(await again.platforms.polymarket.marketOrder(order)).toMatchObject({
    success: false,
    status: 409,
    reason: 'ATTEMPT_CONFLICT',
    effect: 'unknown',
    idempotencyKey: 'of-this-run',
  });
  expect(dataOf(await agent.platforms.polymarket.positions()).positions).toHaveLength(1);
});

function dataOf<T>(result: Result<T>): T {
  if (result.success) return result.data;
  throw new Error(`${result.code}: ${result.error}`);
}

test.each<Loss>(['bad gateway', 'dropped connection'])(
  'after a %s in place of the reply: one order stands, and the caller has its first outcome',
  async (loss) => {
    const trader = await newTrader(file);
    const proxy = await startFaultyProxy(file.url, loss);
    try {
      const router = createRouter({ url: proxy.url, apiKey: trader.keys[0] ?? '' });
      const { condition: market_id } = await openMarket(file);
      const placed = await router.placeOrder({ ...cheap, market_id });
      expect(placed).toMatchObject({ success: true, replayed: true, data: { status: 'open' } });
      expect(proxy.orders()).toBe(2);
      const open = await router.orders({ exchange: 'paper' });
      expect(open).toMatchObject({ success: true, data: [placed.success ? placed.data : {}] });
    } finally {
      await proxy.close();
    }
  },
);

/** Rests: nobody sells for that. */
const cheap = { exchange: 'paper', outcome: 'yes', side: 'buy', price: 0.01, size: 20 } as const;
