import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, inject, test } from 'vitest';
import { markets, setBook } from '../support/markets.ts';
import { member, type Answer } from './support/ask.ts';
import {
  ACCOUNTS,
  accountBody,
  newPartner,
  type AsTrader,
  type OwnUser,
  type Partner,
} from './support/partner.ts';
import { read, recompute, type Sums, type WireFill } from '../support/recompute.ts';

/** Over the wire; a thousand draws of the same kind are compared in `recomputed.object.test.ts`. */
const RANDOM_ACCOUNTS = 60;
const PARTNERS = 4;
/** One account in so many is traded and reset before; its first fills stay in its feed. */
const RESET_EVERY = 10;
/** An order rests in one account of so many: its book is looked at every second from then on. */
const RESTS_IN = 4;
const SEED = 20_261_121;
/** Midway between the best bid and the best ask below; the other outcome's book is the mirror of this one's. */
const PRICES = new Map([
  ['Yes', '0.42'],
  ['No', '0.58'],
]);

const file = inject('postern');
let market: string;
beforeAll(async () => {
  // The last one with a fee: other tests take the first that fits, so these books are as they are set all the time.
  const fees = async (token: string | undefined): Promise<boolean> => {
    const told = await fetch(`${file.emulators.polymarket}/fee-rate?token_id=${token}`);
    return ((await told.json()) as { readonly base_fee: number }).base_fee > 0;
  };
  let token = '';
  for (const one of await markets(file)) {
    const [yes] = one.tokens;
    const fits = one.accepting_orders && one.minimum_tick_size === 0.01 && yes?.outcome === 'Yes';
    if (fits && (await fees(yes.token_id))) [market, token] = [one.condition_id, yes.token_id];
  }
  // Several levels, so that fills have average prices and amounts below a cent.
  await setBook(file, token, {
    bids: [
      { price: '0.41', size: '7.77' },
      { price: '0.37', size: '31.13' },
      { price: '0.20', size: '100000' },
    ],
    asks: [
      { price: '0.43', size: '9.91' },
      { price: '0.49', size: '23.57' },
      { price: '0.60', size: '100000' },
    ],
  });
});

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Two buys, by shares or by money, two more of either side, and sometimes one that rests. */
function ordersOf(random: (below: number) => number): readonly object[] {
  const decimals = (most: number, places: number): string =>
    `${1 + random(most)}.${String(random(10 ** places)).padStart(places, '0')}`;
  const orders = [0, 1, 2, 3].map((index) => {
    const sells = index > 1 && random(3) > 0;
    const size = random(2) === 0 && !sells ? { amount: decimals(15, 2) } : { quantity: decimals(30, 4) };
    return {
      market_id: market,
      outcome: random(3) > 0 ? 'Yes' : 'No',
      side: sells ? 'SELL' : 'BUY',
      order_type: 'market',
      price: sells ? '0.01' : '0.99',
      ...size,
    };
  });
  if (random(RESTS_IN) > 0) return orders;
  // It holds cash that is the account's still, and is in no feed.
  const resting = { side: 'BUY', outcome: 'Yes', order_type: 'limit', price: '0.30', quantity: '10' };
  return [...orders, { ...resting, market_id: market }];
}

/** Asks until the limit lets it through, as a client does. */
async function patiently(send: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const answer = await send();
    if (answer.status !== 429) return answer;
    await wait(Number(answer.headers.get('retry-after')) * 1_000);
  }
  throw new Error('the limit never let it through');
}

/** One partner with one trader, who is signed in. */
interface Firm {
  readonly partner: Partner;
  readonly user: OwnUser;
  readonly trade: AsTrader;
}

async function newFirm(): Promise<Firm> {
  const partner = await newPartner(file);
  const user = await partner.user();
  return { partner, user, trade: await partner.signIn(user) };
}

type State = Sums & {
  readonly open_positions: readonly { readonly market_value: string; readonly unrealized_pnl: string }[];
};

/** Opens an account, lets it trade at random, and compares what the wire says of it. Returns its feed, oldest first. */
async function check({ partner, user, trade }: Firm, index: number): Promise<readonly WireFill[]> {
  const random = numbers(SEED + index);
  const start = `${200 + random(9_800)}.${String(random(100)).padStart(2, '0')}`;
  const good = async (send: () => Promise<Answer>): Promise<Answer> => {
    const answer = await patiently(send);
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer;
  };
  const asPartner = (method: string, path: string, body?: unknown): Promise<Answer> =>
    good(() => partner.call(method, `${ACCOUNTS}${path}`, body));
  const opened = await asPartner('POST', '', accountBody(user.id, { starting_balance: start }));
  const account = String(member(opened, 'account_id'));
  await good(() => trade('POST', '/v1/trader/session/account', { account_id: account }));
  const tradeAtRandom = (): Promise<Answer> =>
    good(() => trade('POST', '/v1/orders/batch', { orders: ordersOf(random) }));
  let began = '';
  if (index % RESET_EVERY === 0) {
    await tradeAtRandom();
    await asPartner('POST', `/${account}/reset`);
    began = String(member(await asPartner('GET', `/${account}/rule-status`), 'began_at'));
  }
  await tradeAtRandom();
  const state = (await asPartner('GET', `/${account}`)).json as State;
  const feed = (await asPartner('GET', `/${account}/trades`)).json as { readonly data: readonly WireFill[] };
  const fills = feed.data.filter(({ filled_at }) => filled_at >= began).toReversed();
  const { balance, equity, unrealized_pnl, realized_pnl } = state;
  const told: Sums = { balance, equity, unrealized_pnl, realized_pnl };
  expect(told, `account ${index}, ${account}`).toEqual(recompute(start, fills, PRICES));
  // And what the wire shows adds up by itself.
  const sum = (of: readonly string[]): bigint => of.reduce((total, one) => total + read(one), 0n);
  expect(read(equity) - read(balance)).toBe(sum(state.open_positions.map((one) => one.market_value)));
  expect(read(unrealized_pnl)).toBe(sum(state.open_positions.map((one) => one.unrealized_pnl)));
  return fills;
}

test(`balance, equity and results of ${RANDOM_ACCOUNTS} random accounts are what their feeds add up to`, async () => {
  const seen: WireFill[] = [];
  let begun = 0;
  const run = async (): Promise<void> => {
    const firm = await newFirm();
    while (begun < RANDOM_ACCOUNTS) {
      begun += 1;
      seen.push(...(await check(firm, begun)));
    }
  };
  await Promise.all(Array.from({ length: PARTNERS }, run));
  // The draw had what makes it hard: sales, fees, amounts below a cent, both outcomes.
  const some = (fits: (fill: WireFill) => boolean): number => seen.filter(fits).length;
  expect(some(({ side }) => side === 'SELL')).toBeGreaterThan(10);
  expect(some(({ fee }) => read(fee) > 0n)).toBeGreaterThan(10);
  expect(some(({ notional }) => read(notional) % 10_000n !== 0n)).toBeGreaterThan(10);
  expect(some(({ outcome }) => outcome === 'No')).toBeGreaterThan(10);
});
