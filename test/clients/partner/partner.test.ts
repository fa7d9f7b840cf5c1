import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { inProject } from '../../../scripts/lib/paths.ts';
import { newPartner, openSession, PORTAL, sessionOf, USERS } from '../../end-to-end/support/partner.ts';
import { marketBuy } from '../../end-to-end/support/trader.ts';
import { mailedToken } from '../../support/outbox.ts';
import { openMarket, setBook } from '../../support/markets.ts';

const file = inject('postern');
const missing = spawnSync('python3', ['--version']).status !== 0;
// As in test/clients/python.test.ts: a build machine has python3.
const withoutPython = missing && process.env['CI'] === undefined;

let market: string;
beforeAll(async () => {
  const { condition, yes } = await openMarket(file, (one) => one.minimum_tick_size === 0.01 && one.neg_risk);
  await setBook(file, yes, {
    bids: [{ price: '0.40', size: '100000' }],
    asks: [{ price: '0.50', size: '100000' }],
  });
  market = condition;
});

/** A client that takes steps. */
class Client {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string, args: readonly string[]) {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
    const { stdout } = this.#process;
    if (!stdout) throw new Error('a client without output');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  async take(step: string): Promise<unknown> {
    this.#process.stdin?.write(`${step}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the client ended at ${step}`);
    return JSON.parse(value) as unknown;
  }

  end(): void {
    this.#process.stdin?.end();
  }
}

const clients = [
  { name: 'Python', command: 'python3', script: 'lifecycle.py', skipped: withoutPython },
  { name: 'TypeScript', command: process.execPath, script: 'lifecycle.ts', skipped: false },
] as const;

describe.each(clients)('a prop firm in $name', ({ command, script, skipped }) => {
  test.skipIf(skipped)('runs a challenge from the first call to the reset', async () => {
    const partner = await newPartner(file);
    const email = `${randomUUID()}@example.com`;
    const [key = ''] = partner.keys;
    const path = inProject(`test/clients/partner/${script}`);
    const client = new Client(command, [path, file.url, key, email, PORTAL]);
    expect(await client.take('user')).toMatchObject({ status: 201, created: true, email });
    expect(await client.take('user')).toMatchObject({ status: 200, created: false, email });
    expect(await client.take('link')).toEqual({ http: 202, status: 'accepted' });
    expect(await client.take('account')).toMatchObject({ http: 201, status: 'active', stage: 'challenge' });

    const opened = await openSession(file, await mailedToken(file, email));
    expect(opened.json).toMatchObject({ redirect_url: PORTAL });
    const trade = sessionOf(file, opened);
    // Seven shares at 0.50 three times, and seven sold at 0.40.
    for (const side of ['BUY', 'BUY', 'BUY', 'SELL']) {
      const price = side === 'BUY' ? '0.99' : '0.01';
      const order = marketBuy(market, { side, quantity: '7', price, client_order_id: randomUUID() });
      const placed = await trade('POST', '/v1/orders', order);
      expect([placed.status, (placed.json as { status: string }).status], placed.text).toEqual([
        200,
        'FILLED',
      ]);
    }

    const fills = (await client.take('fills')) as readonly Readonly<Record<string, string>>[];
    expect(fills.map(({ side, price, quantity }) => [side, price, quantity])).toEqual([
      ['SELL', '0.4000', '7.0000'],
      ...Array.from({ length: 3 }, () => ['BUY', '0.5000', '7.0000']),
    ]);
    const state = (await client.take('state')) as Readonly<Record<string, unknown>>;
    expect(state).toMatchObject({
      status: 'active',
      starting_balance: '10000.00',
      realized_pnl: '-0.70',
      open_positions: [{ market_id: market, quantity: '14.0000', avg_entry_price: '0.5000' }],
      rules: { profit_target_pct: 20, max_drawdown_pct: 10 },
      metadata: { plan: '10k', attempt: 1 },
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/) as unknown,
    });

    expect(await client.take('close')).toMatchObject({ status: 'closed', balance: state['balance'] });
    const refused = await trade('POST', '/v1/orders', marketBuy(market));
    expect([refused.status, refused.code]).toEqual([403, 'ACCESS_RESTRICTED']);
    expect(await client.take('close')).toMatchObject({ status: 'closed' });
    const fresh = { status: 'active', balance: '10000.00', equity: '10000.00', open_positions: [] };
    expect(await client.take('reset')).toMatchObject(fresh);
    expect(await client.take('fills')).toHaveLength(4);
    expect((await trade('POST', '/v1/orders', marketBuy(market))).status).toBe(200);
    expect((await partner.call('GET', USERS)).json).toMatchObject({ data: [{ email }], next_cursor: null });
    client.end();
  });
});
