import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import { accountObject } from '../../../durable-objects/rpc/stubs.ts';
import type { PartnerAccount } from '../../../durable-objects/tenant/partner/partner-model.ts';
import type { OrderRequest } from '../../../durable-objects/trading-account/ledger/model.ts';
import { micro, setBook, tradableTokens } from '../../../test/support/emulator-control.ts';
import { read, recompute } from '../../../test/support/recompute.ts';
import { toState } from './state.ts';
import { toFill } from './trades.ts';

/**
 * As many accounts as the guarantee is to be shown for. A fresh object takes longer than all that its account does, so
 * each object is reset and then another account, with a draw of its own: nothing of the last one may show in it.
 */
const ACCOUNTS = 1_000;
const OBJECTS = 50;
const SEED = 20_261_121;

const tokens = (await tradableTokens()).filter((candidate) => candidate.tick === 10_000n).slice(0, 2);
// Several levels, so that fills have average prices and amounts below a cent.
beforeAll(async () => {
  for (const token of tokens) {
    const bids = [
      { price: '0.41', size: '7.77' },
      { price: '0.37', size: '31.13' },
      { price: '0.20', size: '100000' },
    ];
    const asks = [
      { price: '0.43', size: '9.91' },
      { price: '0.49', size: '23.57' },
      { price: '0.60', size: '100000' },
    ];
    await setBook(token.id, bids, asks);
  }
});

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Four to nine orders over two tokens, with sizes down to a ten-thousandth of a share. */
function ordersOf(random: (below: number) => number): readonly OrderRequest[] {
  return Array.from({ length: 4 + random(6) }, (_, index): OrderRequest => {
    const sells = index > 1 && random(3) === 0;
    const token = tokens[random(tokens.length)] ?? tokens[0];
    return {
      tokenId: token?.id ?? '',
      side: sells ? 'SELL' : 'BUY',
      timeInForce: 'FAK',
      kind: 'limit',
      price: micro(sells ? '0.2' : '0.6'),
      size: micro(`${1 + random(40)}.${String(random(10_000)).padStart(4, '0')}`),
      postOnly: false,
      priceFromAmounts: false,
      owner: 'test',
      maker: '0xtest',
    };
  });
}

/** Midway between the best bid and the best ask of both tokens' books, which stay as they are set. */
const PRICES = new Map([['Yes', '0.42']]);

let feesPaid = 0;
type Opened = ReturnType<typeof accountObject>;

/** Trades one random attempt of an account, and compares what the wire says of it. Returns its last fill. */
async function check(object: Opened, start: string, index: number, before: number): Promise<number> {
  await object.restart();
  await object.place({ orders: ordersOf(numbers(SEED + index)), maxWrites: 10 });
  const [portfolio, all] = [await object.portfolio(), await object.fills({}, undefined, 20)];
  const rows = all.filter((row) => row.id > before);
  const account: PartnerAccount = {
    id: crypto.randomUUID(),
    wallet: 1,
    user: 1,
    externalId: 'x',
    stage: 'demo',
    rules: {},
    metadata: {},
    startingBalance: micro(start),
    status: 'active',
    beganAt: 0,
    createdAt: 0,
  };
  const state = toState(account, portfolio);
  const { balance, equity, unrealized_pnl, realized_pnl } = state;
  const told = { balance, equity, unrealized_pnl, realized_pnl };
  const fills = rows.map(toFill).toReversed();
  expect(told, `account ${index}`).toEqual(recompute(start, fills, PRICES));
  // And what the wire shows adds up by itself.
  const values = state.open_positions.reduce((sum, position) => sum + read(position.market_value), 0n);
  expect(read(state.equity)).toBe(read(state.balance) + values);
  const results = state.open_positions.reduce((sum, position) => sum + read(position.unrealized_pnl), 0n);
  expect(read(state.unrealized_pnl)).toBe(results);
  feesPaid += fills.filter(({ fee }) => read(fee) > 0n).length;
  return rows[0]?.id ?? before;
}

test(`balance, equity and results of ${ACCOUNTS} random accounts are what their feeds add up to`, async () => {
  const attempts = async (first: number): Promise<void> => {
    const object = accountObject(env, `recomputed-${first}-${crypto.randomUUID()}`);
    const random = numbers(first);
    const start = `${100 + random(9_900)}.${String(random(100)).padStart(2, '0')}`;
    await object.open(micro(start));
    let last = 0;
    for (let index = first; index < ACCOUNTS; index += OBJECTS)
      last = await check(object, start, index, last);
    expect(last).toBeGreaterThan(0);
  };
  await Promise.all(Array.from({ length: OBJECTS }, (_, first) => attempts(first)));
  expect(feesPaid).toBeGreaterThan(ACCOUNTS);
});
