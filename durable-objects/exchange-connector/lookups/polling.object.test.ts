import { env } from 'cloudflare:workers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { control, exchangeAt, newDesk, SYMBOL, type Desk } from '../../../test/support/desk.ts';
import { exchangeConnector } from '../../rpc/stubs.ts';
import { PATIENCE } from '../../../test/support/patience.ts';

/** Of a method in any minute (contract: exchange, "Lookups"). */
const BUDGET = 12;
const POLLS = 1_000;
const TOGETHER = 50;

let desk: Desk;
/** What a bot without streams would ask all the time. */
let questions: readonly (readonly [rpc: string, body: Readonly<Record<string, unknown>>])[];

beforeAll(async () => {
  desk = await newDesk();
  const { username, password, actor, account } = desk;
  await exchangeConnector(env, desk.tenant).keep({ kind: 'login', username, password }, actor);
  questions = [
    ['get_open_orders', {}],
    ['list_account_positions', { name: account }],
    ['get_account_balance', { name: account, currency: 'USD' }],
    ['list_instruments', { symbols: [SYMBOL] }],
  ];
});
afterAll(() => control('connections', { refuse: false }));

const lookUp = (nth: number) => {
  const [rpc, body] = questions[nth % questions.length] ?? ['', {}];
  return exchangeConnector(env, desk.tenant).lookUp(rpc, body, desk.actor, false);
};

/** Where each of so many answers came from, or why there was none. */
async function poll(times: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let from = 0; from < times; from += TOGETHER) {
    const answers = await Promise.all(Array.from({ length: TOGETHER }, (_, nth) => lookUp(from + nth)));
    for (const answer of answers) {
      const word = answer.ok ? answer.source : answer.reason;
      counts[word] = (counts[word] ?? 0) + 1;
    }
  }
  return counts;
}

/** How often the exchange was asked each of the questions. */
async function askedUpstream(): Promise<readonly number[]> {
  const response = await fetch(await exchangeAt('/__control/stats'));
  // The emulator's own counters.
  const { requests } = (await response.json()) as { readonly requests: Readonly<Record<string, number>> };
  return questions.map(([rpc]) => requests[`POST /api/v1beta1/${rpc}`] ?? 0);
}

test('1,000 polls reach the exchange not once while the streams are live, and within the budget when they are not', async () => {
  await vi.waitFor(async () => {
    for (const nth of questions.keys()) expect(await lookUp(nth)).toMatchObject({ source: 'stream' });
  }, PATIENCE);
  const before = await askedUpstream();
  expect(await poll(POLLS)).toEqual({ stream: POLLS });
  expect(await askedUpstream()).toEqual(before);

  await control('connections', { refuse: true });
  await control('streams/cut', { how: 'connection' });
  await vi.waitFor(async () => expect(await lookUp(0)).not.toMatchObject({ source: 'stream' }), PATIENCE);
  const counts = await poll(POLLS);
  const asked = (await askedUpstream()).map((times, nth) => times - (before[nth] ?? 0));
  // What no stream tells of instruments does not change with a stream.
  const [orders = 0, positions = 0, balances = 0, instruments = 0] = asked;
  for (const times of [orders, positions, balances]) {
    expect(times).toBeGreaterThan(0);
    expect(times).toBeLessThanOrEqual(BUDGET);
  }
  expect(instruments).toBe(0);
  expect(counts['stream']).toBe(POLLS / questions.length);
  expect(counts['RATE_LIMIT_EXCEEDED']).toBe(POLLS - POLLS / questions.length - (counts['lookup'] ?? 0));
});
